import { quote } from '../../status';
import { invalid, notSupported, Path, required, tooLong, tooMany, typeInvalid, type Errors } from '../field';
import { semanticEqual } from '../equal';
import { compileGoRegexp } from './goRegexp';
import { additionalOf, isObject, itemsOf, propertyOf, sortedKeys, type Schema } from './schemaTypes';
import { isKnownStringFormat, matchesFormat } from './stringFormats';

/**
 * Validation of a value against the OpenAPI v3 schema of a custom resource, with kube-openapi's words and order:
 * 'spec.replicas in body must be of type integer: "string"'. On an update, what equals the stored value is not judged
 * again (ratcheting, KEP-4008).
 */

/** An error of the schema validator, or of the logic of several schemas, which has no path of its own. */
interface Finding {
  readonly text: string;
  /** Path from the root of the value: "spec.list[0].name"; undefined for errors without one. */
  readonly name?: string;
  readonly report: (path: Path) => Errors[number];
}

/** Errors, and how many checks were passed: of several failed alternatives, the one with the most is reported. */
class Result {
  readonly errors: Finding[] = [];
  matches = 0;
  get valid(): boolean { return this.errors.length === 0; }
  add(finding: Finding): void { if (!this.errors.some((e) => e.text === finding.text)) this.errors.push(finding); }
  merge(other: Result): void {
    for (const e of other.errors) this.add(e);
    this.matches += other.matches;
  }
}

/** The stored value at the same place, where one can be told. */
interface Old { readonly value: unknown }

const MAX_DEPTH = 200;
const INT32 = [-2147483648, 2147483647] as const;
const JSON_TYPES = { boolean: 'boolean', string: 'string', object: 'object' } as const;

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return JSON_TYPES[typeof value as keyof typeof JSON_TYPES] ?? 'object';
}

/** The types a schema allows: int-or-string stands for two. */
function typesOf(schema: Schema): readonly string[] {
  if (schema['x-kubernetes-int-or-string']) return ['integer', 'string'];
  return schema.type ? [schema.type] : [];
}

/** Formats that are not known are ignored, as if they were not there. */
function formatOf(schema: Schema): string {
  const format = schema.format ?? '';
  if (!format) return '';
  switch (schema.type) {
    case 'integer': return format === 'int32' || format === 'int64' ? format : '';
    case 'number': return format === 'float' || format === 'double' ? format : '';
    case undefined: case '': case 'string': return isKnownStringFormat(format) ? format : '';
    default: return '';
  }
}

const invalidType = (name: string, want: string, shown: string): Finding => {
  const text = `${name} in body must be of type ${want}: ${quote(shown)}`;
  return { text, name, report: (path) => typeInvalid(path, shown, text) };
};
const finding = (name: string, value: unknown, text: string): Finding => ({ text, name, report: (path) => invalid(path, value ?? '', text) });
/** Without a path: reported at the path of the whole value. */
const loose = (text: string): Finding => ({ text, report: (path) => invalid(path, '', text) });

function checkType(schema: Schema, value: unknown, name: string): Finding | undefined {
  const types = typesOf(schema);
  const format = formatOf(schema);
  if (value === null) return types.length && !schema.nullable ? invalidType(name, types.join(','), 'null') : undefined;
  if (!types.length && !format) return undefined;
  const type = typeOf(value);
  const fits = types.includes(type) || (type === 'integer' && types.includes('number'));
  const isText = type === 'string' || type === 'array';
  if (!isText && format && !fits) return invalidType(name, format, type === 'integer' ? 'int64' : type === 'number' ? 'float64' : '');
  if (isText && format && !types.includes('number') && !types.includes('integer')) return undefined;
  return fits ? undefined : invalidType(name, types.join(','), type);
}

function checkString(schema: Schema, value: string, name: string): Finding | undefined {
  const { maxLength, minLength, pattern } = schema;
  if (maxLength !== undefined || minLength !== undefined) {
    const length = [...value].length;
    if (maxLength !== undefined && length > maxLength) return { text: `${name} in body should be at most ${maxLength} chars long`, name, report: (path) => tooLong(path, maxLength) };
    if (minLength !== undefined && length < minLength) return finding(name, value, `${name} in body should be at least ${minLength} chars long`);
  }
  if (!pattern) return undefined;
  const compiled = compileGoRegexp(pattern);
  if (typeof compiled === 'string') return finding(name, value, `${name} in body should match '${pattern}, but pattern is invalid: ${compiled}'`);
  return compiled.test(value) ? undefined : finding(name, value, `${name} in body should match '${pattern}'`);
}

/** Go's %v of a float64. */
function goFloat(n: number): string {
  const magnitude = Math.abs(n);
  if (n !== 0 && (magnitude < 1e-4 || magnitude >= 1e21)) return n.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return String(n);
}

function isMultiple(value: number, factor: number): boolean {
  const ratio = factor < 1 ? (1 / factor) * value : value / factor;
  return Math.abs(ratio - Math.round(ratio)) <= Math.max(1, Math.abs(ratio)) * 1e-9;
}

function checkNumber(schema: Schema, value: number, name: string, result: Result): void {
  const { multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum } = schema;
  const format = formatOf(schema);
  if (schema.type === 'integer' && format === 'int32' && (value < INT32[0] || value > INT32[1])) result.add(loose(`Checked value must be of type integer with format int32 in ${name}`));
  // Against an integer value Go compares integers: bounds lose their fractions.
  const bound = (n: number): number => (Number.isInteger(value) ? Math.trunc(n) : n);
  if (multipleOf !== undefined) {
    const factor = bound(multipleOf);
    if (factor <= 0) result.add(finding(name, factor, `factor MultipleOf declared for ${name} must be positive: ${goFloat(factor)}`));
    else if (!isMultiple(value, factor)) result.add(finding(name, value, `${name} in body should be a multiple of ${goFloat(factor)}`));
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= bound(minimum) : value < bound(minimum))) {
    result.add(finding(name, value, `${name} in body should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${goFloat(bound(minimum))}`));
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= bound(maximum) : value > bound(maximum))) {
    result.add(finding(name, value, `${name} in body should be less than ${exclusiveMaximum ? '' : 'or equal to '}${goFloat(bound(maximum))}`));
  }
  result.matches++;
}

function checkEnum(schema: Schema, value: unknown, name: string): Finding | undefined {
  const allowed = schema.enum;
  if (!allowed?.length || allowed.some((other) => other !== null && semanticEqual(other, value))) return undefined;
  const texts = allowed.map((other) => (typeof other === 'string' ? other : JSON.stringify(other)));
  return { text: `${name} in body should be one of [${texts.join(' ')}]`, name, report: (path) => notSupported(path, value, texts) };
}

/** Elements of a list are matched with stored ones only by the keys of a list-type map. */
function oldItem(schema: Schema, item: unknown, old: Old | undefined): Old | undefined {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (!old || !Array.isArray(old.value) || schema['x-kubernetes-list-type'] !== 'map' || !keys || !isObject(item)) return undefined;
  const found: unknown = old.value.find((other) => isObject(other) && keys.every((key) => semanticEqual(other[key], item[key])));
  return found === undefined ? undefined : { value: found };
}

const oldField = (old: Old | undefined, key: string): Old | undefined =>
  old && isObject(old.value) && Object.prototype.hasOwnProperty.call(old.value, key) ? { value: old.value[key] } : undefined;

function checkArray(schema: Schema, value: readonly unknown[], name: string, old: Old | undefined, depth: number, result: Result): void {
  const items = itemsOf(schema);
  if (items) value.forEach((item, i) => { result.merge(check(items, item, `${name}[${i}]`, oldItem(schema, item, old), depth + 1)); });
  const { minItems, maxItems } = schema;
  if (minItems !== undefined && value.length < minItems) result.add(finding(name, value.length, `${name} in body should have at least ${minItems} items`));
  if (maxItems !== undefined && value.length > maxItems) {
    result.add({ text: `${name} in body should have at most ${maxItems} items`, name, report: (path) => tooMany(path, value.length, maxItems) });
  }
  if (schema.uniqueItems && value.some((item, i) => value.findIndex((other) => semanticEqual(other, item)) < i)) result.add(finding(name, '', `${name} in body shouldn't contain duplicates`));
  result.matches++;
}

function checkObject(schema: Schema, value: { readonly [key: string]: unknown }, name: string, old: Old | undefined, depth: number, result: Result): void {
  const { minProperties, maxProperties } = schema;
  const keys = sortedKeys(value);
  if (minProperties !== undefined && keys.length < minProperties) result.add(finding(name, keys.length, `${name} in body should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && keys.length > maxProperties) {
    result.add({ text: `${name} in body should have at most ${maxProperties} properties`, name, report: (path) => tooMany(path, keys.length, maxProperties) });
  }
  const additional = additionalOf(schema);
  for (const key of keys) {
    if (propertyOf(schema, key)) continue;
    if (additional === false) result.add(finding(name, key, `${name}.${key} in body is a forbidden property`));
    else if (typeof additional === 'object') result.merge(check(additional, value[key], `${name}.${key}`, oldField(old, key), depth + 1));
  }
  for (const key of sortedKeys(schema.properties)) {
    const property = propertyOf(schema, key);
    if (property && Object.prototype.hasOwnProperty.call(value, key)) result.merge(check(property, value[key], name ? `${name}.${key}` : key, oldField(old, key), depth + 1));
  }
  for (const key of schema.required ?? []) {
    if (!Object.prototype.hasOwnProperty.call(value, key)) result.add({ text: `${name}.${key} in body is required`, name: `${name}.${key}`, report: (path) => required(path, '') });
  }
}

function best(results: readonly Result[]): Result | undefined {
  return results.reduce<Result | undefined>((most, r) => (!most || r.matches > most.matches ? r : most), undefined);
}

/** allOf, anyOf, oneOf and not. */
function checkLogic(schema: Schema, value: unknown, name: string, old: Old | undefined, depth: number): Result {
  const result = new Result();
  const all = (list: readonly Schema[] | undefined): readonly Result[] => (list ?? []).map((inner) => check(inner, value, name, old, depth + 1));
  if (schema.anyOf?.length) {
    const results = all(schema.anyOf);
    const success = results.find((r) => r.valid);
    if (!success) result.add(loose(`${quote(name)} must validate at least one schema (anyOf)`));
    const chosen = success ?? best(results);
    if (chosen) result.merge(chosen);
  }
  if (schema.oneOf?.length) {
    const results = all(schema.oneOf);
    const passed = results.filter((r) => r.valid);
    if (passed.length === 1 && passed[0]) result.merge(passed[0]);
    else {
      result.add(loose(`${quote(name)} must validate one and only one schema (oneOf). ${passed.length ? `Found ${passed.length} valid alternatives` : 'Found none valid'}`));
      const chosen = passed.length ? undefined : best(results);
      if (chosen) result.merge(chosen);
    }
  }
  if (schema.allOf?.length) {
    const results = all(schema.allOf);
    for (const r of results) result.merge(r);
    const passed = results.filter((r) => r.valid).length;
    if (passed !== results.length) result.add(loose(`${quote(name)} must validate all the schemas (allOf)${passed ? '' : '. None validated'}`));
  }
  if (schema.not && check(schema.not, value, name, old, depth + 1).valid) result.add(loose(`${quote(name)} must not validate the schema (not)`));
  result.matches++;
  return result;
}

function checkValue(schema: Schema, value: unknown, name: string, old: Old | undefined, depth: number): Result {
  const result = new Result();
  const type = checkType(schema, value, name);
  if (type) result.add(type);
  else result.matches++;
  if (value === null) {
    const bad = checkEnum(schema, value, name);
    if (bad) result.add(bad);
    return result;
  }
  result.merge(checkLogic(schema, value, name, old, depth));
  result.matches++;
  if (typeof value === 'string') {
    const bad = checkString(schema, value, name);
    if (bad) result.add(bad);
    const format = formatOf(schema);
    if (format && !matchesFormat(format, value)) {
      const text = `${name} in body must be of type ${format}: ${quote(value)}`;
      result.add({ text, name, report: (path) => typeInvalid(path, value, text) });
    }
  } else if (typeof value === 'number') {
    checkNumber(schema, value, name, result);
  } else if (Array.isArray(value)) {
    checkArray(schema, value, name, old, depth, result);
  }
  const bad = checkEnum(schema, value, name);
  if (bad) result.add(bad);
  if (isObject(value)) checkObject(schema, value, name, old, depth, result);
  result.matches++;
  return result;
}

function check(schema: Schema, value: unknown, name: string, old: Old | undefined, depth: number): Result {
  if (depth > MAX_DEPTH) {
    const result = new Result();
    result.add(loose(`${quote(name)} is nested deeper than ${MAX_DEPTH} levels`));
    return result;
  }
  const result = checkValue(schema, value, name, old, depth);
  if (result.valid || !old || !semanticEqual(value, old.value)) return result;
  const forgiven = new Result();
  forgiven.matches = result.matches;
  return forgiven;
}

/**
 * The errors of `value` against `schema`. `base` is the path of the value, none for a whole object. With `old`, errors
 * in what did not change are forgiven.
 */
export function validateAgainstSchema(schema: Schema, value: unknown, errs: Errors, base?: Path, old?: Old): void {
  for (const { name = '', report } of check(schema, value, '', old, 0).errors) {
    const relative = name.startsWith('.') ? name.slice(1) : name;
    errs.push(report(relative ? base?.child(relative) ?? Path.of(relative) : base ?? Path.root));
  }
}
