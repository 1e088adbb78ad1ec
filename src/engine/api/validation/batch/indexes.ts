import { quote } from '../../status';

/** completedIndexes, failedIndexes, succeededIndexes: "1,3-5,7", increasing, below completions. */
export type Interval = readonly [first: number, last: number];

const integer = (text: string): number | undefined => (/^[+-]?[0-9]+$/.test(text) ? Number(text) : undefined);

/** The interval, or what is wrong with the fragment. */
function parseInterval(fragment: string, completions: number): Interval | string {
  const [low = '', high, ...more] = fragment.split('-');
  if (more.length) return `the fragment ${quote(fragment)} violates the requirement that an index interval can have at most two parts separated by '-'`;
  const first = integer(low);
  if (first === undefined) return `cannot convert string to integer for index: ${quote(low)}`;
  if (first >= completions) return `too large index: ${quote(low)}`;
  if (high === undefined) return [first, first];
  const last = integer(high);
  if (last === undefined) return `cannot convert string to integer for index: ${quote(high)}`;
  if (last >= completions) return `too large index: ${quote(high)}`;
  return first >= last ? `non-increasing order, previous: ${first}, current: ${last}` : [first, last];
}

/** The number of indexes, or the error. */
export function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0;
  let previous: number | undefined;
  let total = 0;
  for (const fragment of text.split(',')) {
    const interval = parseInterval(fragment, completions);
    if (typeof interval === 'string') return interval;
    const [first, last] = interval;
    if (previous !== undefined && previous >= first) return `non-increasing order, previous: ${previous}, current: ${first}`;
    total += last - first + 1;
    previous = last;
  }
  return total;
}

/** The first index in both lists; fragments with an error are passed over, their own check reports them. */
export function overlap(completed: string, failed: string, completions: number): number | undefined {
  const parse = (text: string): readonly Interval[] => (text === '' ? [] : text.split(',').map((f) => parseInterval(f, completions)).filter((i): i is Interval => typeof i !== 'string'));
  const left = parse(completed);
  const right = parse(failed);
  let [i, j] = [0, 0];
  for (let a = left[i], b = right[j]; a && b; a = left[i], b = right[j]) {
    if (a[0] <= b[1] && b[0] <= a[1]) return Math.max(a[0], b[0]);
    if (a[0] <= b[0]) i++;
    else j++;
  }
  return undefined;
}
