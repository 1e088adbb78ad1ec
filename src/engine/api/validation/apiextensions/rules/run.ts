import { Optional } from '../../../cel/library';
import { Meter } from '../../../cel/meter';
import { CelFailure } from '../../../cel/words';
import type { ValidationRule } from '../../../generated/types';
import { semanticEqual } from '../../equal';
import { duplicate, fieldForbidden, invalid, required, type Errors, Path } from '../../field';
import { additionalSchema, isObject, itemsOf, propertyOf, schemaHas, sortedKeys, type Schema } from '../schemaTypes';
import { compiledRules, type CompiledRule, type CompiledRules } from './compiled';

/** Runs the rules of a schema over an object: apiextensions-apiserver's cel.Validator. */
const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';
const MAX_MESSAGE_BYTES = 5 * 1024;

/** Judges an object, and on an update what became of the one before it. Nothing is judged again that did not change. */
export function validateRules(schema: Schema, object: unknown, old: unknown, errs: Errors): void {
  if (!hasRules(schema)) return;
  new RuleRun(errs).node(schema, schema, object, { old, at: Path.root, root: true, unchanged: false });
}

const known = new WeakMap<Schema, boolean>();
/** Whether there are rules on a schema or in it. */
export function hasRules(schema: Schema): boolean {
  let has = known.get(schema);
  if (has === undefined) known.set(schema, has = schemaHas(schema, (s) => Boolean(s['x-kubernetes-validations']?.length)));
  return has;
}

interface Place {
  /** What was there before; undefined where nothing corresponds to it. */
  readonly old: unknown;
  readonly at: Path;
  readonly root: boolean;
  /** Something around it is as it was. */
  readonly unchanged: boolean;
}

class RuleRun {
  private readonly budget = new Meter();
  private stopped = false;

  constructor(private readonly errs: Errors) {}

  /** `shape` says what the value is like where `schema` is a part of an allOf. */
  node(schema: Schema, shape: Schema, value: unknown, place: Place): void {
    if (this.stopped || value === null || value === undefined || !hasRules(schema)) return;
    if (schema['x-kubernetes-validations']?.length) this.rules(schema, shape, value, place);
    for (const part of schema.allOf ?? []) this.node(part, shape, value, place);
    if (Array.isArray(value)) this.elements(schema, shape, value, place);
    else if (isObject(value)) this.fields(schema, shape, value, place);
  }

  private elements(schema: Schema, shape: Schema, list: readonly unknown[], place: Place): void {
    const items = itemsOf(schema), itemShape = itemsOf(shape);
    if (!items || !itemShape) return;
    list.forEach((element, i) => {
      const old = correspondent(shape, element, place.old);
      this.node(items, itemShape, element, { old, at: place.at.index(i), root: itemShape['x-kubernetes-embedded-resource'] === true, unchanged: sameAsBefore(element, old, place) });
    });
  }

  private fields(schema: Schema, shape: Schema, object: { readonly [key: string]: unknown }, place: Place): void {
    const before = shape['x-kubernetes-map-type'] !== 'atomic' && isObject(place.old) ? place.old : undefined;
    const go = (key: string, inner: Schema | undefined, innerShape: Schema | undefined, at: Path): void => {
      if (!inner || !innerShape) return;
      const old = before && Object.hasOwn(before, key) ? before[key] : undefined;
      this.node(inner, innerShape, object[key], { old, at, root: innerShape['x-kubernetes-embedded-resource'] === true, unchanged: sameAsBefore(object[key], old, place) });
    };
    const additional = additionalSchema(schema);
    for (const key of sortedKeys(object)) {
      if (additional) go(key, additional, additionalSchema(shape), place.at.key(key));
      else go(key, propertyOf(schema, key), propertyOf(shape, key), place.at.child(key));
    }
  }

  private rules(schema: Schema, shape: Schema, value: unknown, { old, at, root, unchanged }: Place): void {
    const compiled = compiledRules(schema, root, shape);
    const type = shape.type ?? '';
    if (compiled instanceof CelFailure) { this.errs.push(invalid(at, type, `rule compiler initialization error: ${compiled.message}`)); return; }
    const self = compiled.type.convert(value);
    const oldSelf = old === undefined || old === null ? undefined : compiled.type.convert(old);
    for (const rule of compiled.rules) {
      if (this.stopped) return;
      if (this.budget.exhausted) { this.stop(at, type, OUT_OF_BUDGET); return; }
      const failed = this.failure(rule, self, oldSelf, at, type);
      if (failed === undefined) continue;
      // What was as bad before and did not change may stay (KEP-4008, ratcheting).
      if (!rule.usesOldSelf && (unchanged || (old !== undefined && semanticEqual(value, old)))) continue;
      const place = rule.rule.fieldPath ? at.child(rule.rule.fieldPath.replace(/^\./, '')) : at;
      this.errs.push(failed(place));
    }
  }

  /** How a rule's error is told at a place; undefined where it holds. Errors of the rule itself are noted at once. */
  private failure({ rule, expression, message, usesOldSelf }: CompiledRule, self: unknown, oldSelf: unknown, at: Path, type: string): ((place: Path) => Errors[number]) | undefined {
    if (expression instanceof CelFailure) { this.errs.push(invalid(at, type, `rule compile error: ${expression.message}`)); return undefined; }
    // Rules about a change apply only where there was something before, unless they say that they can do without.
    if (usesOldSelf && oldSelf === undefined && !rule.optionalOldSelf) return undefined;
    const variables = { self, oldSelf: rule.optionalOldSelf ? (oldSelf === undefined ? Optional.none() : Optional.of(oldSelf)) : oldSelf };
    this.budget.begin();
    try {
      if (expression.run(variables, this.budget) === true) return undefined;
    } catch (thrown) { this.broken((thrown as Error).message, rule, at, type); return undefined; }
    const detail = (message && !(message instanceof CelFailure) ? this.spoken(message, variables) : '') || textOf(rule);
    return (place) => errorFor(rule.reason, place, type, detail);
  }

  private broken(words: string, rule: ValidationRule, at: Path, type: string): void {
    const named = nameOf(rule);
    if (words.startsWith('no such overload')) this.errs.push(invalid(at, type, `'${words}': call arguments did not match a supported operator, function or macro signature for rule: ${named}`));
    else if (words.startsWith('operation cancelled')) this.stop(at, type, `'${words}': no further validation rules will be run due to call cost exceeds limit for rule: ${named}`);
    else this.errs.push(invalid(at, type, `${words} evaluating rule: ${named}`));
  }

  private spoken(message: NonNullable<Exclude<CompiledRules['rules'][number]['message'], CelFailure>>, variables: { readonly [name: string]: unknown }): string {
    try {
      const text = String(message.run(variables, this.budget)).trim();
      return text.length > MAX_MESSAGE_BYTES || text.includes('\n') ? '' : text;
    } catch { return ''; }
  }

  private stop(at: Path, type: string, words: string): void {
    this.errs.push(invalid(at, type, words));
    this.stopped = true;
  }
}

const nameOf = ({ message, rule }: ValidationRule): string => (message ? message.trim() : rule.trim());
const textOf = (rule: ValidationRule): string => (rule.message ? rule.message.trim() : `failed rule: ${nameOf(rule)}`);

function errorFor(reason: string | undefined, at: Path, type: string, detail: string): Errors[number] {
  switch (reason) {
    case 'FieldValueForbidden': return fieldForbidden(at, detail);
    case 'FieldValueRequired': return required(at, detail);
    case 'FieldValueDuplicate': return duplicate(at, type);
    default: return invalid(at, type, detail);
  }
}

const sameAsBefore = (value: unknown, old: unknown, around: Place): boolean => (old === undefined ? around.unchanged : semanticEqual(value, old));

/** The element of before with the same keys; only lists that are maps have such. */
function correspondent(schema: Schema, element: unknown, old: unknown): unknown {
  const keys = schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] ?? [] : [];
  if (keys.length === 0 || !Array.isArray(old) || !isObject(element)) return undefined;
  return (old as readonly unknown[]).find((other) => isObject(other) && keys.every((key) => semanticEqual(other[key], element[key])));
}
