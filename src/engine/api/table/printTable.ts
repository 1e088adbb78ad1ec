import type { KubernetesObject } from '../object';
import type { ResourceDefinition } from '../resources/definition';
import { COLUMNS, CUSTOM_AGE_COLUMN, DEFAULT_COLUMNS, NAME_COLUMN, type TableColumn } from './columns';
import { PRINTERS, type PrintContext } from './cells';
import { since } from './humanDuration';
import { findJsonPath } from './jsonPath';
import { podConditions, type Cell, type RowCondition } from './pod';
import type { Pod } from '../generated/types';

/** ?includeObject of a Table request. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** A column of a CustomResourceDefinition's version. */
export interface AdditionalPrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

export interface TableOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly includeObject?: IncludeObject;
  /** Leaves out the column definitions: what a watch sends after its first Table. */
  readonly noHeaders?: boolean;
  /** Metadata of the list (resourceVersion, continue, remainingItemCount), or the one object's resourceVersion. */
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string; readonly remainingItemCount?: number };
  /** Custom resources: the columns of their version. */
  readonly additionalPrinterColumns?: readonly AdditionalPrinterColumn[];
  /** Whole addresses and all columns. The API server always prints so, and clients hide columns by priority. */
  readonly wide?: boolean;
}

export interface TableRow {
  readonly cells: readonly Cell[];
  readonly conditions?: readonly RowCondition[];
  readonly object?: unknown;
}

/** meta.k8s.io/v1 Table. */
export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: NonNullable<TableOptions['metadata']>;
  readonly columnDefinitions?: readonly TableColumn[] | null;
  readonly rows: readonly TableRow[];
}

interface Layout {
  readonly columns: readonly TableColumn[];
  readonly cells: (object: KubernetesObject, context: PrintContext) => readonly Cell[];
}

const DEFAULT_LAYOUT: Layout = { columns: DEFAULT_COLUMNS, cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? null] };

/** Prints objects of one kind as the API server does for "Accept: application/json;as=Table". */
export function printTable(definition: ResourceDefinition, objects: readonly KubernetesObject[], options: TableOptions): Table {
  const layout = layoutOf(definition, options.additionalPrinterColumns);
  const wide = options.wide ?? true;
  const shown = layout.columns.map((column) => wide || column.priority === 0);
  const context: PrintContext = { now: options.now, wide };
  const rows = objects.map((object): TableRow => {
    const cells = layout.cells(object, context);
    const conditions = definition.kind === 'Pod' && definition.group === '' ? podConditions(object as unknown as Pod) : undefined;
    return { cells: wide ? cells : cells.filter((_, i) => shown[i]), ...(conditions ? { conditions } : {}), ...includedObject(object, options.includeObject ?? 'Metadata') };
  });
  return {
    kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: options.metadata ?? {},
    columnDefinitions: options.noHeaders ? null : layout.columns.filter((_, i) => shown[i]), rows,
  };
}

function includedObject(object: KubernetesObject, include: IncludeObject): { readonly object?: unknown } {
  switch (include) {
    case 'None': return { object: null };
    case 'Object': return { object };
    default: return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata } };
  }
}

function layoutOf(definition: ResourceDefinition, additional: readonly AdditionalPrinterColumn[] | undefined): Layout {
  if (definition.schema === '') return customLayout(additional);
  const columns = Object.hasOwn(COLUMNS, definition.kind) ? COLUMNS[definition.kind] : undefined;
  const cells = Object.hasOwn(PRINTERS, definition.kind) ? PRINTERS[definition.kind] : undefined;
  return columns && cells ? { columns, cells } : DEFAULT_LAYOUT;
}

function customLayout(additional: readonly AdditionalPrinterColumn[] | undefined): Layout {
  if (!additional?.length) return { columns: [NAME_COLUMN, CUSTOM_AGE_COLUMN], cells: ({ metadata }, { now }) => [metadata.name, since(metadata.creationTimestamp, now)] };
  const columns = additional.map(({ name, type, format = '', description, priority = 0, jsonPath }): TableColumn =>
    ({ name, type, format, description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`, priority }));
  return { columns: [NAME_COLUMN, ...columns], cells: (object, { now }) => [object.metadata.name, ...additional.map((column) => customCell(column, object, now))] };
}

function customCell({ type, jsonPath }: AdditionalPrinterColumn, object: KubernetesObject, now: number): Cell {
  const [value] = findJsonPath(object, jsonPath);
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string': return typeof value === 'string' ? value : JSON.stringify(value);
    case 'integer': return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number': return typeof value === 'number' ? value : null;
    case 'boolean': return typeof value === 'boolean' ? value : null;
    case 'date': return typeof value === 'string' ? dateCell(value, now) : null;
    default: return null;
  }
}

function dateCell(value: string, now: number): Cell {
  if (value === '') return '<unknown>';
  return Number.isNaN(Date.parse(value)) ? '<invalid>' : since(value, now);
}
