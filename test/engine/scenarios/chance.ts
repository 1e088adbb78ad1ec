import { Random } from '../../../src/engine/simulation/random';

/** The choices of one scenario: the same seed makes the same ones. */
export class Chance {
  private readonly random: Random;

  constructor(seed: number) { this.random = new Random(seed); }

  /** A whole number from `least` to `most`, both inclusive. */
  between(least: number, most: number): number { return least + this.random.below(most - least + 1); }

  /** True so many times in a hundred. */
  percent(percent: number): boolean { return this.random.next() * 100 < percent; }

  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new Error('nothing to pick from');
    return choices[this.random.below(choices.length)] as T;
  }

  /** One of the choices, as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [number, T])[]): T {
    let at = this.random.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, choice] of choices) {
      at -= weight;
      if (at < 0) return choice;
    }
    return (choices.at(-1) as readonly [number, T])[1];
  }

  /** The fields with probability `percent`, else none: for spreading into an object. */
  maybe<T extends object>(percent: number, fields: () => T): T | Record<string, never> { return this.percent(percent) ? fields() : {}; }
}
