import { apiVersionOf, parseApiVersion, type KubernetesObject } from '../../object';
import type { ResourceDefinition } from '../../resources/definition';
import { badRequest, isStatus, type Status } from '../../status';
import { patchTooDeep, unknownError } from '../errors';
import { isObject, isTooDeep, jsonEqual, jsonType, own, without, type JsonObject } from '../json';
import type { MapType } from '../fieldTypes';
import { compare, fieldSetOf } from './compare';
import { conflictStatus, withoutAllowed, type Conflict } from './conflicts';
import { below, childrenOf, difference, EMPTY_SET, hasMember, intersection, isEmptySet, MEMBER, node, recursiveDifference, union, type FieldSet } from './fieldSet';
import { decodeManagedFields, encodeManagedFields, sameManager, type Managed } from './managedFields';
import { managedTypeOf, type ManagedType } from './managedType';
import { mergeApplied, removeItems } from './merge';
import { resetFieldsOf } from './resetFields';
import { beforeFirstApply, withManagedFields } from './trackUpdate';
import { typeErrors } from './typed';

export interface ApplyOptions {
  /** The fieldManager parameter, required for apply. */
  readonly manager: string;
  readonly force: boolean;
  readonly subresource?: string;
  /** "2006-01-02T15:04:05Z" */
  readonly now: string;
  readonly definition: ResourceDefinition;
  readonly openAPIV3Schema?: JsonObject;
}

export interface Applied {
  /** With metadata.managedFields; not yet defaulted, nor admitted. */
  readonly object: KubernetesObject;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const KUBECTL = 'kubectl';
const STRIPPED: FieldSet = {
  'f:apiVersion': MEMBER, 'f:kind': MEMBER,
  'f:metadata': {
    '.': MEMBER, 'f:name': MEMBER, 'f:namespace': MEMBER, 'f:creationTimestamp': MEMBER, 'f:selfLink': MEMBER, 'f:uid': MEMBER, 'f:clusterName': MEMBER,
    'f:generation': MEMBER, 'f:managedFields': MEMBER, 'f:resourceVersion': MEMBER,
  },
};

/**
 * Server-side apply (FieldManager.Apply): merges the applied configuration into the live object (undefined: it is
 * created), removes what this manager applied before and no longer does, and answers 409 where it would change fields
 * of other managers without force. The caller decodes, defaults and admits the result as after any patch.
 */
export function applyPatch(live: KubernetesObject | undefined, applied: unknown, options: ApplyOptions): Applied | Status {
  if (!isObject(applied)) return badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonType(applied)} into Go value of type map[string]interface {}`);
  if (isTooDeep(applied)) return patchTooDeep();
  const kind = managedTypeOf(options.definition, options.openAPIV3Schema);
  const refused = checkHeader(applied, options.definition) ?? checkTypes(kind, applied, options.definition);
  if (refused) return refused;
  const context = startingContext(live, kind, options);
  const outcome = applyTo(context, applied, options.force);
  if (isStatus(outcome)) return outcome;
  if (!('conflicts' in outcome)) return { object: withLastApplied(outcome.object, applied, options.manager) };
  const forgiven = options.manager === KUBECTL ? forgive(context, outcome.conflicts) : outcome.conflicts;
  if (forgiven.length > 0) return conflictStatus(forgiven);
  const forced = applyTo(context, applied, true);
  return 'conflicts' in forced ? conflictStatus(forced.conflicts) : { object: withLastApplied(forced.object, applied, options.manager) };
}

interface Context {
  readonly kind: ManagedType;
  readonly live: KubernetesObject;
  readonly managed: readonly Managed[];
  readonly self: Managed;
  readonly ignored: FieldSet;
  readonly now: string;
}

function startingContext(live: KubernetesObject | undefined, kind: ManagedType, options: ApplyOptions): Context {
  const subresource = options.subresource ?? '';
  const ignored = resetFieldsOf(options.definition, subresource);
  const object = live ?? ({ apiVersion: kind.apiVersion, kind: kind.kind, metadata: {} } as unknown as KubernetesObject);
  const known = decodeManagedFields(object.metadata.managedFields) ?? [];
  const managed = known.length > 0 || live === undefined ? known : beforeFirstApply(live, kind, ignored, subresource, options.now);
  const self: Managed = { manager: options.manager, operation: 'Apply', apiVersion: kind.apiVersion, subresource, time: undefined, fields: EMPTY_SET };
  return { kind, live: object, managed, self, ignored, now: options.now };
}

function checkHeader(applied: JsonObject, definition: ResourceDefinition): Status | undefined {
  const apiVersion = own(applied, 'apiVersion');
  const kind = own(applied, 'kind');
  const { group, version } = parseApiVersion(typeof apiVersion === 'string' ? apiVersion : '');
  if (apiVersion !== apiVersionOf(definition) || kind !== definition.kind) {
    const kindText = typeof kind === 'string' ? kind : '';
    return badRequest(`invalid object type: ${group}/${version}, Kind=${kindText}`);
  }
  const metadata = own(applied, 'metadata');
  if (isObject(metadata) && (own(metadata, 'managedFields') ?? null) !== null) return badRequest('metadata.managedFields must be nil');
  return undefined;
}

function checkTypes(kind: ManagedType, applied: JsonObject, definition: ResourceDefinition): Status | undefined {
  const errors = typeErrors(kind.type, applied);
  if (errors === undefined) return undefined;
  const metadata = own(applied, 'metadata');
  const { namespace = '', name = '' } = (isObject(metadata) ? metadata : {}) as { namespace?: string; name?: string };
  return unknownError(`failed to create typed patch object (${namespace}/${name}; ${definition.group}/${definition.version}, Kind=${definition.kind}): ${errors}`);
}

type Outcome = { readonly object: KubernetesObject } | { readonly conflicts: readonly Conflict[] };

function applyTo(context: Context, applied: JsonObject, force: boolean): Outcome {
  const { kind, live, managed, self, ignored } = context;
  const current = withManagedFields(live, undefined) as JsonObject;
  const previous = managed.find((m) => sameManager(m, self));
  const fields = recursiveDifference(fieldSetOf(kind.type, applied), ignored);
  const others = managed.filter((m) => m !== previous);
  const merged = prune(kind.type, mergeApplied(kind.type, current, applied), previous?.fields ?? EMPTY_SET, [fields, ...others.map((m) => m.fields)]);
  const changes = compare(kind.type, current, merged);
  const changed = recursiveDifference(changes.changed, ignored);
  const removed = recursiveDifference(changes.removed, ignored);
  const conflicts = others.map((manager) => ({ manager, fields: intersection(manager.fields, changed) })).filter((c) => !isEmptySet(c.fields));
  if (conflicts.length > 0 && !force) return { conflicts };
  const kept = others.map((m): Managed => {
    const left = difference(difference(m.fields, changed), removed);
    return left === m.fields ? m : { ...m, fields: left, stored: undefined };
  });
  const unchanged = jsonEqual(current, merged);
  const mine: Managed = { ...self, fields: difference(fields, STRIPPED), time: unchanged ? previous?.time : context.now };
  const object = { ...(unchanged ? current : merged), metadata: own(unchanged ? current : merged, 'metadata') } as KubernetesObject;
  return { object: withManagedFields(object, encodeManagedFields([...kept, mine])) };
}

/** Removes what this manager applied last time, does not apply now, and nobody else owns. */
function prune(type: MapType, merged: JsonObject, last: FieldSet, owned: readonly FieldSet[]): JsonObject {
  if (isEmptySet(last)) return merged;
  const lastNamed = withNamedFields(type, last);
  const everything = withNamedFields(type, fieldSetOf(type, merged));
  const keptByRemoval = withNamedFields(type, fieldSetOf(type, removeItems(type, merged, lastNamed)));
  const claimed = withNamedFields(type, owned.reduce(union, EMPTY_SET));
  const prunedByOwners = removeItems(type, merged, difference(everything, union(keptByRemoval, claimed)));
  const stillThere = withNamedFields(type, fieldSetOf(type, prunedByOwners));
  // Fields that disappeared only because what holds them did come back, unless this manager owned them itself.
  return removeItems(type, merged, intersection(difference(everything, stillThere), lastNamed));
}

/** EnsureNamedFieldsAreMembers: adds the structs on the way to every member, since sets do not contain them. */
function withNamedFields(type: MapType, set: FieldSet): FieldSet {
  const result: { [element: string]: FieldSet } = {};
  for (const element in set) {
    if (element === '.') continue;
    const field = element.slice(2);
    const isField = element.startsWith('f:');
    const named = isField && type.declares(field) && !isEmptySet(childrenOf(set[element] ?? EMPTY_SET));
    const inner = isField ? type.at(field) : undefined;
    const children = below(set, element);
    const deeper = inner?.kind === 'map' ? withNamedFields(inner, children) : inner?.kind === 'list' ? inItems(inner.element.kind === 'map' ? inner.element : undefined, children) : children;
    const next = node(hasMember(set, element) || named, deeper);
    if (next) result[element] = next;
  }
  return result;
}

function inItems(item: MapType | undefined, set: FieldSet): FieldSet {
  if (!item) return set;
  const result: { [element: string]: FieldSet } = {};
  for (const element in set) {
    const next = node(hasMember(set, element), withNamedFields(item, below(set, element)));
    if (next) result[element] = next;
  }
  return result;
}

/** kubectl's move from client-side apply: fields that are still as it last applied them are its own. */
function forgive(context: Context, conflicts: readonly Conflict[]): readonly Conflict[] {
  const text = lastApplied(context.live);
  if (!text) return conflicts;
  let last: unknown;
  try {
    last = JSON.parse(text);
  } catch {
    return conflicts;
  }
  if (!isObject(last) || isTooDeep(last) || own(last, 'apiVersion') !== context.kind.apiVersion) return conflicts;
  const { type } = context.kind;
  const { changed, removed } = compare(type, last, context.live as JsonObject);
  return withoutAllowed(conflicts, difference(difference(fieldSetOf(type, last), changed), removed));
}

function lastApplied(object: KubernetesObject): string | undefined {
  const value: unknown = object.metadata.annotations?.[LAST_APPLIED];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** kubectl keeps its annotation current, so that client-side apply goes on working after server-side apply. */
function withLastApplied(object: KubernetesObject, applied: JsonObject, manager: string): KubernetesObject {
  if (manager !== KUBECTL || lastApplied(object) === undefined) return object;
  const metadata = own(applied, 'metadata');
  const annotations = isObject(metadata) ? own(metadata, 'annotations') : undefined;
  const stripped = isObject(metadata) && isObject(annotations) ? { ...applied, metadata: { ...metadata, annotations: without(annotations, LAST_APPLIED) } } : applied;
  const text = `${goJson(stripped)}\n`;
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: text } } };
}

/** As encoding/json writes: keys sorted, and the characters escaped that mean something in HTML. */
function goJson(value: unknown): string {
  return JSON.stringify(sortKeys(value)).replace(/[<>&\u2028\u2029]/g, (ch) => `\\u${ch.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sortKeys(own(value, key))]));
}
