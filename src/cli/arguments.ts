/** Wrong usage: printed with the usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked for cannot be had (a file, a port): printed alone, exit code 2. */
export class UnusableError extends Error {
  override readonly name = 'UnusableError';
}

export interface Options {
  readonly files: readonly string[];
  readonly values: { readonly [name: string]: string };
  readonly flags: ReadonlySet<string>;
}

/** Reads "--name value", "--name=value", "-o value", flags and files. Unknown options are refused. */
export function parseOptions(args: readonly string[], valued: readonly string[], flags: readonly string[]): Options {
  const files: string[] = [];
  const values: { [name: string]: string } = Object.create(null) as { [name: string]: string };
  const set = new Set<string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') { files.push(...args.slice(i + 1)); break; }
    if (arg === '-' || !arg.startsWith('-')) { files.push(arg); continue; }
    const equals = arg.indexOf('=');
    const name = (equals < 0 ? arg : arg.slice(0, equals)).replace(/^-o$/, '--output');
    if (flags.includes(name)) { set.add(name); continue; }
    if (!valued.includes(name)) throw new UsageError(`unknown option ${name}`);
    const value = equals < 0 ? args[++i] : arg.slice(equals + 1);
    if (value === undefined) throw new UsageError(`${name} needs a value`);
    values[name] = value;
  }
  return { files, values, flags: set };
}

export function integer(options: Options, name: string, fallback: number, minimum = 0): number {
  const text = options.values[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < minimum) throw new UsageError(`${name} must be a whole number of at least ${minimum}, not ${JSON.stringify(text)}`);
  return value;
}

export function oneOf<T extends string>(options: Options, name: string, allowed: readonly T[], fallback: T): T {
  const text = options.values[name];
  if (text === undefined) return fallback;
  const found = allowed.find((a) => a === text);
  if (found === undefined) throw new UsageError(`${name} must be one of ${allowed.join(', ')}, not ${JSON.stringify(text)}`);
  return found;
}
