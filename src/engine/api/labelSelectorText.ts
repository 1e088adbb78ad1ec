import { invalidText, newRequirement, Selector, SelectorError, type Requirement, type SelectorOperator } from './selectors';
import { isQualifiedName } from './validation/formats';

/** The string form of label selectors (-l, ?labelSelector=), read as k8s.io/apimachinery/pkg/labels reads it. */
type Token = 'error' | 'end' | ')' | ',' | '!' | '==' | '=' | '>' | 'identifier' | 'in' | '<' | '!=' | 'notin' | '(';
interface Item { readonly token: Token; readonly text: string }

const SPECIAL = '=!(),><';
const SYMBOLS: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const isSpace = (ch: string): boolean => ch === ' ' || ch === '\t' || ch === '\r' || ch === '\n';

function scan(text: string): readonly Item[] {
  const items: Item[] = [];
  let at = 0;
  while (at < text.length) {
    const ch = text.charAt(at);
    if (isSpace(ch)) { at++; continue; }
    const item = SPECIAL.includes(ch) ? scanSymbol(text, at) : scanWord(text, at);
    items.push(item.item);
    at = item.next;
  }
  items.push({ token: 'end', text: '' });
  return items;
}

function scanSymbol(text: string, start: number): { readonly item: Item; readonly next: number } {
  let at = start;
  let found: Item | undefined;
  while (at < text.length && SPECIAL.includes(text.charAt(at))) {
    const symbol = text.slice(start, at + 1);
    if (SYMBOLS.has(symbol)) found = { token: symbol as Token, text: symbol };
    else if (found) break;
    at++;
  }
  return { item: found ?? { token: 'error', text: `error expected: keyword found '${text.slice(start, at)}'` }, next: at };
}

function scanWord(text: string, start: number): { readonly item: Item; readonly next: number } {
  let at = start;
  while (at < text.length && !isSpace(text.charAt(at)) && !SPECIAL.includes(text.charAt(at))) at++;
  const word = text.slice(start, at);
  return { item: { token: word === 'in' || word === 'notin' ? word : 'identifier', text: word }, next: at };
}

/** Thrown and caught inside this file only: the parser's way out of its recursion. */
class ParseFailure extends Error {}

const BINARY_OPERATORS: ReadonlyMap<Token, SelectorOperator> = new Map<Token, SelectorOperator>([['in', 'in'], ['notin', 'notin'], ['=', '='], ['==', '=='], ['!=', '!='], ['>', 'gt'], ['<', 'lt']]);
/** In the order in which Kubernetes lists them in its message. */
const EXPECTED_OPERATORS = 'in, notin, =, ==, !=, gt, lt';

class Parser {
  #position = 0;
  readonly #items: readonly Item[];
  constructor(text: string) { this.#items = scan(text); }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const next = this.#look();
      if (next.token === 'end') return requirements;
      if (next.token !== 'identifier' && next.token !== '!') throw new ParseFailure(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.#requirement());
      const after = this.#take();
      if (after.token === 'end') return requirements;
      if (after.token !== ',') throw new ParseFailure(`found '${after.text}', expected: ',' or 'end of string'`);
      const following = this.#look();
      if (following.token !== 'identifier' && following.token !== '!') throw new ParseFailure(`found '${following.text}', expected: identifier after ','`);
    }
  }

  /** Where a value may stand, "in" and "notin" are words like others. */
  #look(): Item {
    const item = this.#items[Math.min(this.#position, this.#items.length - 1)] ?? { token: 'end', text: '' };
    return item.token === 'in' || item.token === 'notin' ? { token: 'identifier', text: item.text } : item;
  }
  #take(): Item {
    const item = this.#look();
    this.#position++;
    return item;
  }

  #requirement(): Requirement {
    try { return this.#requirementOrFailure(); }
    catch (failure) {
      if (failure instanceof ParseFailure) throw new ParseFailure(`unable to parse requirement: ${failure.message}`);
      throw failure;
    }
  }

  #requirementOrFailure(): Requirement {
    let item = this.#take();
    const negated = item.token === '!';
    if (negated) item = this.#take();
    if (item.token !== 'identifier') throw new ParseFailure(`found '${item.text}', expected: identifier`);
    const errors = isQualifiedName(item.text);
    if (errors.length) throw new ParseFailure(invalidText('<nil>', item.text, errors.join('; ')));
    const next = this.#look().token;
    if (negated) return this.#make(item.text, '!', []);
    if (next === 'end' || next === ',') return this.#make(item.text, 'exists', []);
    const operatorItem = this.#items[this.#position++] ?? { token: 'end', text: '' };
    const operator = BINARY_OPERATORS.get(operatorItem.token);
    if (operator === undefined) throw new ParseFailure(`found '${operatorItem.text}', expected: ${EXPECTED_OPERATORS}`);
    return this.#make(item.text, operator, operator === 'in' || operator === 'notin' ? this.#values() : this.#exactValue());
  }

  #make(key: string, operator: SelectorOperator, values: readonly string[]): Requirement {
    const made = newRequirement(key, operator, [...new Set(values)].sort());
    if (made instanceof SelectorError) throw new ParseFailure(made.message);
    return made;
  }

  #values(): readonly string[] {
    const open = this.#take();
    if (open.token !== '(') throw new ParseFailure(`found '${open.text}' expected: '('`);
    const first = this.#look();
    if (first.token === ')') { this.#take(); return ['']; }
    if (first.token !== 'identifier' && first.token !== ',') throw new ParseFailure(`found '${first.text}', expected: ',', ')' or identifier`);
    const values = this.#identifiers();
    if (this.#take().token !== ')') throw new ParseFailure(`found '${first.text}', expected: ')'`);
    return values;
  }

  /** A list with possibly empty parts: "(a,,b)". */
  #identifiers(): readonly string[] {
    const values: string[] = [];
    for (;;) {
      const item = this.#take();
      const next = this.#look();
      if (item.token === 'identifier') {
        values.push(item.text);
        if (next.token === ')') return values;
        if (next.token !== ',') throw new ParseFailure(`found '${next.text}', expected: ',' or ')'`);
      } else if (item.token === ',') {
        if (values.length === 0 || next.token === ',') values.push('');
        if (next.token === ')') return [...values, ''];
      } else throw new ParseFailure(`found '${item.text}', expected: ',', or identifier`);
    }
  }

  #exactValue(): readonly string[] {
    const next = this.#look().token;
    if (next === 'end' || next === ',') return [''];
    const item = this.#take();
    if (item.token !== 'identifier') throw new ParseFailure(`found '${item.text}', expected: identifier`);
    return [item.text];
  }
}

/** labels.Parse: "app=web,tier in (a,b),!legacy". */
export function parseLabelSelector(text: string): Selector | SelectorError {
  try { return Selector.of(new Parser(text).parse()); }
  catch (failure) {
    if (failure instanceof ParseFailure) return new SelectorError(failure.message);
    throw failure;
  }
}
