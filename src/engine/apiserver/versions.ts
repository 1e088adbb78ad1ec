import type { KubernetesObject } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';

type Fields = { readonly [field: string]: unknown };

/** core/v1 Event field ↔ events.k8s.io/v1 Event field. Both are kept as the former. */
const EVENT_FIELDS: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'], ['message', 'note'], ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'], ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'], ['reportingComponent', 'reportingController'],
];

const isNewEvent = (definition: ResourceDefinition): boolean => definition.group === 'events.k8s.io';

/** An object sent in a version that is not the stored one, as the stored one. */
export function createdInAnotherVersion(definition: ResourceDefinition, object: KubernetesObject): KubernetesObject {
  if (definition.storedAs === undefined || !isNewEvent(definition)) return object;
  const fields = rename(object, (field) => EVENT_FIELDS.find(([, events]) => events === field)?.[0] ?? field);
  return { ...fields, apiVersion: 'v1', source: fields.source ?? {}, firstTimestamp: fields.firstTimestamp ?? null, lastTimestamp: fields.lastTimestamp ?? null } as unknown as KubernetesObject;
}

/** A stored object as a client sees it that asked for another version. */
export function presentedInAnotherVersion(definition: ResourceDefinition, object: KubernetesObject): KubernetesObject {
  if (definition.storedAs === undefined || !isNewEvent(definition)) return object;
  const fields = rename(object, (field) => EVENT_FIELDS.find(([core]) => core === field)?.[1] ?? field);
  return { ...fields, apiVersion: 'events.k8s.io/v1' } as unknown as KubernetesObject;
}

function rename(object: KubernetesObject, newName: (field: string) => string): Fields {
  return Object.fromEntries(Object.entries(object).map(([field, value]) => [newName(field), value]));
}
