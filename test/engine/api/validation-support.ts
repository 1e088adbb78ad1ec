import assert from 'node:assert/strict';
import { decodeObject, isDecoded } from '../../../src/engine/api/decode/decode';
import { applyDefaults } from '../../../src/engine/api/defaults/defaults';
import { deepFreeze, type KubernetesObject } from '../../../src/engine/api/object';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';
import { prepareForCreate, prepareForUpdate } from '../../../src/engine/api/strategy/strategy';
import type { ErrorList } from '../../../src/engine/api/validation/field';
import { validatorFor } from '../../../src/engine/api/validation/index';

/** Drives an object through the stages of a write up to validation, as the registry does. */
const registry = new ResourceRegistry();
export type Fields = { readonly [field: string]: unknown };
const context = { now: '2026-01-01T00:00:00Z' };

function stages(group: string, version: string, kind: string) {
  const definition = registry.forKind(group, version, kind);
  const validator = validatorFor(group, kind);
  assert.ok(definition && validator, kind);
  return { definition, validator };
}

/** The object as it would be stored: decoded, defaulted, with a name and a namespace. */
export function stored(group: string, version: string, kind: string, body: Fields): KubernetesObject {
  const { definition } = stages(group, version, kind);
  const given = { apiVersion: group ? `${group}/${version}` : version, kind, ...body, metadata: { name: 'x', ...(body['metadata'] as object) } };
  const decoded = decodeObject({ body: JSON.stringify(given), expected: definition, fieldValidation: 'Strict' });
  assert.ok(isDecoded(decoded), JSON.stringify(decoded));
  const object: KubernetesObject = applyDefaults(definition.schema, decoded.object);
  const metadata = { ...object.metadata, namespace: 'default', uid: 'u', resourceVersion: '1' };
  return deepFreeze(applyDefaults(definition.schema, prepareForCreate(definition, { ...object, metadata }, context)));
}

export const lines = (errors: ErrorList): readonly string[] => errors.map((e) => `${e.field}: ${e.body}`);

export function createErrors(group: string, version: string, kind: string, body: Fields): readonly string[] {
  return lines(stages(group, version, kind).validator.create(stored(group, version, kind, body)));
}

/** An update of one object of the kind to another; with a subresource, that one's validation. */
export function updateErrors(group: string, version: string, kind: string, from: Fields, to: Fields, subresource = ''): readonly string[] {
  const { definition, validator } = stages(group, version, kind);
  const withStatus = (body: Fields): KubernetesObject => {
    const object = stored(group, version, kind, body);
    return 'status' in body ? deepFreeze({ ...object, status: body['status'] }) : object;
  };
  const old = withStatus(from);
  const next = deepFreeze(prepareForUpdate(definition, subresource, withStatus(to), old, context));
  if (subresource === '') return lines(validator.update(next, old));
  if (subresource === 'status') return lines(validator.status?.(next, old) ?? []);
  return lines(validator.subresources?.[subresource]?.update(next, old) ?? []);
}
