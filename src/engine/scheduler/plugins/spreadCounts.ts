/** The two domains with the fewest pods: enough to keep the minimum while pods of one node are tried away and back. */
interface Path { value: string; count: number }

const NONE = 2 ** 31 - 1;

/** Matching pods by topology value, with the minimum at hand. A clone shares the base counts and keeps its own differences. */
export class SpreadCounts {
  #delta: Map<string, number> | undefined;
  #first: Path;
  #second: Path;

  constructor(readonly base: ReadonlyMap<string, number>, paths?: readonly [Path, Path]) {
    this.#first = paths ? { ...paths[0] } : { value: '', count: NONE };
    this.#second = paths ? { ...paths[1] } : { value: '', count: NONE };
    if (!paths) for (const [value, count] of base) this.#update(value, count);
  }

  get(value: string): number { return (this.base.get(value) ?? 0) + (this.#delta?.get(value) ?? 0); }

  /** The smallest count, or 0 where there are fewer domains than asked for. */
  minimum(minDomains: number): number { return this.base.size < minDomains ? 0 : this.#first.count; }

  change(value: string, by: number): void {
    const delta = (this.#delta ??= new Map<string, number>());
    delta.set(value, (delta.get(value) ?? 0) + by);
    this.#update(value, this.get(value));
  }

  clone(): SpreadCounts {
    const copy = new SpreadCounts(this.base, [this.#first, this.#second]);
    if (this.#delta) copy.#delta = new Map(this.#delta);
    return copy;
  }

  #update(value: string, count: number): void {
    const known = value === this.#first.value ? this.#first : value === this.#second.value ? this.#second : undefined;
    if (known) {
      known.count = count;
      if (this.#first.count > this.#second.count) [this.#first, this.#second] = [this.#second, this.#first];
    } else if (count < this.#first.count) {
      this.#second = this.#first;
      this.#first = { value, count };
    } else if (count < this.#second.count) this.#second = { value, count };
  }
}
