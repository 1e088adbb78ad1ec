import type { Labels } from '../../api/selectors';

interface Source {
  readonly topologyKey: string;
  count(value: string): number;
  values(): Iterable<string>;
  readonly size: number;
}

/** Counts of matching pods by topology key and value: shared counts of the index plus own differences. */
export class TopologyCounts {
  readonly #sources: Source[];
  #delta: Map<string, Map<string, number>> | undefined;
  constructor(sources: readonly Source[] = []) { this.#sources = [...sources]; }

  addSource<T>(topologyKey: string, counts: ReadonlyMap<string, T>, number: (count: T) => number): void {
    if (counts.size === 0) return;
    const count = (value: string): number => {
      const found = counts.get(value);
      return found === undefined ? 0 : number(found);
    };
    this.#sources.push({ topologyKey, count, values: () => counts.keys(), get size() { return counts.size; } });
  }

  get(topologyKey: string, value: string): number {
    let sum = this.#delta?.get(topologyKey)?.get(value) ?? 0;
    for (const source of this.#sources) if (source.topologyKey === topologyKey) sum += source.count(value);
    return sum;
  }

  change(topologyKey: string, value: string, by: number): void {
    const delta = (this.#delta ??= new Map<string, Map<string, number>>());
    const ofKey = delta.get(topologyKey);
    if (ofKey) ofKey.set(value, (ofKey.get(value) ?? 0) + by);
    else delta.set(topologyKey, new Map([[value, by]]));
  }

  /** Whether any of the labels lies in a domain with a count. */
  anyOn(labels: Labels): boolean {
    for (const { topologyKey } of this.#sources) {
      const value = labels?.[topologyKey];
      if (value !== undefined && this.get(topologyKey, value) > 0) return true;
    }
    for (const topologyKey of this.#delta?.keys() ?? []) {
      const value = labels?.[topologyKey];
      if (value !== undefined && this.get(topologyKey, value) > 0) return true;
    }
    return false;
  }

  /** Whether every count is 0. */
  get empty(): boolean {
    if (!this.#delta) return this.#sources.length === 0;
    for (const { topologyKey, values } of this.#sources) for (const value of values()) if (this.get(topologyKey, value) !== 0) return false;
    for (const [topologyKey, values] of this.#delta) for (const value of values.keys()) if (this.get(topologyKey, value) !== 0) return false;
    return true;
  }

  clone(): TopologyCounts {
    const copy = new TopologyCounts(this.#sources);
    if (this.#delta) copy.#delta = new Map([...this.#delta].map(([key, values]) => [key, new Map(values)]));
    return copy;
  }
}
