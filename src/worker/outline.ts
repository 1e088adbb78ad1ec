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
import { explanationOf, waitingPods } from './advice';
import { templatePrefix } from '../engine/explain/blamedField';
import { isStale } from './subject';
import { isToolFile } from './toolFiles';
import type { DocumentRecord, World } from './world';

/** Problems of one file that are listed at the most. */
const MAX_PROBLEMS = 500;

/** Whether a text is meant for the API server: other YAML files are left alone. */
export function isManifest(file: FileText): boolean {
  const { documents } = parsed(file);
  const named = documents.filter((d) => d.apiVersion !== '' && d.kind !== '');
  if (named.length > 0) return named.some((d) => !isToolFile(d.apiVersion, d.kind));
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
    const stale = record !== undefined && object !== undefined && record.text !== file.text;
    if (document.kind !== '') listed.push({ index: document.index, range: document.range, kind: document.kind, name: document.name, ...(outcome ? { outcome } : {}), ...(stale ? { stale } : {}) });
    problems.push(...problemsOf(document, file, record, object, known));
  }
  return { documents: listed, problems: problems.slice(0, MAX_PROBLEMS) };
}

function problemsOf(document: ManifestDocument, file: FileText, record: DocumentRecord | undefined, object: KubernetesObject | undefined, known: Parameters<typeof outlineOf>[1]): readonly Problem[] {
  const { registry, settings, check } = known;
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
  const homeless = homelessOf(document, file, object, known);
  if (homeless) problems.push(homeless);
  return distinct(problems);
}

function warningsOf(document: ManifestDocument, outcome: DocumentOutcome, versionIsKnown: boolean): readonly Problem[] {
  return outcome.warnings.filter((w) => !(versionIsKnown && w.startsWith(document.apiVersion))).map((message) => {
    const path = /^([a-z][\w.[\]]+): /.exec(message)?.[1] ?? 'kind';
    return { range: document.rangeOf(path), severity: 'warning', message, code: 'warning' };
  });
}

/** What keeps the pods of a document from a node: in the cluster, or as a silent run foretells. */
function homelessOf(document: ManifestDocument, file: FileText, object: KubernetesObject | undefined, { world, whatIf, settings }: Parameters<typeof outlineOf>[1]): Problem | undefined {
  const would = whatIf && findDocument(whatIf.live, document, settings);
  const foretold = would && whatIf ? unschedulable(document, whatIf.live, would) : undefined;
  if (!object || !world) return foretold;
  const now = unschedulable(document, world.live, object);
  if (!now || !isStale(document, file, world)) return now;
  if (!would || foretold) return foretold ?? { ...now, message: `${now.message}\nThe text has changed since: delete and create it again.` };
  return { range: document.rangeOf('kind'), severity: 'information', code: RECREATE, document: document.index, message: 'Its pods have no node as it was created; as the text stands now, they would get one. Delete and create it again.' };
}

export const RECREATE = 'Recreate';

/** A workload some of whose pods no node takes: the field that keeps them from the most nodes is underlined. */
function unschedulable(document: ManifestDocument, live: LiveView, object: KubernetesObject): Problem | undefined {
  if (object.kind === 'Service') return undefined;
  const pods = live.podsOf(object);
  const homeless = waitingPods(pods, live);
  const [first] = homeless;
  if (!first) return undefined;
  const { whyNot, blamed, message } = explanationOf(first, live);
  const who = pods.length === 1 ? 'The pod has no node' : `${number(homeless.length)} of ${number(pods.length)} pods have no node`;
  const why = whyNot && (whyNot.groups.length > 1 ? whyNot.groups.slice(0, MAX_REASONS).map((g) => g.sentence).join('. ') : whyNot.groups[0]?.sentence ?? whyNot.sentence);
  const prefix = templatePrefix(document.kind);
  const range = document.rangeOf(blamed && prefix !== undefined && blamed.fieldPath !== 'metadata.name' ? `${prefix}${blamed.fieldPath}` : 'kind');
  const literal = firstSentence(message || whyUnscheduled(first));
  return { range, severity: 'warning', message: `${who}: ${why ?? literal}.${why && literal ? `\n(${literal})` : ''}`, code: 'Unschedulable', document: document.index };
}

/** Groups of nodes that a problem tells. */
const MAX_REASONS = 3;

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
