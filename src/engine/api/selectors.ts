import type { LabelSelector } from './generated/types';
import { quote } from './status';
import { isQualifiedName, isValidLabelValue } from './validation/formats';

/**
 * Label selectors, compiled once and matched often. Words of errors and the printed form are those of
 * k8s.io/apimachinery/pkg/labels.
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

/** A field's fault as apimachinery's field package prints it. */
export const invalidText = (path: string, value: unknown, detail: string): string => `${path}: Invalid value: ${typeof value === 'string' ? quote(value) : JSON.stringify(value)}: ${detail}`;

/** labels.NewRequirement: checks operator, number and form of the values. */
export function newRequirement(key: string, operator: SelectorOperator, values: readonly string[], path = ''): Requirement | SelectorError {
  const at = (field: string): string => (path ? `${path}.${field}` : field);
  const errors: string[] = [];
  const keyErrors = isQualifiedName(key);
  if (keyErrors.length) errors.push(invalidText(at('key'), key, keyErrors.join('; ')));
  const countError = valueCountError(operator, values.length);
  if (countError) errors.push(invalidText(at('values'), values, countError));
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, i) => { if (parseInteger(value) === undefined) errors.push(invalidText(`${at('values')}[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer")); });
  }
  values.forEach((value, i) => {
    const valueErrors = isValidLabelValue(value);
    if (valueErrors.length) errors.push(invalidText(`${at('values')}[${i}][${key}]`, value, valueErrors.join('; ')));
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
