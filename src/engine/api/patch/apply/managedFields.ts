import type { ManagedFieldsEntry } from '../../generated/types';
import { isObject, own } from '../json';
import { isEmptySet, parseFieldSet, sortedSet, union, type FieldSet } from './fieldSet';

/** One field manager's entry, decoded. `fields` shares the stored entry's fieldsV1. */
export interface Managed {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
  /** The stored entry, while nothing about it changed. */
  readonly stored?: ManagedFieldsEntry;
}

/** Update managers kept for one object; older ones are merged into "ancient-changes". */
export const MAX_UPDATE_MANAGERS = 10;
const ANCIENT = 'ancient-changes';

/** What makes two entries the same manager: for Apply, the apiVersion does not count. The text is JSON as the original sorts it. */
export function managerId(m: { readonly manager: string; readonly operation: string; readonly apiVersion: string; readonly subresource: string }): string {
  return JSON.stringify({
    ...(m.manager ? { manager: m.manager } : {}), ...(m.operation ? { operation: m.operation } : {}),
    ...(m.operation !== 'Apply' && m.apiVersion ? { apiVersion: m.apiVersion } : {}), ...(m.subresource ? { subresource: m.subresource } : {}),
  });
}

export function sameManager(a: Managed, b: { readonly manager: string; readonly operation: string; readonly apiVersion: string; readonly subresource: string }): boolean {
  return a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource && (a.operation === 'Apply' || a.apiVersion === b.apiVersion);
}

const decoded = new WeakMap<ManagedFieldsEntry, Managed>();

/** Decodes stored or sent entries. Undefined where one is malformed: Kubernetes then behaves as if there were none. */
export function decodeManagedFields(entries: unknown): readonly Managed[] | undefined {
  if (entries === undefined || entries === null) return [];
  if (!Array.isArray(entries)) return undefined;
  const result: Managed[] = [];
  for (const entry of entries as readonly unknown[]) {
    if (!isObject(entry)) return undefined;
    const one = decodeEntry(entry as ManagedFieldsEntry);
    if (one === undefined) return undefined;
    result.push(one);
  }
  return result;
}

function decodeEntry(entry: ManagedFieldsEntry): Managed | undefined {
  const known = decoded.get(entry);
  if (known) return known;
  const { operation, apiVersion, fieldsType, fieldsV1 } = entry;
  if ((operation !== 'Apply' && operation !== 'Update') || !apiVersion || fieldsType !== 'FieldsV1') return undefined;
  const fields = fieldsV1 === undefined || fieldsV1 === null ? {} : parseFieldSet(fieldsV1);
  if (fields === undefined) return undefined;
  const result: Managed = { manager: entry.manager ?? '', operation, apiVersion, subresource: entry.subresource ?? '', time: entry.time, fields, stored: entry };
  decoded.set(entry, result);
  return result;
}

/** Whether a client asks for ownership to be forgotten: managedFields: [] or [{}]. */
export function isReset(entries: unknown): boolean {
  if (!Array.isArray(entries)) return false;
  const first: unknown = entries[0];
  return entries.length === 0 || (entries.length === 1 && isObject(first) && Object.keys(first).every((key) => own(first, key) === undefined));
}

function encodeEntry(m: Managed): ManagedFieldsEntry {
  if (m.stored) return m.stored;
  const entry: ManagedFieldsEntry = {
    apiVersion: m.apiVersion, fieldsType: 'FieldsV1', fieldsV1: sortedSet(m.fields), ...(m.manager ? { manager: m.manager } : {}), operation: m.operation,
    ...(m.subresource ? { subresource: m.subresource } : {}), ...(m.time !== undefined ? { time: m.time } : {}),
  };
  decoded.set(entry, { ...m, fields: entry.fieldsV1 as FieldSet, stored: entry });
  return entry;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Times are all "2006-01-02T15:04:05Z": text order is time order; no time comes first. */
function compareManaged(a: Managed, b: Managed): number {
  return order(a.operation, b.operation) || order(a.time ?? '', b.time ?? '') || order(a.manager, b.manager) || order(a.apiVersion, b.apiVersion) || order(a.subresource, b.subresource);
}

/** The entries as stored: empty ones left out, sorted by operation, time, manager. Undefined where there are none. */
export function encodeManagedFields(managed: readonly Managed[]): readonly ManagedFieldsEntry[] | undefined {
  const kept = managed.filter((m) => !isEmptySet(m.fields)).sort(compareManaged);
  return kept.length ? kept.map(encodeEntry) : undefined;
}

/** Merges the oldest Update managers of the same version until MAX_UPDATE_MANAGERS are left. */
export function capManagers(managed: readonly Managed[]): readonly Managed[] {
  const updaters = managed.filter((m) => m.operation === 'Update' && !isEmptySet(m.fields));
  if (updaters.length <= MAX_UPDATE_MANAGERS) return managed;
  updaters.sort((a, b) => order(a.time ?? '', b.time ?? '') || order(managerId(a), managerId(b)));
  const merged = new Map<string, Managed>();
  const first = new Map<string, Managed>();
  const gone = new Set<Managed>();
  let length = updaters.length;
  for (const m of updaters) {
    if (length <= MAX_UPDATE_MANAGERS) break;
    const version = m.apiVersion;
    const oldest = first.get(version);
    if (!oldest) { first.set(version, m); continue; }
    const bucket = merged.get(version) ?? { ...oldest, manager: ANCIENT, subresource: '' };
    gone.add(oldest).add(m);
    merged.set(version, { ...bucket, fields: union(bucket.fields, m.fields), time: m.time, stored: undefined });
    length--;
  }
  return [...managed.filter((m) => !gone.has(m)), ...merged.values()];
}
