import type { ObjectMeta } from '../../generated/types';
import { invalid, Path, required, type Errors } from '../field';
import { isDNS1035Label } from '../formats';
import { nameIsPathSegment } from '../meta';
import { validateGenericMeta } from '../core/commonMeta';
import { additionalSchema, isObject, itemsOf, propertyOf, sortedKeys, type Schema } from './schemaTypes';

/** Objects inside a custom resource (x-kubernetes-embedded-resource) have apiVersion, kind and sound metadata. */
type Fields = { readonly [key: string]: unknown };
const under = (path: Path | undefined, key: string): Path => path?.child(key) ?? Path.of(key);

function validateApiVersion(value: unknown, path: Path, errs: Errors): void {
  if (typeof value !== 'string') errs.push(invalid(path, value, 'must be a string'));
  else if (!value) errs.push(invalid(path, value, 'must not be empty'));
  else if (value.split('/').length > 2) errs.push(invalid(path, value, `unexpected GroupVersion string: ${value}`));
}

function validateKind(value: unknown, path: Path, errs: Errors): void {
  if (typeof value !== 'string') { errs.push(invalid(path, value, 'must be a string')); return; }
  if (!value) { errs.push(invalid(path, value, 'must not be empty')); return; }
  const messages = isDNS1035Label(value.toLowerCase());
  if (messages.length) errs.push(invalid(path, value, `may have mixed case, but should otherwise match: ${messages.join(',')}`));
}

function validateResource(object: Fields, path: Path | undefined, errs: Errors): void {
  for (const field of ['apiVersion', 'kind']) if (!(field in object)) errs.push(required(under(path, field), ''));
  if ('apiVersion' in object) validateApiVersion(object.apiVersion, under(path, 'apiVersion'), errs);
  if ('kind' in object) validateKind(object.kind, under(path, 'kind'), errs);
  if (!isObject(object.metadata)) return;
  const meta = object.metadata as unknown as ObjectMeta;
  // A name is not needed here: an invented one stands for it.
  validateGenericMeta({ ...meta, name: meta.name || 'fakename' }, Boolean(meta.namespace), nameIsPathSegment, errs, under(path, 'metadata'));
}

export function validateEmbedded(schema: Schema | undefined, value: unknown, errs: Errors, path?: Path): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    if (items) value.forEach((item, i) => { validateEmbedded(items, item, errs, (path ?? Path.root).index(i)); });
    return;
  }
  if (!isObject(value)) return;
  if (schema['x-kubernetes-embedded-resource'] === true) validateResource(value, path, errs);
  const additional = additionalSchema(schema);
  for (const key of sortedKeys(value)) {
    const property = propertyOf(schema, key);
    if (property) validateEmbedded(property, value[key], errs, under(path, key));
    else if (additional) validateEmbedded(additional, value[key], errs, (path ?? Path.root).key(key));
  }
}
