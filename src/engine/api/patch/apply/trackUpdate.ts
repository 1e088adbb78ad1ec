import type { ManagedFieldsEntry } from '../../generated/types';
import type { KubernetesObject } from '../../object';
import type { ResourceDefinition } from '../../resources/definition';
import { jsonEqual, without, type JsonObject } from '../json';
import { compare, type Comparison } from './compare';
import { difference, isEmptySet, MEMBER, recursiveDifference, union, type FieldSet } from './fieldSet';
import { capManagers, decodeManagedFields, encodeManagedFields, isReset, sameManager, type Managed } from './managedFields';
import { managedTypeOf, type ManagedType } from './managedType';
import { resetFieldsOf } from './resetFields';

export interface TrackOptions {
  /** The fieldManager parameter, or managerOf(userAgent). Empty: "unknown". */
  readonly manager: string;
  /** "" for the main endpoint; else "status", "scale", "ephemeralcontainers" … */
  readonly subresource?: string;
  /** "2006-01-02T15:04:05Z" */
  readonly now: string;
  readonly definition: ResourceDefinition;
  /** For custom resources: the schema of their version. */
  readonly openAPIV3Schema?: JsonObject;
}

/** Entries of the kind's own metadata are never owned (stripMetaManager); compare() skips the rest. */
const METADATA_ITSELF: FieldSet = { 'f:metadata': MEMBER };

/** The field manager of a request without fieldManager: the user agent up to the first "/", printable and at most 128 bytes. */
export function managerOf(fieldManager: string | undefined, userAgent: string): string {
  if (fieldManager) return fieldManager;
  const slash = userAgent.indexOf('/');
  const printable = (slash < 0 ? userAgent : userAgent.slice(0, slash)).replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '');
  return printable.slice(0, 128);
}

/**
 * Records who changed what: the new object with its metadata.managedFields, as FieldManager.Update does on every create,
 * update and patch (but apply). Call it where the real server does: with the decoded and defaulted object, before
 * admission; what admission and the storage strategy fill in has no owner.
 *
 * `before` undefined means create. Nothing is computed lazily: the comparison walks only branches that `before` and
 * `after` do not share by reference, and sets of other managers are touched only where they hold a changed field, so
 * that a status patch costs some microseconds.
 */
export function trackUpdate(before: KubernetesObject | undefined, after: KubernetesObject, options: TrackOptions): KubernetesObject {
  const managed = startingEntries(before, after, options.subresource ?? '');
  // Objects that never had managers (they were stored without) do not start to have them on an update.
  if (managed.length === 0 && before !== undefined) return withManagedFields(after, undefined);
  const kind = managedTypeOf(options.definition, options.openAPIV3Schema);
  const changes = compare(kind.type, before ?? kind.empty, after);
  const ignored = resetFieldsOf(options.definition, options.subresource ?? '');
  const entries = capManagers(takeOver(managed, changes, ignored, {
    manager: options.manager || 'unknown', operation: 'Update', apiVersion: kind.apiVersion, subresource: options.subresource ?? '', time: options.now,
  }));
  return withManagedFields(after, encode(entries, before));
}

/** The entries that the update starts from: those sent, unless they are absent, malformed or of a subresource request. */
function startingEntries(before: KubernetesObject | undefined, after: KubernetesObject, subresource: string): readonly Managed[] {
  const live = before?.metadata.managedFields;
  const sent = after.metadata.managedFields;
  if (subresource === '' && sent !== live) {
    if (isReset(sent)) return [];
    const decoded = decodeManagedFields(sent);
    if (decoded !== undefined && decoded.length > 0) return decoded;
  }
  return decodeManagedFields(live) ?? [];
}

interface Self { readonly manager: string; readonly operation: 'Update'; readonly apiVersion: string; readonly subresource: string; readonly time: string }

/** What changed goes to the writer; what is gone goes from everybody. */
export function takeOver(managed: readonly Managed[], changes: Comparison, ignored: FieldSet, self: Self): readonly Managed[] {
  const changed = recursiveDifference(changes.changed, ignored);
  const removed = recursiveDifference(changes.removed, ignored);
  if (isEmptySet(changed) && isEmptySet(removed)) return managed;
  const gained = difference(changed, METADATA_ITSELF);
  let found = false;
  const result = managed.map((m) => {
    if (!sameManager(m, self)) return lose(lose(m, changed), removed);
    found = true;
    const kept = lose(m, removed);
    // Where it owned everything already, only the time is new: the common case of a status that is written again and again.
    return isEmptySet(gained) ? lose(kept, changed) : { ...self, fields: union(kept.fields, gained) };
  });
  return found || isEmptySet(gained) ? result : [...result, { ...self, fields: gained }];
}

function lose(m: Managed, lost: FieldSet): Managed {
  const fields = difference(m.fields, lost);
  return fields === m.fields ? m : { ...m, fields, stored: undefined };
}

/** Keeps the stored array where every entry is the stored one. */
function encode(entries: readonly Managed[], before: KubernetesObject | undefined): readonly ManagedFieldsEntry[] | undefined {
  const live = before?.metadata.managedFields;
  const encoded = encodeManagedFields(entries);
  return live && encoded && live.length === encoded.length && live.every((entry, i) => entry === encoded[i]) ? live : encoded;
}

export function withManagedFields(object: KubernetesObject, entries: readonly ManagedFieldsEntry[] | undefined): KubernetesObject {
  const { metadata } = object;
  if (metadata.managedFields === entries) return object;
  if (entries) return { ...object, metadata: { ...metadata, managedFields: entries } };
  return { ...object, metadata: without(metadata as unknown as JsonObject, 'managedFields') as unknown as KubernetesObject['metadata'] };
}

/**
 * ignoreManagedFieldsTimestampsTransformer: where an update changed nothing but the times of managedFields, the old times
 * are kept, so that the write is found to be no change at all. Call it last, after admission.
 */
export function keepTimesOfUnchanged(before: KubernetesObject, after: KubernetesObject): KubernetesObject {
  const old = before.metadata.managedFields;
  const now = after.metadata.managedFields;
  if (!old || !now || old === now || old.length !== now.length) return after;
  const sameButTime = now.every((entry, i) => {
    const previous = old[i];
    return previous !== undefined && (entry === previous || jsonEqual({ ...entry, time: undefined }, { ...previous, time: undefined }));
  });
  if (!sameButTime) return after;
  const restored = withManagedFields(after, old);
  return jsonEqual(restored, before) ? restored : after;
}

/** For apply: objects without managers get one for everything they have, before the first configuration is applied. */
export function beforeFirstApply(live: KubernetesObject, kind: ManagedType, ignored: FieldSet, subresource: string, now: string): readonly Managed[] {
  return takeOver([], compare(kind.type, kind.empty, live), ignored, { manager: 'before-first-apply', operation: 'Update', apiVersion: kind.apiVersion, subresource, time: now })
    .filter((m) => !isEmptySet(m.fields));
}
