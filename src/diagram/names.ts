/** Longest name that is written out in a label. */
const MAX_NAME = 22;

/**
 * Shortens object names to what tells them apart: a name that continues another one ("hello-7c5b898c98-fvm6c" beside
 * "hello-7c5b898c98") is written as its continuation ("…fvm6c").
 */
export class Names {
  private readonly known: ReadonlySet<string>;
  private readonly cache = new Map<string, string>();

  constructor(names: Iterable<string>) { this.known = new Set(names); }

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
