import type { ManagedFieldsEntry } from '../api/generated/types';
import type { KubernetesObject } from '../api/object';
import { isReset } from '../api/patch/apply/managedFields';
import { managerOf, trackUpdate, type TrackOptions } from '../api/patch/apply/trackUpdate';
import type { JsonObject } from '../api/patch/json';
import type { ResourceDefinition } from '../api/resources/definition';
import type { ApiRequest, RequestOptions, Sender } from './request';
import { sameValue } from './equality';

/** What the record of managers needs to know of a request. */
export interface TrackedRequest {
  readonly request: ApiRequest;
  readonly options: RequestOptions;
  readonly sender: Sender;
  readonly subresource: string;
  readonly server: { readonly simulation: { timestamp(): string }; readonly kinds: { readonly custom: { schemaOf(definition: ResourceDefinition): unknown } } };
  readonly storage: { readonly definition: ResourceDefinition };
}

/** Who manages which field: keeps metadata.managedFields as server-side apply needs it. */
export interface FieldManagement {
  /** The object to store after a create, update or patch (not apply). `old` undefined means create. */
  track(context: TrackedRequest, old: KubernetesObject | undefined, object: KubernetesObject): KubernetesObject;
  /** The object with its managedFields filled in, as clients outside the process see it. */
  complete(object: KubernetesObject): KubernetesObject;
  /** Whether storing `next` over `current` would change nothing of the record but its times. */
  sameManagers(current: KubernetesObject, next: KubernetesObject): boolean;
}

/** Keeps no record of managers. */
export const NO_FIELD_MANAGEMENT: FieldManagement = { track: (_, __, object) => object, complete: (object) => object, sameManagers: () => true };

/**
 * A write whose managed fields nobody has asked for yet: computing them costs more than all the rest of a write, and
 * hardly anybody looks. Kept under a symbol of the metadata, which spreads copy and JSON leaves out.
 */
interface PendingWrite {
  readonly depth: number;
  write: { readonly before: KubernetesObject | undefined; readonly after: KubernetesObject; readonly options: TrackOptions } | undefined;
  entries: readonly ManagedFieldsEntry[] | undefined;
}

const PENDING = Symbol('managedFields not computed yet');
type MetadataWithPending = KubernetesObject['metadata'] & { readonly [PENDING]?: PendingWrite };

/** Versions of an object that pending writes keep alive at the most. */
const MAX_DEPTH = 8;

/** Keeps metadata.managedFields as the real API server does, computed when somebody looks at them. */
export class LazyFields implements FieldManagement {
  track(context: TrackedRequest, old: KubernetesObject | undefined, object: KubernetesObject): KubernetesObject {
    // A request for managed fields of its own (kubectl edit, replace) is answered at once.
    if (context.request.patchType === 'application/apply-patch+yaml') return object;
    const options: TrackOptions = {
      manager: managerOf(context.options.fieldManager, context.sender.userAgent), subresource: context.subresource, now: context.server.simulation.timestamp(), definition: context.storage.definition,
      ...(context.storage.definition.schema === '' ? { openAPIV3Schema: context.server.kinds.custom.schemaOf(context.storage.definition) as JsonObject | undefined } : {}),
    };
    if (object.metadata.managedFields !== undefined && object.metadata.managedFields !== old?.metadata.managedFields) return trackUpdate(old && this.complete(old), object, options);
    const depth = ((old?.metadata as MetadataWithPending | undefined)?.[PENDING]?.depth ?? 0) + 1;
    const pending: PendingWrite = { depth: depth > MAX_DEPTH ? 1 : depth, write: { before: old, after: object, options }, entries: undefined };
    if (depth > MAX_DEPTH) entriesOf(pending);
    const { managedFields: _, ...metadata } = object.metadata;
    return { ...object, metadata: { ...metadata, [PENDING]: pending } as KubernetesObject['metadata'] };
  }

  sameManagers(current: KubernetesObject, next: KubernetesObject): boolean {
    // A record that is not made yet follows from what changed, which is nothing.
    if ((next.metadata as MetadataWithPending)[PENDING] !== undefined) return true;
    const entries = next.metadata.managedFields;
    const before = this.complete(current).metadata.managedFields;
    if (entries === before) return true;
    if (entries === undefined) return false;
    if (before === undefined) return isReset(entries);
    return before.length === entries.length && entries.every((entry, i) => entry === before[i] || sameValue({ ...entry, time: undefined }, { ...before[i], time: undefined }));
  }

  complete(object: KubernetesObject): KubernetesObject {
    const pending = (object.metadata as MetadataWithPending | undefined)?.[PENDING];
    if (pending === undefined) return object;
    const entries = entriesOf(pending);
    const { [PENDING]: _, ...metadata } = object.metadata as MetadataWithPending;
    return { ...object, metadata: entries?.length ? { ...metadata, managedFields: entries } : metadata };
  }
}

/** Computes a chain of pending writes, the oldest first, and forgets the versions it needed. */
function entriesOf(last: PendingWrite): readonly ManagedFieldsEntry[] | undefined {
  const chain: PendingWrite[] = [];
  for (let at: PendingWrite | undefined = last; at?.write !== undefined; at = (at.write.before?.metadata as MetadataWithPending | undefined)?.[PENDING]) chain.push(at);
  for (const pending of chain.reverse()) {
    const { before, after, options } = pending.write as NonNullable<PendingWrite['write']>;
    const pendingBefore = (before?.metadata as MetadataWithPending | undefined)?.[PENDING];
    const complete = before && pendingBefore ? { ...before, metadata: { ...before.metadata, managedFields: pendingBefore.entries } } : before;
    pending.entries = trackUpdate(complete, after, options).metadata.managedFields;
    pending.write = undefined;
  }
  return last.entries;
}
