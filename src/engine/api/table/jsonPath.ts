import { isArray, isObject, own } from '../patch/json';

/**
 * The simple JSONPath of additionalPrinterColumns and selectable fields: .a.b, ['a'], [0], [-1], [*], .*, and filters
 * [?(@.type=="Ready")] with == and !=. Wrong paths find nothing.
 */
type Step = { readonly field: string } | { readonly index: number } | { readonly all: true } | { readonly filter: readonly Step[]; readonly equal: boolean; readonly value: unknown };

const MAX_RESULTS = 10_000;
const parsed = new Map<string, readonly Step[] | undefined>();
const MAX_PARSED = 1000;

/** Every value that the path finds. */
export function findJsonPath(object: unknown, path: string): readonly unknown[] {
  let steps = parsed.get(path);
  if (steps === undefined && !parsed.has(path)) {
    steps = parsePath(path);
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(path, steps);
  }
  return steps ? walk([object], steps) : [];
}

function walk(values: readonly unknown[], steps: readonly Step[]): readonly unknown[] {
  let current = values;
  for (const step of steps) current = current.flatMap((value) => take(value, step)).slice(0, MAX_RESULTS);
  return current;
}

function take(value: unknown, step: Step): readonly unknown[] {
  if ('field' in step) {
    const found = isObject(value) ? own(value, step.field) : undefined;
    return found === undefined ? [] : [found];
  }
  if ('all' in step) return isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  if (!isArray(value)) return [];
  if ('index' in step) {
    const found = value.at(step.index);
    return found === undefined ? [] : [found];
  }
  return value.filter((item) => {
    const [found] = walk([item], step.filter);
    return found !== undefined && (found === step.value) === step.equal;
  });
}

const FIELD = /^\.((?:[^.[\]\\]|\\.)+)/;
const QUOTED = /^\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/;
const INDEX = /^\[(-?\d{1,9})\]/;
const ALL = /^(?:\[\*\]|\.\*)/;
const FILTER = /^\[\?\(@((?:\.(?:[^.[\]\\=! ]|\\.)+)+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|(true|false|-?\d+))\)\]/;

function parsePath(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  let rest = path.startsWith('$') ? path.slice(1) : path;
  if (rest !== '' && !/^[.[]/.test(rest)) rest = `.${rest}`;
  while (rest !== '') {
    const step = parseStep(rest);
    if (!step) return undefined;
    steps.push(step.step);
    rest = rest.slice(step.length);
  }
  return steps;
}

const unescape = (text: string): string => text.replace(/\\(.)/g, '$1');

function parseStep(text: string): { readonly step: Step; readonly length: number } | undefined {
  let m: RegExpExecArray | null;
  if ((m = ALL.exec(text))) return { step: { all: true }, length: m[0].length };
  if ((m = FIELD.exec(text))) return { step: { field: unescape(m[1] ?? '') }, length: m[0].length };
  if ((m = QUOTED.exec(text))) return { step: { field: unescape(m[1] ?? m[2] ?? '') }, length: m[0].length };
  if ((m = INDEX.exec(text))) return { step: { index: Number(m[1]) }, length: m[0].length };
  if ((m = FILTER.exec(text))) {
    const filter = parsePath(m[1] ?? '');
    const literal = m[5];
    const value: unknown = literal === undefined ? m[3] ?? m[4] ?? '' : literal === 'true' ? true : literal === 'false' ? false : Number(literal);
    return filter && { step: { filter, equal: m[2] === '==', value }, length: m[0].length };
  }
  return undefined;
}
