import type { SelectableField } from '../../generated/types';
import { duplicate, invalid, required, tooMany, type Errors, type Path } from '../field';
import { additionalSchema, propertyOf, type Schema } from './schemaTypes';

/** Fields by which objects of the kind can be selected: simple paths to scalars. */
const MAX_FIELDS = 8;
const SCALARS: readonly string[] = ['string', 'boolean', 'integer'];

/** The schema at ".spec.color", or why the path leads nowhere. Parts may be quoted: ['name']. */
function resolve(schema: Schema, text: string): { readonly parts: readonly string[]; readonly schema: Schema } | string {
  const parts: string[] = [];
  let rest = text;
  let at: Schema = schema;
  while (rest) {
    const match = /^\.([^.[\]]+)|^\['([^']*)'\]/.exec(rest);
    if (!match) return parts.length || rest.startsWith('.') ? `unexpected end of JSON path` : `expected [ or . but got: ${rest.charAt(0)}`;
    const name = match[1] ?? match[2] ?? '';
    const next = propertyOf(at, name) ?? additionalSchema(at) ?? (parts.length === 0 && name === 'metadata' ? { type: 'object', properties: { name: { type: 'string' }, generateName: { type: 'string' } } } : undefined);
    if (!next) return `does not refer to a valid field`;
    parts.push(name);
    at = next;
    rest = rest.slice(match[0].length);
  }
  return parts.length ? { parts, schema: at } : 'must not be empty';
}

export function validateSelectableFields(fields: readonly SelectableField[], schema: Schema, path: Path, errs: Errors): void {
  const seen = new Set<string>();
  fields.forEach(({ jsonPath = '' }, i) => {
    const at = path.index(i).child('jsonPath');
    if (!jsonPath) { errs.push(required(at, '')); return; }
    const found = resolve(schema, jsonPath);
    if (typeof found === 'string') { errs.push(invalid(at, jsonPath, `is an invalid path: ${found}`)); return; }
    if (found.parts[0] === 'metadata') errs.push(invalid(at, jsonPath, 'must not point to fields in metadata'));
    if (!SCALARS.includes(found.schema.type ?? '')) errs.push(invalid(at, jsonPath, 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'));
    const id = found.parts.join('.');
    if (seen.has(id)) errs.push(duplicate(at, jsonPath));
    seen.add(id);
  });
  if (seen.size > MAX_FIELDS) errs.push(tooMany(path, seen.size, MAX_FIELDS));
}
