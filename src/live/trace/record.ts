import type { RunRecord } from '../../diagram/record';
import { objectKey, type KubernetesObject } from '../../engine/api/object';
import type { Pod } from '../../engine/api/generated/types';
import { ResourceRegistry } from '../../engine/api/resources/registry';
import { isStatus, type Status } from '../../engine/api/status';
import { printTable } from '../../engine/api/table/printTable';
import type { DocumentOutcome } from '../../engine/kubectl/create';
import { synthesize, type Seen } from './synthesis';
import { revisionOf } from './observation';

export interface Ending {
  readonly title: string;
  readonly how: 'rest' | 'time' | 'stopped';
  readonly documents: readonly DocumentOutcome[];
}

/** A real creation as the diagram takes it, with the evidence for each message. */
export function liveRecord(seen: Seen, { title, how, documents }: Ending): RunRecord {
  const { messages, evidence, startedAt, endedAt } = synthesize(seen);
  const registry = new ResourceRegistry();
  const kinds = new Map(seen.sent.map((s) => [`${s.resource.group}/${s.resource.resource}`, s.resource.kind]));
  for (const d of registry.all()) kinds.set(`${d.group}/${d.resource}`, d.kind);
  return {
    title, messages, startedAt: 0, endedAt: endedAt - startedAt, settled: how === 'rest', waiting: [], stoppedBy: 'rest', documents,
    objects: seen.sent.filter((s) => s.verb === 'get' && s.code === 200 && !isStatus(s.answer)).map((s) => s.answer as KubernetesObject), refusal: undefined, pods: podsOf(seen), missing: 0, evidence,
    // Nobody outside a real scheduler knows how it decided.
    podOf: (key) => podsOf(seen).find((pod) => objectKey(pod) === key), explain: () => undefined,
    kindOf: (group, resource) => kinds.get(`${group}/${resource}`) ?? resource,
    tableOf: (object) => {
      const definition = registry.forObject(object.apiVersion, object.kind);
      if (!definition) return undefined;
      const table = printTable(definition, [object], { now: Date.now(), wide: false });
      return { columns: (table.columnDefinitions ?? []).map((c) => c.name), cells: (table.rows[0]?.cells ?? []).map((c) => (c === null ? '<none>' : String(c))) };
    },
  };
}

/** The pods of the creation as they were last seen. */
function podsOf({ observations, sent }: Seen): readonly Pod[] {
  const pods = new Map<string, KubernetesObject>();
  for (const s of sent) if (s.resource.resource === 'pods' && s.verb === 'create' && !isStatus(s.answer)) { const o = s.answer as KubernetesObject; pods.set(objectKey(o), o); }
  const ordered = observations.filter((o) => o.resource.resource === 'pods' && o.resource.group === '').sort((a, b) => revisionOf(a.object) - revisionOf(b.object));
  for (const { type, object } of ordered) if (type === 'DELETED') pods.delete(objectKey(object)); else pods.set(objectKey(object), object);
  return [...pods.values()] as unknown as readonly Pod[];
}

/** What kubectl would print of an answer. */
export function outcomeOf(document: Pick<DocumentOutcome, 'file' | 'index' | 'apiVersion' | 'kind'>, place: { readonly namespace: string; readonly name: string; readonly display: string }, answer: { readonly code: number; readonly body: unknown; readonly warnings: readonly string[] }): DocumentOutcome {
  const base = { file: document.file, index: document.index, apiVersion: document.apiVersion, kind: document.kind, namespace: place.namespace, name: place.name, warnings: answer.warnings, request: 0 };
  if (answer.code < 300 && !isStatus(answer.body)) {
    const object = answer.body as KubernetesObject;
    return { ...base, name: object.metadata.name, code: answer.code, reason: '', message: `${place.display}/${object.metadata.name} created`, object };
  }
  const status = isStatus(answer.body) ? answer.body as Status : undefined;
  return { ...base, code: answer.code, reason: status?.reason ?? '', message: status?.message ?? `HTTP ${answer.code}`, ...(status ? { status } : {}) };
}
