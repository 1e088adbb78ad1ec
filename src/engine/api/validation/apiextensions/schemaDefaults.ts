import { semanticEqual } from '../equal';
import { invalid, type Errors, type Path } from '../field';
import { validateEmbedded } from './embedded';
import { pruneUnknownFields } from './pruning';
import { itemsOf, propertyOf, sortedKeys, type Schema } from './schemaTypes';
import { validateAgainstSchema } from './structural';

/** Defaults in a schema have to be valid themselves, and without unknown fields. Rules in CEL are not run on them. */
export function validateDefaults(schema: Schema, path: Path, requirePruned: boolean, errs: Errors): void {
  if (schema.default !== undefined && schema.default !== null) validateDefault(schema, path.child('default'), requirePruned, errs);
  const items = itemsOf(schema);
  if (items) validateDefaults(items, path.child('items'), requirePruned, errs);
  for (const name of sortedKeys(schema.properties)) {
    const property = propertyOf(schema, name);
    if (property) validateDefaults(property, path.child('properties').key(name), requirePruned, errs);
  }
}

function validateDefault(schema: Schema, path: Path, requirePruned: boolean, errs: Errors): void {
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  if (requirePruned && !semanticEqual(pruneUnknownFields(schema.default, schema, embedded).value, schema.default)) {
    errs.push(invalid(path, schema.default, 'must not have unknown fields'));
  }
  const before = errs.length;
  validateEmbedded(schema, schema.default, errs, path);
  if (errs.length === before) validateAgainstSchema(schema, schema.default, errs, path);
}

/** Whether a default has fields that its schema does not know. */
export function hasUnprunedDefaults(schema: Schema): boolean {
  if (schema.default !== undefined && schema.default !== null) {
    const embedded = schema['x-kubernetes-embedded-resource'] === true;
    if (!semanticEqual(pruneUnknownFields(schema.default, schema, embedded).value, schema.default)) return true;
  }
  const items = itemsOf(schema);
  return (items !== undefined && hasUnprunedDefaults(items)) || sortedKeys(schema.properties).some((name) => { const p = propertyOf(schema, name); return p !== undefined && hasUnprunedDefaults(p); });
}
