import type { KubernetesObject } from '../engine/api/object';
import { isStatus, type Status } from '../engine/api/status';
import type { CreateDocument, DocumentOutcome } from '../engine/kubectl/create';
import type { Api } from './api';
import { wordsOf, type Sendable } from './documents';
import { withoutSecrets } from './redact';

/** What the real API server would make of a manifest. */
export interface DryRun {
  /** For the simulation to go on with, with the real defaults and whatever webhooks changed. */
  readonly documents: readonly CreateDocument[];
  /** Documents that it refused. */
  readonly refused: readonly DocumentOutcome[];
  readonly notes: readonly string[];
}

/** Asks the real API server with dryRun=All, one document after the other. */
export async function dryRun(api: Api, sendable: readonly Sendable[], signal: AbortSignal | undefined): Promise<DryRun> {
  const documents: CreateDocument[] = [];
  const refused: DocumentOutcome[] = [];
  const notes: string[] = [];
  const created = new Set(sendable.filter((s) => s.resource.kind === 'Namespace').map((s) => s.name));
  let accepted = 0;
  for (const one of sendable) {
    const { document, namespace, resource, body } = one;
    // A dry run keeps nothing: in a namespace that the same files create, there is nobody to ask yet.
    if (created.has(namespace)) { documents.push(document); notes.push(`Not asked about ${wordsOf(one)}: its namespace is only to be created`); continue; }
    const answer = await api.create(resource, namespace, body, { dryRun: true }, signal);
    notes.push(...answer.warnings.map((w) => `Warning of the real API server: ${w}`));
    if (answer.code >= 300) { refused.push(refusal(one, answer.code, answer.body)); continue; }
    accepted++;
    documents.push({ file: document.file, index: document.index, value: resubmittable(withoutSecrets(answer.body as KubernetesObject, '')) });
  }
  const head = sendable.length === 0 ? [] : [`Real dry run: ${accepted === sendable.length ? (accepted === 1 ? 'the API server would accept it' : `the API server would accept all ${accepted} objects`) : `the API server would accept ${accepted} of ${sendable.length} objects`}`];
  return { documents, refused, notes: [...head, ...notes] };
}

/** A refusal as the outcome of its document. */
export function refusal({ document, namespace, name, warnings }: Sendable, code: number, body: unknown): DocumentOutcome {
  const status = isStatus(body) ? body as Status : undefined;
  const message = status?.message ?? (typeof body === 'string' && body !== '' ? body.slice(0, 500) : `HTTP ${code}`);
  return { file: document.file, index: document.index, apiVersion: document.apiVersion, kind: document.kind, namespace, name, code, reason: status?.reason ?? '', message, warnings, ...(status ? { status } : {}), request: 0 };
}

const OF_SERVER = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'generation', 'selfLink']);
/** Labels that the server gives the pods of a Job, with its uid in them. */
const OF_JOBS = new Set(['controller-uid', 'batch.kubernetes.io/controller-uid', 'job-name', 'batch.kubernetes.io/job-name']);

type Fields = { readonly [field: string]: unknown };
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : {});
const without = (value: unknown, names: ReadonlySet<string>): Fields => Object.fromEntries(Object.entries(fieldsOf(value)).filter(([name]) => !names.has(name)));

/** What a server answered, as a manifest that another one would accept: without what only a server may say. */
export function resubmittable(object: KubernetesObject): Fields {
  const { status: _, ...rest } = object;
  const metadata = without(object.metadata, OF_SERVER);
  // The name was drawn, and would be drawn anew.
  const named = typeof metadata.generateName === 'string' ? without(metadata, new Set(['name'])) : metadata;
  return { ...rest, metadata: named, ...('spec' in rest ? { spec: specOf(object.kind, rest.spec) } : {}) };
}

function specOf(kind: string, spec: unknown): unknown {
  if (kind === 'Service') {
    const headless = fieldsOf(spec).clusterIP === 'None';
    const kept = headless ? fieldsOf(spec) : without(spec, new Set(['clusterIP', 'clusterIPs']));
    const ports = Array.isArray(kept.ports) ? kept.ports.map((p) => without(p, new Set(['nodePort']))) : kept.ports;
    return { ...without(kept, new Set(['healthCheckNodePort'])), ...(ports === undefined ? {} : { ports }) };
  }
  if (kind === 'Job' && fieldsOf(spec).manualSelector !== true) {
    const template = fieldsOf(fieldsOf(spec).template);
    const metadata = fieldsOf(template.metadata);
    return { ...without(spec, new Set(['selector'])), template: { ...template, metadata: { ...metadata, labels: without(metadata.labels, OF_JOBS) } } };
  }
  return spec;
}
