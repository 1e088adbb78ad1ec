import { isStatus } from '../engine/api/status';
import type { DocumentOutcome } from '../engine/kubectl/create';
import type { TraceMessage } from '../engine/trace/message';
import type { CauseIndex } from './causes';
import type { ManifestLink, NodesTable } from './detailModel';
import type { RunRecord } from './record';

const MAX_LINKS = 8;

/** Fields of a pod's spec that a scheduler plugin judges by. */
const PLUGIN_FIELDS: { readonly [plugin: string]: readonly string[] } = {
  NodeResourcesFit: ['containers[0].resources'], NodeAffinity: ['nodeSelector', 'affinity.nodeAffinity'], TaintToleration: ['tolerations'], NodeUnschedulable: ['tolerations'], NodeName: ['nodeName'],
  NodePorts: ['containers[0].ports'], PodTopologySpread: ['topologySpreadConstraints'], InterPodAffinity: ['affinity'], VolumeBinding: ['volumes'], VolumeZone: ['volumes'], SchedulingGates: ['schedulingGates'],
};

/** The places in the manifest that a message goes back to. */
export function manifestLinks(record: RunRecord, index: CauseIndex, message: TraceMessage, scheduling: NodesTable | undefined): readonly ManifestLink[] {
  const document = documentOf(record, index, message);
  if (!document) return [];
  const links: ManifestLink[] = [whole(document)];
  for (const path of pathsOf(document, message, scheduling)) links.push(link(document, path, path));
  return links.slice(0, MAX_LINKS);
}

/** The document that a message goes back to. */
export function documentLink(record: RunRecord, index: CauseIndex, message: TraceMessage): ManifestLink | undefined {
  const document = documentOf(record, index, message);
  return document && whole(document);
}

const whole = (d: DocumentOutcome): ManifestLink => link(d, '', `${d.kind} ${d.name}`.trim());
const link = (d: DocumentOutcome, path: string, label: string): ManifestLink => ({ file: d.file, document: d.index, path, label });

function documentOf(record: RunRecord, index: CauseIndex, message: TraceMessage): DocumentOutcome | undefined {
  const named = (id: number): DocumentOutcome | undefined => record.documents.find((d) => d.request === id);
  let found = named(message.id);
  for (const cause of index.causesOf(message)) found ??= named(cause.id);
  // What kubectl get read is what the document of that name made.
  if (!found && message.kind === 'request' && message.actor === 'kubectl') found = record.documents.find((d) => d.name === message.name && d.object !== undefined && record.kindOf(message.group, message.resource) === d.kind);
  return found;
}

/** Where a kind keeps the template of its pods. */
function podPath(kind: string): string | undefined {
  switch (kind) {
    case 'Pod': return '';
    case 'CronJob': return 'spec.jobTemplate.spec.template';
    case 'Deployment': case 'ReplicaSet': case 'StatefulSet': case 'DaemonSet': case 'Job': case 'ReplicationController': return 'spec.template';
    default: return undefined;
  }
}

function pathsOf(document: DocumentOutcome, message: TraceMessage, scheduling: NodesTable | undefined): readonly string[] {
  if (message.kind === 'request' && message.id === document.request) {
    const causes = isStatus(message.answer) ? message.answer.details?.causes ?? [] : [];
    return [...new Set(causes.flatMap((c) => (c.field ? [c.field] : [])))];
  }
  const template = podPath(document.kind);
  if (template === undefined) return [];
  const spec = template === '' ? 'spec' : `${template}.spec`;
  if (scheduling) return [...new Set(scheduling.rows.flatMap((r) => PLUGIN_FIELDS[r.plugin] ?? []))].map((field) => `${spec}.${field}`);
  if (message.kind === 'work' && message.action === 'pull') return [`${spec}.containers[${containerIndex(document, template, message.outcome)}].image`];
  if (message.kind === 'request' && message.verb === 'create' && message.subresource === '') {
    if (message.resource === 'replicasets') return ['spec.replicas', 'spec.template'];
    if (message.resource === 'pods' && template !== '') return [template];
  }
  return [];
}

/** The container whose image is named. */
function containerIndex(document: DocumentOutcome, template: string, outcome: string): number {
  let value: unknown = document.object;
  for (const step of `${template === '' ? '' : `${template}.`}spec.containers`.split('.')) value = (value as { readonly [field: string]: unknown } | undefined)?.[step];
  const containers = Array.isArray(value) ? (value as readonly { readonly image?: string }[]) : [];
  return Math.max(0, containers.findIndex((c) => c.image !== undefined && outcome.includes(c.image)));
}
