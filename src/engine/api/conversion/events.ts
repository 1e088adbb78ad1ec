import { setOwn } from '../decode/json-reader';
import type { KubernetesObject } from '../object';

/** events.k8s.io/v1 ⇄ core/v1 Event, the stored one: the same object under other names of its fields. */
const FIELDS: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'], ['message', 'note'], ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'], ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'], ['reportingComponent', 'reportingController'],
];
const TO_EVENTS: ReadonlyMap<string, string> = new Map(FIELDS);
const TO_CORE: ReadonlyMap<string, string> = new Map(FIELDS.map(([core, events]) => [events, core]));

function renamed(object: KubernetesObject, names: ReadonlyMap<string, string>, apiVersion: string): KubernetesObject {
  const out: Record<string, unknown> = {};
  for (const field of Object.keys(object)) setOwn(out, names.get(field) ?? field, object[field]);
  return { ...out, apiVersion } as KubernetesObject;
}

/** What a client of events.k8s.io sent, as it is stored. */
export const eventToCore = (event: KubernetesObject): KubernetesObject => {
  const out = renamed(event, TO_CORE, 'v1');
  return { ...out, involvedObject: out.involvedObject ?? {}, source: out.source ?? {}, firstTimestamp: out.firstTimestamp ?? null, lastTimestamp: out.lastTimestamp ?? null };
};

/** A stored event as a client of events.k8s.io sees it. */
export const eventFromCore = (event: KubernetesObject): KubernetesObject => renamed(event, TO_EVENTS, 'events.k8s.io/v1');
