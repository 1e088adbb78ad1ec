/** A heap with look-up by key: adding a known key again moves it to its new place. */
export class KeyedHeap<T> {
  readonly #items: T[] = [];
  readonly #index = new Map<string, number>();
  constructor(readonly keyOf: (item: T) => string, readonly less: (a: T, b: T) => boolean) {}

  get size(): number { return this.#items.length; }
  has(key: string): boolean { return this.#index.has(key); }
  get(key: string): T | undefined {
    const at = this.#index.get(key);
    return at === undefined ? undefined : this.#items[at];
  }
  peek(): T | undefined { return this.#items[0]; }
  /** In no particular order. */
  values(): readonly T[] { return this.#items; }

  set(item: T): void {
    const key = this.keyOf(item);
    let at = this.#index.get(key);
    if (at === undefined) at = this.#items.push(item) - 1;
    this.#place(at, item);
    this.#down(this.#up(at));
  }

  delete(key: string): T | undefined {
    const at = this.#index.get(key);
    const item = at === undefined ? undefined : this.#items[at];
    if (at === undefined || item === undefined) return undefined;
    this.#index.delete(key);
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#place(at, last);
      this.#down(this.#up(at));
    }
    return item;
  }

  pop(): T | undefined {
    const first = this.#items[0];
    return first === undefined ? undefined : this.delete(this.keyOf(first));
  }

  #place(at: number, item: T): void {
    this.#items[at] = item;
    this.#index.set(this.keyOf(item), at);
  }

  #up(start: number): number {
    let at = start;
    while (at > 0 && this.#swapIfLess(at, (at - 1) >> 1)) at = (at - 1) >> 1;
    return at;
  }

  #down(start: number): void {
    let at = start;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const smaller = right < this.#items.length && this.less(this.#items[right] as T, this.#items[left] as T) ? right : left;
      if (smaller >= this.#items.length || !this.#swapIfLess(smaller, at)) return;
      at = smaller;
    }
  }

  /** Exchanges child and parent where the child belongs first. */
  #swapIfLess(child: number, parent: number): boolean {
    const [a, b] = [this.#items[child] as T, this.#items[parent] as T];
    if (!this.less(a, b)) return false;
    this.#place(parent, a);
    this.#place(child, b);
    return true;
  }
}
