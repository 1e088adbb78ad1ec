import type { DiagramModel, Item } from '../diagram/model';

/** How the items of a diagram hang together, for lighting up and for stepping. */
export class Related {
  private readonly byId: ReadonlyMap<string, Item>;
  private readonly effects = new Map<string, Item[]>();
  private readonly inFold = new Map<string, Item[]>();
  /** The items that can be stepped to, in order. */
  readonly steps: readonly Item[];

  constructor(model: DiagramModel) {
    this.byId = new Map(model.items.map((i) => [i.id, i]));
    this.steps = model.items.filter((i) => i.kind !== 'gap');
    for (const item of model.items) {
      add(this.effects, item.cause, item);
      if (item.within) add(this.inFold, item.within, item);
    }
  }

  get(id: string): Item | undefined { return this.byId.get(id); }

  causeOf(id: string): Item | undefined { return this.byId.get(this.byId.get(id)?.cause ?? ''); }

  /** What leads on: a request's storing rather than its notes and its answer. */
  firstEffectOf(id: string): Item | undefined {
    const effects = id === '' ? [] : this.effects.get(id) ?? [];
    return effects.find((i) => i.kind !== 'stages' && i.kind !== 'answer') ?? effects[0];
  }

  /** Everything that led to an item and everything it led to, itself included. */
  of(id: string): ReadonlySet<string> {
    const related = new Set<string>();
    for (let item = this.byId.get(id); item && !related.has(item.id); item = this.byId.get(item.cause)) related.add(item.id);
    const queue = [id];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const effect of [...(this.effects.get(next) ?? []), ...(this.inFold.get(next) ?? [])]) {
        if (related.has(effect.id)) continue;
        related.add(effect.id);
        queue.push(effect.id);
      }
    }
    return related;
  }
}

function add(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list) list.push(item); else map.set(key, [item]);
}
