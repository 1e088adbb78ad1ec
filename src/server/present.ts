import { apiVersionOf, type KubernetesObject, type ObjectWithMeta } from '../engine/api/object';
import type { ResourceDefinition } from '../engine/api/resources/definition';
import { isStatus, type Status } from '../engine/api/status';
import { printTable, type AdditionalPrinterColumn, type TableOptions } from '../engine/api/table/printTable';
import type { ListResult } from '../engine/apiserver/request';
import type { Wish } from './negotiate';

/** All that is needed to show objects of a resource in the form that a client asked for. */
export interface Presentation {
  readonly definition: ResourceDefinition;
  readonly wish: Wish;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of custom resources. */
  readonly columns: readonly AdditionalPrinterColumn[] | undefined;
  /** Fills in what is only made when somebody looks. */
  readonly complete: (object: KubernetesObject) => KubernetesObject;
}

const tableOptions = ({ now, wish, columns }: Presentation, metadata: TableOptions['metadata']): TableOptions =>
  ({ now, includeObject: wish.includeObject, metadata, ...(columns ? { additionalPrinterColumns: columns } : {}) });

/** A list as its own kind, or as a Table, or with metadata only. */
export function presentList(how: Presentation, list: ListResult): object {
  const { definition, wish } = how;
  const metadata = { resourceVersion: list.resourceVersion, ...(list.continueToken ? { continue: list.continueToken } : {}), ...(list.remainingItemCount !== undefined ? { remainingItemCount: list.remainingItemCount } : {}) };
  const items = list.items.map(how.complete);
  if (wish.table) return printTable(definition, items, tableOptions(how, metadata));
  if (wish.metadataOnly) return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: items.map(partial) };
  // Items of a typed list carry no type of their own; those of custom resources do.
  return { kind: list.kind, apiVersion: list.apiVersion, metadata, items: definition.schema === '' ? items.map(ordered) : items.map(withoutType) };
}

export function presentObject(how: Presentation, object: ObjectWithMeta | Status): object {
  const { definition, wish } = how;
  if (isStatus(object)) return object;
  if ('items' in object && object.kind === definition.listKind) return presentDeleted(how, object as unknown as KubernetesObject);
  const whole = how.complete(object as KubernetesObject);
  if (whole.kind !== definition.kind) return ordered(whole);
  if (wish.table) return printTable(definition, [whole], tableOptions(how, { resourceVersion: whole.metadata?.resourceVersion }));
  return wish.metadataOnly ? partial(whole) : ordered(whole);
}

/** The list that a deletion of a collection is answered with. */
function presentDeleted(how: Presentation, list: KubernetesObject): object {
  const { kind, apiVersion, metadata, items } = list as KubernetesObject & { readonly items: readonly KubernetesObject[] };
  return presentList(how, { kind, apiVersion, items, resourceVersion: metadata.resourceVersion });
}

/** kind first, as Go's encoder writes it. */
function ordered(object: KubernetesObject): object {
  const { kind, apiVersion, metadata, ...rest } = object;
  return { kind, apiVersion, metadata, ...rest };
}

const partial = (object: KubernetesObject): object => ({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata });

function withoutType(object: KubernetesObject): object {
  const { kind: _, apiVersion: __, ...rest } = object;
  return rest;
}

/** One event of a watch, as a line. Only the first Table names its columns. */
export function presentEvent(how: Presentation, type: string, object: KubernetesObject, first: boolean): object {
  const { definition, wish } = how;
  if (type === 'ERROR') return { type, object };
  if (type === 'BOOKMARK') {
    if (wish.table) return { type, object: { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: object.metadata.resourceVersion }, columnDefinitions: null, rows: [{ cells: [], object: partial(object) }] } };
    return { type, object: wish.metadataOnly ? partial(object) : ordered(object) };
  }
  const whole = how.complete(object);
  if (wish.table) return { type, object: printTable(definition, [whole], { ...tableOptions(how, { resourceVersion: whole.metadata.resourceVersion }), noHeaders: !first }) };
  return { type, object: wish.metadataOnly ? partial(whole) : ordered({ ...whole, apiVersion: apiVersionOf(definition), kind: definition.kind }) };
}
