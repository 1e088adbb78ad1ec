import type { Pod } from '../../api/generated/types';
import { parseDuration } from '../duration';

/**
 * What a pod's containers do, told by annotations of the pod (in a workload: of its template). Each may name one container by a suffix,
 * `controlplane.dev/run.main`; without it, it holds for all. A list is taken one item an attempt, its last item for all later attempts.
 *
 * | annotation | value | without it |
 * |---|---|---|
 * | `controlplane.dev/run` | `forever`, `5s` (exit 0), `5s exit 1`, `2s exit 137 OOMKilled`; a list: `0s exit 1, 0s exit 1, forever` | main containers and sidecars run for ever, init containers take 100 ms |
 * | `controlplane.dev/message` | the termination message when a container ends by itself | none |
 * | `controlplane.dev/image` | `present`, `ok`, `missing`, `unauthorized`, `unreachable`, `slow 30s`; a list: `missing, missing, ok` | the size model and the world's settings |
 * | `controlplane.dev/startup`, `…/liveness`, `…/readiness` | what the probe finds, from the container's start: `success`, `failure`, `failure 20s, success`, `success 60s, failure` | `success` |
 * | `controlplane.dev/stop` | after SIGTERM: `0s`, `5s`, `5s exit 143`, `never` (until SIGKILL) | exit 0 at once, as recorded |
 * | `controlplane.dev/pre-stop`, `…/post-start` | how long the hook takes: `3s`; `failure` | 0 s, or the hook's own sleep |
 */
export const ANNOTATION_PREFIX = 'controlplane.dev/';

export interface RunScript { readonly milliseconds: number; readonly exitCode: number; readonly reason: string }
export interface StopScript { readonly milliseconds: number; readonly exitCode: number }
export type ImageScript = { readonly outcome: 'model' | 'present' | 'missing' | 'unauthorized' | 'unreachable' } | { readonly outcome: 'slow'; readonly milliseconds: number };
export interface HookScript { readonly milliseconds: number | undefined; readonly fails: boolean }

/** The annotation's text for a container, or undefined. */
export function annotation(pod: Pod, name: string, container: string): string | undefined {
  const annotations = pod.metadata.annotations;
  return annotations?.[`${ANNOTATION_PREFIX}${name}.${container}`] ?? annotations?.[`${ANNOTATION_PREFIX}${name}`];
}

function itemFor(pod: Pod, name: string, container: string, attempt: number): string | undefined {
  const text = annotation(pod, name, container);
  if (text === undefined) return undefined;
  const items = text.split(',');
  return items[Math.min(attempt, items.length - 1)]?.trim();
}

/** How an attempt of a container runs; undefined: for ever. Unreadable text counts as absent. */
export function runScript(pod: Pod, container: string, attempt: number, otherwise: RunScript | undefined): RunScript | undefined {
  const item = itemFor(pod, 'run', container, attempt);
  if (item === 'forever') return undefined;
  const [time = '', word, code, reason] = item?.split(/\s+/) ?? [];
  const milliseconds = parseDuration(time);
  if (milliseconds === undefined) return otherwise;
  const exitCode = word === 'exit' ? Number(code) || 0 : 0;
  return { milliseconds, exitCode, reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error') };
}

export const terminationMessage = (pod: Pod, container: string): string => annotation(pod, 'message', container) ?? '';

export function imageScript(pod: Pod, container: string, attempt: number): ImageScript {
  const item = itemFor(pod, 'image', container, attempt);
  if (item === 'missing' || item === 'unauthorized' || item === 'unreachable' || item === 'present') return { outcome: item };
  const milliseconds = item?.startsWith('slow') ? parseDuration(item.slice(4).trim()) : undefined;
  return milliseconds === undefined ? { outcome: 'model' } : { outcome: 'slow', milliseconds };
}

/** What a container does on SIGTERM; undefined: nothing, until it is killed. */
export function stopScript(pod: Pod, container: string): StopScript | undefined {
  const text = annotation(pod, 'stop', container)?.trim();
  if (text === 'never') return undefined;
  const [time = '', word, code] = text?.split(/\s+/) ?? [];
  return { milliseconds: parseDuration(time) ?? 0, exitCode: word === 'exit' ? Number(code) || 0 : 0 };
}

export function hookScript(pod: Pod, name: 'pre-stop' | 'post-start', container: string): HookScript {
  const text = annotation(pod, name, container)?.trim();
  return { milliseconds: text === undefined ? undefined : parseDuration(text), fails: text === 'failure' };
}

/** What a probe finds over a container's life: stretches of milliseconds, the last one without an end. */
export interface ProbeScript { readonly stretches: readonly { readonly succeeds: boolean; readonly until: number }[] }

const ALWAYS: ProbeScript = { stretches: [{ succeeds: true, until: Infinity }] };

export function probeScript(pod: Pod, name: 'startup' | 'liveness' | 'readiness', container: string): ProbeScript {
  const text = annotation(pod, name, container);
  if (text === undefined) return ALWAYS;
  const stretches: { succeeds: boolean; until: number }[] = [];
  let at = 0;
  for (const item of text.split(',')) {
    const [word, time] = item.trim().split(/\s+/);
    const lasts = time === undefined ? undefined : parseDuration(time);
    at = lasts === undefined ? Infinity : at + lasts;
    stretches.push({ succeeds: word !== 'failure', until: at });
  }
  const last = stretches.at(-1);
  if (last && last.until !== Infinity) stretches.push({ succeeds: !last.succeeds, until: Infinity });
  return { stretches };
}

/** What the probe finds at a moment of the container's life, and when that will next be otherwise (Infinity: never). */
export function probeAt(script: ProbeScript, age: number): { readonly succeeds: boolean; readonly until: number } {
  for (const stretch of script.stretches) if (age < stretch.until) return stretch;
  return { succeeds: true, until: Infinity };
}
