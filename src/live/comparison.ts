import { duration } from '../diagram/duration';
import type { RunRecord } from '../diagram/record';
import { changeOf, isEventWrite } from '../diagram/change';
import type { Pod } from '../engine/api/generated/types';
import { controllerOf } from '../engine/api/object';
import { describeDecision } from '../engine/scheduler/decision';
import type { RequestMessage } from '../engine/trace/message';
import { podState, whyUnscheduled } from '../worker/words';
import { resubmittable } from './dryRun';
import { FOLLOWED_KINDS } from './follow';
import type { ComparedRow, Comparison } from './protocol';
import type { Simulated } from './whatIf';

const MAX_ROWS = 60;

/** What was foretold beside what came, and where they differ. */
export function compare(predicted: Simulated, actual: RunRecord, names: { readonly title: string; readonly predictedRun: string; readonly actualRun: string; readonly assumptions: readonly string[] }): Comparison {
  const sections = [
    { title: 'Objects', rows: objectRows(predicted.record, actual) },
    { title: 'What the API server filled in', rows: defaultRows(predicted.record, actual) },
    { title: 'Pods', rows: podRows(predicted, actual) },
    { title: 'Steps', rows: stepRows(predicted.record, actual) },
    { title: 'Time', rows: [row('From the first request to the last change', duration(predicted.record.endedAt - predicted.record.startedAt), duration(actual.endedAt - actual.startedAt), 'unknown', 'The simulation has its own idea of how long images and networks take')] },
  ].filter((s) => s.rows.length > 0).map(({ title, rows }) => ({ title, rows: rows.length > MAX_ROWS ? [...rows.slice(0, MAX_ROWS), row(`… and ${rows.length - MAX_ROWS} more`, '', '', 'unknown', '')] : rows }));
  const differences = sections.reduce((n, s) => n + s.rows.filter((r) => r.verdict === 'different').length, 0);
  return {
    ...names, sections, differences,
    summary: differences === 0 ? 'It came as it was foretold' : `${differences} ${differences === 1 ? 'difference' : 'differences'} between what was foretold and what came`,
  };
}

const row = (what: string, predicted: string, actual: string, verdict: ComparedRow['verdict'], note = ''): ComparedRow => ({ what, predicted, actual, verdict, note });
const judged = (what: string, predicted: string, actual: string, note = ''): ComparedRow => row(what, predicted, actual, predicted === actual ? 'equal' : 'different', note);

function objectRows(predicted: RunRecord, actual: RunRecord): readonly ComparedRow[] {
  return actual.documents.map((a) => {
    const p = predicted.documents.find((d) => d.file === a.file && d.index === a.index);
    const words = (d: typeof a | undefined): string => (d === undefined ? 'not asked' : d.code < 300 ? 'created' : `refused (${d.code}${d.reason ? ` ${d.reason}` : ''}): ${d.message}`);
    return judged(`${a.kind} ${a.name}`, words(p), words(a));
  });
}

/** Values that every server draws or assigns by itself. */
const OWN = /^(?:metadata\.(?:name|uid|resourceVersion|creationTimestamp|managedFields|generation|selfLink)|spec\.(?:clusterIPs?|nodeName)|spec\.volumes|spec\.containers\[\d+\]\.volumeMounts)(?:$|[.[])/;

function defaultRows(predicted: RunRecord, actual: RunRecord): readonly ComparedRow[] {
  return actual.documents.flatMap((a) => {
    const p = predicted.documents.find((d) => d.file === a.file && d.index === a.index);
    if (!p?.object || !a.object) return [];
    const was = flatten(resubmittable(p.object)), is = flatten(resubmittable(a.object));
    const paths = [...new Set([...was.keys(), ...is.keys()])].filter((path) => !OWN.test(path) && was.get(path) !== is.get(path));
    const what = `${a.kind} ${a.name}`;
    if (paths.length === 0) return [row(`${what}: every field`, 'the same', 'the same', 'equal')];
    return paths.slice(0, 15).map((path) => judged(`${what}: ${path}`, was.get(path) ?? '(absent)', is.get(path) ?? '(absent)'));
  });
}

function flatten(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) value.forEach((v, i) => flatten(v, `${path}[${i}]`, into));
  else if (typeof value === 'object' && value !== null) for (const [key, v] of Object.entries(value)) flatten(v, path === '' ? key : `${path}.${key}`, into);
  else into.set(path, String(value));
  return into;
}

/** Names of pods are drawn: they are paired within their owner, first those on the same node. */
function podRows(predicted: Simulated, actual: RunRecord): readonly ComparedRow[] {
  const rows: ComparedRow[] = [];
  const owners = new Set([...predicted.record.pods, ...actual.pods].map(ownerOf));
  for (const owner of owners) {
    const foretold = predicted.record.pods.filter((p) => ownerOf(p) === owner);
    const real = actual.pods.filter((p) => ownerOf(p) === owner);
    rows.push(judged(`Pods of ${owner}`, String(foretold.length), String(real.length)));
    for (const [p, a] of pairs(foretold, real)) rows.push(podRow(p, a, predicted));
  }
  return rows;
}

const ownerOf = (pod: Pod): string => { const o = controllerOf(pod); return o ? `${o.kind} ${o.kind === 'ReplicaSet' ? o.name.replace(/-[a-z0-9]{5,10}$/, '') : o.name}` : `${pod.metadata.namespace ?? ''}/${pod.metadata.generateName ?? pod.metadata.name}`; };

function pairs(foretold: readonly Pod[], real: readonly Pod[]): readonly (readonly [Pod | undefined, Pod | undefined])[] {
  const left = [...foretold];
  const open: Pod[] = [];
  const found: (readonly [Pod | undefined, Pod | undefined])[] = [];
  const take = (pod: Pod, same: (p: Pod) => boolean): void => {
    const index = left.findIndex(same);
    if (index < 0) open.push(pod); else found.push([left.splice(index, 1)[0], pod]);
  };
  for (const pod of real) take(pod, (p) => (p.spec.nodeName ?? '') === (pod.spec.nodeName ?? ''));
  for (const pod of open) found.push([left.shift(), pod]);
  return [...found, ...left.map((p) => [p, undefined] as const)];
}

function podRow(p: Pod | undefined, a: Pod | undefined, { session }: Simulated): ComparedRow {
  const words = (pod: Pod | undefined): string => (pod === undefined ? 'none' : `${podState(pod).word}${pod.spec.nodeName ? ` on ${pod.spec.nodeName}` : ', no node'}`);
  const name = a?.metadata.name ?? p?.metadata.name ?? '';
  const base = judged(name, words(p), words(a), reasons(p, a));
  if (base.verdict === 'equal' || !p || !a || podState(p).word !== podState(a).word) return base;
  const decision = session.cluster.scheduler?.decisionFor(p.metadata.uid ?? '');
  if (!decision || !p.spec.nodeName || !a.spec.nodeName) return base;
  const { nodes } = describeDecision(decision);
  const score = (node: string): number | undefined => nodes.find((n) => n.name === node && n.feasible)?.total;
  const mine = score(p.spec.nodeName), theirs = score(a.spec.nodeName);
  if (mine !== undefined && mine === theirs) return { ...base, verdict: 'equal', note: `Both nodes had ${mine} points: the scheduler draws lots between them` };
  return { ...base, note: theirs === undefined ? `In the simulation ${a.spec.nodeName} was not among the nodes that fit` : `In the simulation ${p.spec.nodeName} had ${mine ?? '?'} points, ${a.spec.nodeName} ${theirs}; which pods came first changes that` };
}

function reasons(p: Pod | undefined, a: Pod | undefined): string {
  const foretold = p ? whyUnscheduled(p) : '', real = a ? whyUnscheduled(a) : '';
  return foretold === real ? real : [foretold && `foretold: ${foretold}`, real && `came: ${real}`].filter(Boolean).join('; ');
}

/** The milestones by who did what to which kind, and how often: in which order parallel things happen says nothing. */
function stepRows(predicted: RunRecord, actual: RunRecord): readonly ComparedRow[] {
  const was = steps(predicted), is = steps(actual);
  const visible = new Set([...FOLLOWED_KINDS, ...actual.documents.map((d) => d.kind)]);
  const times = (step: Step | undefined): string => (step === undefined ? 'never' : step.times === 1 ? 'once' : `${step.times} times`);
  return [...new Set([...was.keys(), ...is.keys()])].map((words) => {
    const kind = (was.get(words) ?? is.get(words))?.kind ?? '';
    if (visible.has(kind) && was.get(words)?.gathers && is.get(words)?.gathers && was.get(words)?.times !== is.get(words)?.times) return row(words, times(was.get(words)), times(is.get(words)), 'unknown', GATHERED);
    return visible.has(kind) ? judged(words, times(was.get(words)), times(is.get(words))) : row(words, times(was.get(words)), 'not visible', 'unknown', `Changes of ${kind} were not watched`);
  });
}

const GATHERED = 'One update may hold what several changes led to: how many there are is a matter of timing';

/** `gathers`: an update, in which its writer puts whatever has come about by then. */
interface Step { readonly kind: string; readonly times: number; readonly gathers: boolean }

function steps(record: RunRecord): ReadonlyMap<string, Step> {
  const counted = new Map<string, Step>();
  for (const message of record.messages) {
    if (message.kind !== 'request' || message.background || message.code >= 300 || isEventWrite(message)) continue;
    const change = changeOf(message);
    if (!change.milestone) continue;
    const words = wordsOf(message, change.kind, record);
    counted.set(words, { kind: record.kindOf(message.group, message.resource), times: (counted.get(words)?.times ?? 0) + 1, gathers: message.verb !== 'create' && !message.actor.startsWith('kubelet') });
  }
  return counted;
}

function wordsOf(m: RequestMessage, kind: string, record: RunRecord): string {
  const actor = m.actor.startsWith('kubelet') ? 'kubelet' : m.actor;
  const what = record.kindOf(m.group, m.resource);
  if (m.subresource === 'binding') return `${actor} binds Pod`;
  if (m.verb === 'create' && m.subresource === '') return `${actor} creates ${what}`;
  return `${actor}: ${what}: ${kind.replace(/^pod /, '')}`;
}

