import { apiVersionOf, type KubernetesObject, type ObjectWithMeta } from '../engine/api/object';
import type { ResourceDefinition } from '../engine/api/resources/definition';
import type { Status } from '../engine/api/status';
import { isStatus } from '../engine/api/status';
import { printTable, type IncludeObject } from '../engine/api/table/printTable';
import type { ListResult } from '../engine/apiserver/request';

/** How the client wants its answer. */
export interface Wish {
  readonly table: boolean;
  readonly metadataOnly: boolean;
  readonly includeObject: IncludeObject;
}

export function wishOf(accept: string, includeObject: string | null): Wish {
  const first = accept.split(',').map((part) => part.trim()).find((part) => part.includes('as=') || part.startsWith('application/json') || part.startsWith('*/*')) ?? '';
  return {
    table: /as=Table/.test(first), metadataOnly: /as=PartialObjectMetadata/.test(first),
    includeObject: includeObject === 'None' || includeObject === 'Object' ? includeObject : 'Metadata',
  };
}

/** A list as its own kind, or as a Table, or with metadata only. */
export function presentList(definition: ResourceDefinition, list: ListResult, wish: Wish, now: number, complete: (o: KubernetesObject) => KubernetesObject): object {
  const metadata = { resourceVersion: list.resourceVersion, ...(list.continueToken ? { continue: list.continueToken } : {}), ...(list.remainingItemCount !== undefined ? { remainingItemCount: list.remainingItemCount } : {}) };
  const items = list.items.map(complete);
  if (wish.table) return printTable(definition, items, { now, includeObject: wish.includeObject, metadata });
  if (wish.metadataOnly) return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: items.map(partial) };
  return { kind: list.kind, apiVersion: list.apiVersion, metadata, items: items.map(withoutType) };
}

export function presentObject(definition: ResourceDefinition, object: ObjectWithMeta | Status, wish: Wish, now: number, complete: (o: KubernetesObject) => KubernetesObject): object {
  if (isStatus(object)) return object;
  const whole = complete(object as KubernetesObject);
  if (wish.table && whole.kind === definition.kind) return printTable(definition, [whole], { now, includeObject: wish.includeObject, metadata: { resourceVersion: whole.metadata?.resourceVersion } });
  if (wish.metadataOnly && whole.kind === definition.kind) return partial(whole);
  return ordered(whole);
}

/** kind first, as Go's encoder writes it. */
function ordered(object: KubernetesObject): object {
  const { kind, apiVersion, metadata, ...rest } = object;
  return { kind, apiVersion, metadata, ...rest };
}

const partial = (object: KubernetesObject): object => ({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata });

/** Items of a typed list carry no type of their own. */
function withoutType(object: KubernetesObject): object {
  const { kind: _, apiVersion: __, ...rest } = object;
  return rest;
}

/** One event of a watch, as a line. */
export function presentEvent(definition: ResourceDefinition, type: string, object: KubernetesObject, wish: Wish, now: number, first: boolean, complete: (o: KubernetesObject) => KubernetesObject): object {
  if (type === 'BOOKMARK' || type === 'ERROR') return { type, object: wish.table && type === 'BOOKMARK' ? { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata, columnDefinitions: null, rows: [] } : object };
  const whole = complete(object);
  if (wish.table) return { type, object: printTable(definition, [whole], { now, includeObject: wish.includeObject, noHeaders: !first, metadata: { resourceVersion: whole.metadata.resourceVersion } }) };
  return { type, object: wish.metadataOnly ? partial(whole) : ordered({ ...whole, apiVersion: apiVersionOf(definition), kind: definition.kind }) };
}
