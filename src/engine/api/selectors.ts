import type { LabelSelector, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from './generated/types';
import { quote } from './status';

/**
 * Label, field and node selectors, compiled once and matched often. Words of errors and the printed form are those of
 * k8s.io/apimachinery/pkg/labels, …/fields and k8s.io/component-helpers/scheduling/corev1/nodeaffinity.
 */
export type Labels = { readonly [key: string]: string } | undefined;

export type SelectorOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';

/** Why a text or object is no selector, in Kubernetes' words. */
export class SelectorError {
  constructor(readonly message: string) {}
}

const INTEGER = /^[+-]?\d+$/;
const parseInteger = (text: string): bigint | undefined => (INTEGER.test(text) ? BigInt(text.startsWith('+') ? text.slice(1) : text) : undefined);

/** One condition on one label. Values are as given; printing sorts them. */
export class Requirement {
  readonly #bound: bigint | undefined;
  constructor(readonly key: string, readonly operator: SelectorOperator, readonly values: readonly string[]) {
    this.#bound = operator === 'gt' || operator === 'lt' ? parseInteger(values[0] ?? '') : undefined;
  }

  matches(labels: Labels): boolean {
    // Labels are plain objects: an inherited property ("constructor") is no label.
    const found: unknown = labels === undefined ? undefined : labels[this.key];
    const value = typeof found === 'string' ? found : undefined;
    switch (this.operator) {
      case 'in': case '=': case '==': return value !== undefined && this.values.includes(value);
      case 'notin': case '!=': return value === undefined || !this.values.includes(value);
      case 'exists': return value !== undefined;
      case '!': return value === undefined;
      case 'gt': case 'lt': return value !== undefined && this.#compare(value);
    }
  }

  #compare(value: string): boolean {
    const number = parseInteger(value);
    if (number === undefined || this.#bound === undefined) return false;
    return this.operator === 'gt' ? number > this.#bound : number < this.#bound;
  }

  toString(): string {
    const values = [...this.values].sort().join(',');
    switch (this.operator) {
      case 'exists': return this.key;
      case '!': return `!${this.key}`;
      case 'in': case 'notin': return `${this.key} ${this.operator} (${values})`;
      case 'gt': return `${this.key}>${values}`;
      case 'lt': return `${this.key}<${values}`;
      default: return `${this.key}${this.operator}${values}`;
    }
  }
}

/** A label selector: all requirements hold. */
export class Selector {
  #text: string | undefined;
  private constructor(readonly requirements: readonly Requirement[], readonly matchesNothing: boolean) {}
  /** labels.Everything(). */
  static readonly everything = new Selector([], false);
  /** labels.Nothing(): what an absent LabelSelector means. */
  static readonly nothing = new Selector([], true);
  static of(requirements: readonly Requirement[]): Selector { return new Selector([...requirements].sort((a, b) => compareText(a.key, b.key)), false); }

  /** Whether it restricts nothing. */
  get empty(): boolean { return !this.matchesNothing && this.requirements.length === 0; }
  matches(labels: Labels): boolean {
    if (this.matchesNothing) return false;
    for (const requirement of this.requirements) if (!requirement.matches(labels)) return false;
    return true;
  }
  and(...requirements: readonly Requirement[]): Selector { return this.matchesNothing ? this : Selector.of([...this.requirements, ...requirements]); }
  toString(): string { return (this.#text ??= this.requirements.join(',')); }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** labels.SelectorFromSet: every label has exactly this value. Not validated. */
export function selectorFromSet(set: Labels): Selector {
  const keys = Object.keys(set ?? {});
  return keys.length ? Selector.of(keys.map((key) => new Requirement(key, '=', [set?.[key] ?? '']))) : Selector.everything;
}

// ---- validation of keys and values

const NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const NAME_WORDS = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const KEY_WORDS = `${NAME_WORDS} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${NAME}')`;
const VALUE_WORDS = 'a valid label must be an empty string or consist of alphanumeric characters, \'-\', \'_\' or \'.\', and must start and end with an alphanumeric character'
  + ` (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${NAME})?')`;
const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const SUBDOMAIN_WORDS = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
  + ` (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
const NAME_EXPRESSION = new RegExp(`^${NAME}$`);
const VALUE_EXPRESSION = new RegExp(`^(${NAME})?$`);
const SUBDOMAIN_EXPRESSION = new RegExp(`^${SUBDOMAIN}$`);
const tooLong = (length: number): string => `must be no more than ${length} characters`;

/** What is wrong with a label key; empty where nothing is. */
export function labelKeyErrors(key: string): readonly string[] {
  const parts = key.split('/');
  if (parts.length > 2) return [`a valid label key ${KEY_WORDS} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const errors: string[] = [];
  const name = parts[parts.length - 1] ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (prefix === '') errors.push('prefix part must be non-empty');
  else if (prefix !== undefined) {
    if (prefix.length > 253) errors.push(`prefix part ${tooLong(253)}`);
    if (!SUBDOMAIN_EXPRESSION.test(prefix)) errors.push(`prefix part ${SUBDOMAIN_WORDS}`);
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push(`name part ${tooLong(63)}`);
  if (!NAME_EXPRESSION.test(name)) errors.push(`name part ${KEY_WORDS}`);
  return errors;
}

/** What is wrong with a label value; empty where nothing is. */
export function labelValueErrors(value: string): readonly string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push(tooLong(63));
  if (!VALUE_EXPRESSION.test(value)) errors.push(VALUE_WORDS);
  return errors;
}

const invalid = (path: string, value: unknown, detail: string): string => `${path}: Invalid value: ${typeof value === 'string' ? quote(value) : JSON.stringify(value)}: ${detail}`;

/** labels.NewRequirement: checks operator, number and form of the values. */
export function newRequirement(key: string, operator: SelectorOperator, values: readonly string[], path = ''): Requirement | SelectorError {
  const at = (field: string): string => (path ? `${path}.${field}` : field);
  const errors: string[] = [];
  const keyErrors = labelKeyErrors(key);
  if (keyErrors.length) errors.push(invalid(at('key'), key, keyErrors.join('; ')));
  const countError = valueCountError(operator, values.length);
  if (countError) errors.push(invalid(at('values'), values, countError));
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, i) => { if (parseInteger(value) === undefined) errors.push(invalid(`${at('values')}[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer")); });
  }
  values.forEach((value, i) => {
    const valueErrors = labelValueErrors(value);
    if (valueErrors.length) errors.push(invalid(`${at('values')}[${i}][${key}]`, value, valueErrors.join('; ')));
  });
  return errors.length ? new SelectorError(aggregate(errors)) : new Requirement(key, operator, values);
}

function valueCountError(operator: SelectorOperator, count: number): string | undefined {
  switch (operator) {
    case 'in': case 'notin': return count === 0 ? "for 'in', 'notin' operators, values set can't be empty" : undefined;
    case '=': case '==': case '!=': return count !== 1 ? 'exact-match compatibility requires one single value' : undefined;
    case 'exists': case '!': return count !== 0 ? 'values set must be empty for exists and does not exist' : undefined;
    case 'gt': case 'lt': return count !== 1 ? "for 'Gt', 'Lt' operators, exactly one value is required" : undefined;
  }
}

function aggregate(errors: readonly string[]): string {
  const distinct = [...new Set(errors)];
  return distinct.length === 1 ? distinct[0] ?? '' : `[${distinct.join(', ')}]`;
}

// ---- metav1.LabelSelector

const LABEL_OPERATORS: ReadonlyMap<string, SelectorOperator> = new Map([['In', 'in'], ['NotIn', 'notin'], ['Exists', 'exists'], ['DoesNotExist', '!']]);

/** metav1.LabelSelectorAsSelector: absent selects nothing, empty everything. */
export function labelSelectorAsSelector(selector: LabelSelector | undefined): Selector | SelectorError {
  if (selector === undefined || selector === null) return Selector.nothing;
  const requirements: Requirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    const requirement = newRequirement(key, '=', [value]);
    if (requirement instanceof SelectorError) return requirement;
    requirements.push(requirement);
  }
  for (const expression of selector.matchExpressions ?? []) {
    const operator = LABEL_OPERATORS.get(expression.operator);
    if (operator === undefined) return new SelectorError(`${quote(expression.operator)} is not a valid label selector operator`);
    const requirement = newRequirement(expression.key, operator, expression.values ?? []);
    if (requirement instanceof SelectorError) return requirement;
    requirements.push(requirement);
  }
  return requirements.length ? Selector.of(requirements) : Selector.everything;
}

const compiled = new WeakMap<LabelSelector, Selector>();

/** The compiled form, remembered by the object's identity. An invalid selector (which the API server never stores) matches nothing. */
export function compileLabelSelector(selector: LabelSelector | undefined): Selector {
  if (selector === undefined || selector === null) return Selector.nothing;
  const known = compiled.get(selector);
  if (known) return known;
  const made = labelSelectorAsSelector(selector);
  const result = made instanceof SelectorError ? Selector.nothing : made;
  compiled.set(selector, result);
  return result;
}

/** metav1.FormatLabelSelector: as kubectl prints it. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const made = labelSelectorAsSelector(selector);
  return made instanceof SelectorError ? '<error>' : made.toString() || '<none>';
}

// ---- the string form of label selectors (-l, ?labelSelector=)

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
    const errors = labelKeyErrors(item.text);
    if (errors.length) throw new ParseFailure(invalid('<nil>', item.text, errors.join('; ')));
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

// ---- field selectors

export interface FieldTerm { readonly field: string; readonly negated: boolean; readonly value: string }

/** fields.Selector: all terms hold; an absent field counts as ''. */
export class FieldSelector {
  constructor(readonly terms: readonly FieldTerm[]) {}
  static readonly everything = new FieldSelector([]);
  get empty(): boolean { return this.terms.length === 0; }
  matches(get: (field: string) => string): boolean { return this.terms.every((term) => (get(term.field) === term.value) !== term.negated); }
  /** The value a field must have exactly, if one is required. */
  requiresExactMatch(field: string): string | undefined { return this.terms.find((term) => term.field === field && !term.negated)?.value; }
  toString(): string { return this.terms.map((t) => `${t.field}${t.negated ? '!=' : '='}${t.value.replace(/[\\,=]/g, '\\$&')}`).join(','); }
}

/** Splits at commas that no backslash precedes. */
const splitTerms = (text: string): readonly string[] => text.match(/(?:\\[^]|[^,\\]|\\$)+/g) ?? [];

/** fields.ParseSelector: "metadata.name=a,spec.nodeName!=b". Whether a kind supports the field is the caller's affair. */
export function parseFieldSelector(text: string): FieldSelector | SelectorError {
  const terms: FieldTerm[] = [];
  for (const part of [...splitTerms(text)].sort()) {
    const split = /^([^!=]*(?:!(?!=)[^!=]*)*)(!=|==|=)([^]*)$/.exec(part);
    if (!split) return new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
    const value = unescapeValue(split[3] ?? '');
    if (value instanceof SelectorError) return value;
    terms.push({ field: split[1] ?? '', negated: split[2] === '!=', value });
  }
  return terms.length ? new FieldSelector(terms) : FieldSelector.everything;
}

function unescapeValue(text: string): string | SelectorError {
  let value = '';
  for (let i = 0; i < text.length; i++) {
    const ch = text.charAt(i);
    if (ch === '\\') {
      const next = text.charAt(++i);
      if (next !== '\\' && next !== ',' && next !== '=') return new SelectorError(`invalid field selector: invalid escape sequence: \\${next}`);
      value += next;
      // Go prints the rune's number.
    } else if (ch === ',' || ch === '=') return new SelectorError(`invalid field selector: unescaped character in value: ${ch.charCodeAt(0)}`);
    else value += ch;
  }
  return value;
}

// ---- node selectors

/** What a node selector looks at. */
export interface SelectableNode { readonly metadata: { readonly name: string; readonly labels?: { readonly [key: string]: string } } }

const NODE_OPERATORS: ReadonlyMap<string, SelectorOperator> = new Map([['In', 'in'], ['NotIn', 'notin'], ['Exists', 'exists'], ['DoesNotExist', '!'], ['Gt', 'gt'], ['Lt', 'lt']]);

/** One term: its expressions and fields are ANDed. Empty or invalid terms match no node. */
export class NodeTermMatcher {
  readonly #labels: Selector | undefined;
  readonly #fields: FieldSelector | undefined;
  readonly #valid: boolean;
  constructor(term: NodeSelectorTerm) {
    const expressions = term.matchExpressions ?? [];
    const fields = term.matchFields ?? [];
    const labels = nodeLabelSelector(expressions);
    const names = nodeFieldSelector(fields);
    this.#valid = expressions.length + fields.length > 0 && labels !== undefined && names !== undefined;
    this.#labels = expressions.length ? labels : undefined;
    this.#fields = fields.length ? names : undefined;
  }
  matches(node: SelectableNode): boolean {
    if (!this.#valid || (this.#labels && !this.#labels.matches(node.metadata.labels))) return false;
    return this.#fields === undefined || this.#fields.matches((field) => (field === 'metadata.name' ? node.metadata.name : ''));
  }
}

function nodeLabelSelector(expressions: readonly NodeSelectorRequirement[]): Selector | undefined {
  const requirements: Requirement[] = [];
  for (const { key, operator, values } of expressions) {
    const known = NODE_OPERATORS.get(operator);
    const made = known && newRequirement(key, known, values ?? []);
    if (!(made instanceof Requirement)) return undefined;
    requirements.push(made);
  }
  return Selector.of(requirements);
}

function nodeFieldSelector(expressions: readonly NodeSelectorRequirement[]): FieldSelector | undefined {
  const terms: FieldTerm[] = [];
  for (const { key, operator, values } of expressions) {
    const [value, ...more] = values ?? [];
    if ((operator !== 'In' && operator !== 'NotIn') || value === undefined || more.length) return undefined;
    terms.push({ field: key, negated: operator === 'NotIn', value });
  }
  return new FieldSelector(terms);
}

/** A NodeSelector: its terms are ORed; without terms it matches no node. */
export class NodeSelectorMatcher {
  readonly #terms: readonly NodeTermMatcher[];
  constructor(selector: NodeSelector) { this.#terms = (selector.nodeSelectorTerms ?? []).map((term) => new NodeTermMatcher(term)); }
  matches(node: SelectableNode): boolean {
    for (const term of this.#terms) if (term.matches(node)) return true;
    return false;
  }
}

const compiledNodeSelectors = new WeakMap<NodeSelector, NodeSelectorMatcher>();

/** The compiled form, remembered by the object's identity. */
export function compileNodeSelector(selector: NodeSelector): NodeSelectorMatcher {
  const known = compiledNodeSelectors.get(selector);
  if (known) return known;
  const made = new NodeSelectorMatcher(selector);
  compiledNodeSelectors.set(selector, made);
  return made;
}
