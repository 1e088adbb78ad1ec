import type { RunRecord } from './record';

/** Longest name that is written out in a label. */
const MAX_NAME = 22;

/**
 * Shortens object names to what tells them apart: a name that continues another one ("hello-7c5b898c98-fvm6c" beside
 * "hello-7c5b898c98") is written as its continuation ("…fvm6c").
 */
export class Names {
  private readonly known: ReadonlySet<string>;
  private readonly cache = new Map<string, string>();

  /** `only`: the resources ("pods") of which there is a single one. */
  constructor(names: Iterable<string>, private readonly only: ReadonlySet<string> = new Set()) { this.known = new Set(names); }

  /** The name of an object where its kind alone does not say which one is meant, else ''. */
  telling(resource: string, name: string): string { return this.only.has(resource) ? '' : this.short(name); }

  short(name: string): string {
    let short = this.cache.get(name);
    if (short === undefined) this.cache.set(name, short = this.shorten(name));
    return short;
  }

  private shorten(name: string): string {
    for (let end = name.lastIndexOf('-'); end > 0; end = name.lastIndexOf('-', end - 1)) {
      if (this.known.has(name.slice(0, end))) return `…${cut(name.slice(end + 1))}`;
    }
    return cut(name);
  }
}

/** Keeps the beginning and the end, where names differ. */
function cut(name: string): string {
  if (name.length <= MAX_NAME) return name;
  const half = Math.floor((MAX_NAME - 1) / 2);
  return `${name.slice(0, half)}…${name.slice(-half)}`;
}

/** The names that occur in a run. */
export function namesOf(record: RunRecord): Names {
  const names = new Set<string>();
  const byResource = new Map<string, Set<string>>();
  for (const m of record.messages) {
    if ((m.kind !== 'request' && m.kind !== 'watch') || m.background || m.name === '') continue;
    names.add(m.name);
    const those = byResource.get(m.resource);
    if (those) those.add(m.name); else byResource.set(m.resource, new Set([m.name]));
  }
  return new Names(names, new Set([...byResource].filter(([, those]) => those.size === 1).map(([resource]) => resource)));
}
