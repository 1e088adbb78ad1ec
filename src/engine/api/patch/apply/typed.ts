import { deduce, type FieldType, type ListType, type MapType } from '../fieldTypes';
import { goType, goValue, isArray, isObject, own, type JsonObject } from '../json';
import { itemElement } from './elements';
import { pathString } from './fieldSet';

/** Errors of typing an applied configuration are listed up to this number. */
const MAX_ERRORS = 100;

/** What is wrong with the configuration's types, in structured-merge-diff's words; undefined where all is well. */
export function typeErrors(type: MapType, applied: JsonObject): string | undefined {
  const errors: string[] = [];
  checkMap(type, applied, '', errors);
  if (errors.length === 0) return undefined;
  return errors.length === 1 ? errors[0] : ['errors:', ...errors.map((e) => `  ${e}`)].join('\n');
}

function report(errors: string[], path: string, message: string): void {
  if (errors.length < MAX_ERRORS) errors.push(path ? `${path}: ${message}` : message);
}

function check(type: FieldType, value: unknown, path: string, errors: string[]): void {
  if (value === null || value === undefined) return;
  const resolved = deduce(type, value);
  if (resolved.kind === 'map') {
    if (isObject(value)) checkMap(resolved, value, path, errors);
    else report(errors, path, `expected map, got &{${goValue(value)}}`);
  } else if (resolved.kind === 'list') {
    if (isArray(value)) checkList(resolved, value, path, errors);
    else report(errors, path, `expected list, got &{${goValue(value)}}`);
  } else if (resolved.kind === 'scalar') {
    const message = scalarError(resolved.scalar, value);
    if (message) report(errors, path, message);
  }
}

const NUMERIC: ReadonlySet<string> = new Set(['int32', 'int64', 'double', 'integer', 'number']);

function scalarError(scalar: string, value: unknown): string | undefined {
  if (NUMERIC.has(scalar)) return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
  if (scalar === 'string' || scalar === 'bytes') return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
  if (scalar === 'bool' || scalar === 'boolean') return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goValue(value)}}`;
  return undefined;
}

/** Go's %#v. */
function goSyntax(value: unknown): string {
  if (isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (isObject(value)) return `map[string]interface {}{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${goSyntax(own(value, key))}`).join(', ')}}`;
  return value === null ? 'interface {}(nil)' : JSON.stringify(value);
}

function checkMap(type: MapType, value: JsonObject, path: string, errors: string[]): void {
  for (const key of Object.keys(value)) {
    const at = `${path}.${key}`;
    const field = type.at(key);
    if (field) check(field, own(value, key), at, errors);
    else report(errors, at, 'field not declared in schema');
  }
}

function checkList(type: ListType, items: readonly unknown[], path: string, errors: string[]): void {
  const seen = new Set<string>();
  items.forEach((item, i) => {
    const element = type.list === 'atomic' ? `i:${i}` : itemElement(type, item);
    if (element === undefined) {
      const keys = `[${type.keys.map((key) => JSON.stringify(key)).join(' ')}]`;
      return report(errors, path, `element ${i}: associative list with keys has an element that omits all key fields ${keys} (and doesn't have default values for any key fields)`);
    }
    const at = pathString([element]);
    if (seen.has(element)) report(errors, path, `duplicate entries for key ${at}`);
    seen.add(element);
    check(type.element, item, `${path}${at}`, errors);
  });
}
