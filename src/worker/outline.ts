import type { DocumentOutcome } from '../engine/kubectl/create';
import type { ManifestDocument } from '../engine/manifest/parse';
import type { KubernetesObject } from '../engine/api/object';
import type { ResourceRegistry } from '../engine/api/resources/registry';
import type { LiveView } from './runningWorld';
import { parsed } from './manifests';
import { refusalProblems, removedVersionProblem } from './problems';
import type { FileText, Outline, OutlineDocument, Problem, WorldSettings } from './protocol';
import { findDocument, type Answers, type WhatIf } from './whatIf';
import { firstSentence, number, podsSummary, whyUnscheduled } from './words';
import type { DocumentRecord, World } from './world';

/** Problems of one file that are listed at the most. */
const MAX_PROBLEMS = 500;

/** Whether a text is meant for Kubernetes: other YAML files are left alone. */
export function isManifest(file: FileText): boolean {
  if (parsed(file).documents.some((d) => d.apiVersion !== '' && d.kind !== '')) return true;
  return /^\s*["']?apiVersion["']?\s*:/m.test(file.text) && /^\s*["']?kind["']?\s*:/m.test(file.text);
}

/** Documents with their outcomes, and everything that is wrong with them. */
export function outlineOf(file: FileText, known: { readonly world: World | undefined; readonly registry: ResourceRegistry; readonly settings: WorldSettings; readonly check: Answers | undefined; readonly whatIf: WhatIf | undefined }): Outline {
  const { world, settings } = known;
  const { documents, errors } = parsed(file);
  const touched = documents.some((d) => world?.documentRecord(file.file, d.index)) || errors.length > 0 && world?.wasTouched(file.file);
  if (!touched && !isManifest(file)) return { documents: [], problems: [] };
  const problems: Problem[] = errors.map((e) => ({ range: e.range, severity: 'error', message: e.message, code: 'yaml' }));
  const listed: OutlineDocument[] = [];
  for (const document of documents) {
    const record = world?.documentRecord(file.file, document.index);
    const object = world && findDocument(world.live, document, settings);
    const outcome = outcomeOf(record, object, world?.live, file.text);
    if (document.kind !== '') listed.push({ index: document.index, range: document.range, kind: document.kind, name: document.name, ...(outcome ? { outcome } : {}) });
    problems.push(...problemsOf(document, file, record, object, known));
  }
  return { documents: listed, problems: problems.slice(0, MAX_PROBLEMS) };
}

function problemsOf(document: ManifestDocument, file: FileText, record: DocumentRecord | undefined, object: KubernetesObject | undefined, known: Parameters<typeof outlineOf>[1]): readonly Problem[] {
  const { world, registry, settings, check, whatIf } = known;
  const problems: Problem[] = [];
  const removed = removedVersionProblem(document, settings.refuseRemovedVersions, registry, file.text);
  if (removed) problems.push(removed);
  const answers = [check?.outcomes.find((o) => o.index === document.index), record?.text === file.text ? record.outcome : undefined].filter((o) => o !== undefined);
  for (const answer of answers) {
    if (removed?.severity === 'error' && answer.message.startsWith('no matches')) continue;
    // What was in the way once may be gone; only the object itself says whether it is there. What this document created is not in its way.
    if (answer.reason === 'AlreadyExists' && (!object || (answer !== record?.outcome && record !== undefined && record.outcome.code < 300))) continue;
    problems.push(...refusalProblems(document, answer, registry, file.text), ...warningsOf(document, answer, removed !== undefined));
  }
  const homeless = object && world ? unschedulable(document, world.live, object) : tried(document, whatIf, settings);
  if (homeless) problems.push(homeless);
  return distinct(problems);
}

function warningsOf(document: ManifestDocument, outcome: DocumentOutcome, versionIsKnown: boolean): readonly Problem[] {
  return outcome.warnings.filter((w) => !(versionIsKnown && w.startsWith(document.apiVersion))).map((message) => {
    const path = /^([a-z][\w.[\]]+): /.exec(message)?.[1] ?? 'kind';
    return { range: document.rangeOf(path), severity: 'warning', message, code: 'warning' };
  });
}

function tried(document: ManifestDocument, whatIf: WhatIf | undefined, settings: WorldSettings): Problem | undefined {
  const object = whatIf && findDocument(whatIf.live, document, settings);
  return object && unschedulable(document, whatIf.live, object);
}

/** A workload some of whose pods no node takes. */
function unschedulable(document: ManifestDocument, live: LiveView, object: KubernetesObject): Problem | undefined {
  if (object.kind === 'Service') return undefined;
  const pods = live.podsOf(object);
  const homeless = pods.filter((p) => whyUnscheduled(p) !== '');
  const [first] = homeless;
  if (!first) return undefined;
  const who = pods.length === 1 ? 'The pod has no node' : `${number(homeless.length)} of ${number(pods.length)} pods have no node`;
  return { range: document.rangeOf('kind'), severity: 'warning', message: `${who}: ${firstSentence(whyUnscheduled(first))}`, code: 'Unschedulable' };
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter((p) => {
    const key = `${p.range.start.line}:${p.range.start.column} ${p.message}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** What became of a document, in a few words for the line above it. */
function outcomeOf(record: DocumentRecord | undefined, object: KubernetesObject | undefined, live: LiveView | undefined, text: string): OutlineDocument['outcome'] {
  const run = record?.run ?? '';
  const stale = record && record.text !== text ? ' (the text has changed since)' : '';
  if (object && live) {
    if (!record) return { text: `exists: ${stateOf(object, live).text}`, tone: stateOf(object, live).tone, run };
    const state = stateOf(object, live);
    return { text: `${state.text}${stale}`, tone: state.tone, run };
  }
  if (!record) return undefined;
  if (record.outcome.code >= 300) return { text: `refused: ${short(record.outcome)}${stale}`, tone: 'refused', run };
  return { text: record.outcome.message.endsWith('deleted') ? 'deleted' : 'created, and gone since', tone: 'plain', run };
}

const MAX_WORDS = 90;
/** The first thing the API server says against a document. */
function short({ status, message }: DocumentOutcome): string {
  const cause = status?.details?.causes?.find((c) => c.field);
  const text = cause ? `${cause.field ?? ''}: ${cause.message ?? ''}` : message;
  return text.length <= MAX_WORDS ? text : `${text.slice(0, MAX_WORDS - 1)}…`;
}

/** How an object of the cluster is doing. */
export function stateOf(object: KubernetesObject, live: LiveView): ReturnType<typeof podsSummary> {
  const spec = (object.spec ?? {}) as { readonly replicas?: number };
  switch (object.kind) {
    case 'Pod': case 'Deployment': case 'ReplicaSet': case 'StatefulSet': case 'ReplicationController': return podsSummary(live.podsOf(object), object.kind === 'Pod' ? 1 : spec.replicas);
    case 'DaemonSet': case 'Job': return podsSummary(live.podsOf(object));
    case 'Service': {
      const pods = live.podsOf(object);
      return pods.length === 0 ? { text: 'created, selects no pods', tone: 'waiting' } : { text: `selects ${pods.length === 1 ? '1 pod' : `${number(pods.length)} pods`}`, tone: 'good' };
    }
    default: return { text: 'created', tone: 'good' };
  }
}
