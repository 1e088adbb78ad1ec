import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject, isDecoded } from '../../../src/engine/api/decode/decode';
import { applyDefaults } from '../../../src/engine/api/defaults/defaults';
import { deepFreeze, type KubernetesObject } from '../../../src/engine/api/object';
import type { ResourceDefinition } from '../../../src/engine/api/resources/definition';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';
import { prepareForCreate, prepareForUpdate } from '../../../src/engine/api/strategy/strategy';
import type { ErrorList } from '../../../src/engine/api/validation/field';
import type { KindValidation } from '../../../src/engine/api/validation/kind';
import { validatorFor } from '../../../src/engine/api/validation/index';

/** Drives objects of any scope through decoding, defaults and the strategy of their kind to its validation. */
const registry = new ResourceRegistry();
const context = { now: '2026-01-01T00:00:00Z' };
export type Fields = { readonly [field: string]: unknown };
/** "group/version/Kind", or "v1/Kind" of the core group. */
export type Kind = string;
export type Row = readonly [kind: Kind, body: Fields, ...errors: string[]];
export type UpdateRow = readonly [kind: Kind, subresource: string, from: Fields, to: Fields, ...errors: string[]];

function lookUp(kind: Kind): { readonly definition: ResourceDefinition; readonly validator: KindValidation } {
  const parts = kind.split('/');
  const [group, version, name] = parts.length === 2 ? ['', parts[0]!, parts[1]!] : [parts[0]!, parts[1]!, parts[2]!];
  const definition = registry.forKind(group, version, name);
  const validator = validatorFor(group, name);
  assert.ok(definition && validator, kind);
  return { definition, validator };
}

/** The object as a create would store it; a "status" in the body is kept, as if its controller had written it. */
export function stored(kind: Kind, body: Fields): KubernetesObject {
  const { definition } = lookUp(kind);
  const apiVersion = kind.slice(0, kind.lastIndexOf('/'));
  const namespace = definition.namespaced ? { namespace: 'default' } : {};
  const given = { apiVersion, kind: definition.kind, ...body, metadata: { name: 'x', ...namespace, ...(body['metadata'] as object) } };
  const decoded = decodeObject({ body: JSON.stringify(given), expected: definition, fieldValidation: 'Strict' });
  assert.ok(isDecoded(decoded), JSON.stringify(decoded));
  const object: KubernetesObject = applyDefaults(definition.schema, decoded.object);
  const metadata = { ...object.metadata, uid: 'u', resourceVersion: '1' };
  const created = prepareForCreate(definition, { ...object, metadata }, context);
  return deepFreeze(applyDefaults(definition.schema, 'status' in body ? { ...created, status: object.status } : created));
}

export const lines = (errors: ErrorList): readonly string[] => errors.map((e) => `${e.field}: ${e.body}`);

function updateErrors(kind: Kind, subresource: string, from: Fields, to: Fields): ErrorList {
  const { definition, validator } = lookUp(kind);
  const old = stored(kind, from);
  const next = deepFreeze(prepareForUpdate(definition, subresource, stored(kind, to), old, context));
  if (subresource === '') return validator.update(next, old);
  if (subresource === 'status') return validator.status?.(next, old) ?? [];
  return validator.subresources?.[subresource]?.update(next, old) ?? [];
}

export function testCreates(rows: { readonly [name: string]: Row }): void {
  for (const [name, [kind, body, ...errors]] of Object.entries(rows)) {
    test(`create: ${name}`, () => { assert.deepEqual(lines(lookUp(kind).validator.create(stored(kind, body))), errors); });
  }
}

export function testUpdates(rows: { readonly [name: string]: UpdateRow }): void {
  for (const [name, [kind, subresource, from, to, ...errors]] of Object.entries(rows)) {
    test(`update: ${name}`, () => { assert.deepEqual(lines(updateErrors(kind, subresource, from, to)), errors); });
  }
}
