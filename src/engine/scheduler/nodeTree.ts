import type { Node } from '../api/generated/types';

/** utilnode.GetZoneKey: region and zone of a node, '' where it has neither. */
export function zoneKey(node: Node): string {
  const labels = node.metadata.labels;
  const zone = labels?.['failure-domain.beta.kubernetes.io/zone'] ?? labels?.['topology.kubernetes.io/zone'] ?? '';
  const region = labels?.['failure-domain.beta.kubernetes.io/region'] ?? labels?.['topology.kubernetes.io/region'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}

/** The names of all nodes, by zone. Listing goes round the zones, so that the first nodes tried lie in different ones. */
export class NodeTree {
  readonly #zones = new Map<string, Set<string>>();
  readonly #zoneOf = new Map<string, string>();

  add(node: Node): void {
    const name = node.metadata.name;
    if (this.#zoneOf.has(name)) return;
    const zone = zoneKey(node);
    this.#zoneOf.set(name, zone);
    const names = this.#zones.get(zone);
    if (names) names.add(name);
    else this.#zones.set(zone, new Set([name]));
  }

  remove(name: string): void {
    const zone = this.#zoneOf.get(name);
    if (zone === undefined) return;
    this.#zoneOf.delete(name);
    const names = this.#zones.get(zone);
    names?.delete(name);
    if (names?.size === 0) this.#zones.delete(zone);
  }

  /** Whether the node changed its place, and so the list its order. */
  update(node: Node): boolean {
    if (this.#zoneOf.get(node.metadata.name) === zoneKey(node)) return false;
    this.remove(node.metadata.name);
    this.add(node);
    return true;
  }

  list(): readonly string[] {
    const zones = [...this.#zones.values()].map((names) => [...names]);
    const longest = Math.max(0, ...zones.map((names) => names.length));
    const result: string[] = [];
    for (let i = 0; i < longest; i++) for (const names of zones) { const name = names[i]; if (name !== undefined) result.push(name); }
    return result;
  }
}
