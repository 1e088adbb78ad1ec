import type { Pod } from '../engine/api/generated/types';
import { troubleOf } from '../diagram/change';
import type { Tone } from '../diagram/model';

/** Thousands apart: "12 345". */
export const number = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '\u2009');

/** "1 pod", "3 pods" */
export const count = (n: number, singular: string, plural = `${singular}s`): string => `${number(n)} ${n === 1 ? singular : plural}`;

/** "a, b and c"; at most `most` are named, the rest counted. */
export function listed(names: readonly string[], most = 4): string {
  if (names.length === 0) return '';
  if (names.length === 1) return names[0] ?? '';
  if (names.length <= most) return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return `${names.slice(0, most - 1).join(', ')} and ${number(names.length - most + 1)} more`;
}

/** CPU from thousandths: "0.25", "1.5". */
export const cpu = (milli: number): string => String(Math.round(milli) / 1000);

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
/** Memory from bytes: "128 MiB", "1.5 GiB". */
export function memory(bytes: number): string {
  let value = bytes, unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) { value /= 1024; unit++; }
  return `${Math.round(value * 10) / 10} ${UNITS[unit] ?? ''}`;
}

/** Amounts as the scheduler counts them: CPU in thousandths, all else in whole units. */
export function amount(resource: string, value: number): string {
  if (resource === 'cpu') return cpu(value);
  if (resource === 'memory' || resource === 'ephemeral-storage' || resource.startsWith('hugepages-')) return memory(value);
  return number(value);
}

export interface PodState {
  /** One or two words: "Running", "Pending", "ImagePullBackOff", "Terminating". */
  readonly word: string;
  readonly tone: Tone;
  readonly ready: boolean;
}

/** What kubectl would print as a pod's status, and how good that is. */
export function podState(pod: Pod): PodState {
  const ready = pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
  if (pod.metadata.deletionTimestamp) return { word: 'Terminating', tone: 'plain', ready: false };
  const trouble = troubleOf(pod);
  if (trouble) return { word: trouble, tone: 'refused', ready };
  const phase = pod.status?.phase ?? 'Pending';
  if (phase === 'Failed') return { word: pod.status?.reason || 'Failed', tone: 'refused', ready: false };
  if (phase === 'Succeeded') return { word: 'Completed', tone: 'good', ready: true };
  if (phase === 'Running') return { word: ready ? 'Running' : 'Running, not ready', tone: ready ? 'good' : 'waiting', ready };
  if (!pod.spec.nodeName) return { word: 'Pending', tone: 'waiting', ready: false };
  const waiting = pod.status?.containerStatuses?.map((c) => c.state?.waiting?.reason).find(Boolean);
  return { word: waiting ?? 'Pending', tone: 'waiting', ready: false };
}

/** The scheduler's message for a pod that has no node; '' where there is none. */
export function whyUnscheduled(pod: Pod): string {
  if (pod.spec.nodeName) return '';
  return pod.status?.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False')?.message ?? '';
}

/** The scheduler's message without what preemption adds to it: "0/3 nodes are available: 3 Insufficient cpu." */
export const firstSentence = (message: string): string => /^(.*?\.)(?: |$)/.exec(message)?.[1] ?? message;

export interface PodsSummary { readonly text: string; readonly tone: Tone }

/** How a set of pods is doing, in half a sentence: "3 pods running on node-1, node-2 and node-3". */
export function podsSummary(all: readonly Pod[], wanted?: number): PodsSummary {
  // Pods on their way out are no longer counted for anything.
  const pods = all.filter((p) => !p.metadata.deletionTimestamp);
  if (pods.length === 0 && all.length > 0) return { text: `${count(all.length, 'pod')} terminating`, tone: 'plain' };
  if (pods.length === 0 && !wanted) return { text: 'no pods wanted', tone: 'plain' };
  if (pods.length === 0) return { text: `no pods of ${number(wanted ?? 0)} yet`, tone: 'waiting' };
  const states = pods.map((pod) => ({ pod, state: podState(pod) }));
  const good = states.filter((s) => s.state.tone === 'good');
  const total = Math.max(pods.length, wanted ?? 0);
  const done = good.length > 0 && good.every((s) => s.state.word === 'Completed') ? 'completed' : 'running';
  const nodes = [...new Set(good.map((s) => s.pod.spec.nodeName ?? ''))].filter(Boolean).sort(new Intl.Collator('en', { numeric: true }).compare);
  const where = nodes.length === 0 ? '' : nodes.length <= 3 ? ` on ${listed(nodes)}` : ` on ${nodes.length} nodes`;
  if (good.length === total) return { text: `${count(total, 'pod')} ${done}${where}`, tone: 'good' };
  const homeless = states.filter((s) => whyUnscheduled(s.pod) !== '').length;
  const parts = [`${number(good.length)} of ${count(total, 'pod')} ${done}`];
  if (homeless > 0) parts.push(`${number(homeless)} without a node`);
  const trouble = states.find((s) => s.state.tone === 'refused');
  if (trouble) parts.push(trouble.state.word);
  else if (homeless === 0) parts.push(states.find((s) => s.state.tone !== 'good')?.state.word ?? `${total - pods.length} missing`);
  return { text: parts.join(', '), tone: trouble ? 'refused' : 'waiting' };
}
