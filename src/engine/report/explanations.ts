import type { Pod } from '../api/generated/types';
import { explainStoredPod, suggestFor, type SuggestOptions } from '../explain/explain';
import type { Session } from '../session';

/** A pod's scheduling in sentences (without their full stops). */
export interface ExplanationReport {
  /** Why it is where it is: "node-1 won with 462 points, 26 more than node-2; NodeResourcesFit decided (14 ahead); 2 of 2 nodes fit". */
  readonly whyHere?: string;
  /** Why it is nowhere. */
  readonly whyNot?: string;
  /** Beside whyNot: every node once, those refused for the same reason together. */
  readonly groups?: readonly string[];
  /** What became of the attempt to evict others for it. */
  readonly preemption?: string;
  /** Where it waits, until when, and what would wake it. */
  readonly queue?: string;
  /** Changes that place it, each tried; only where they were asked for (text output). */
  readonly suggestions?: readonly SuggestionReport[];
}

export interface SuggestionReport {
  readonly title: string;
  readonly detail: string;
  /** The node where the pod was placed when this was tried. */
  readonly node: string;
}

export interface ExplanationOptions extends SuggestOptions {
  /** Look for what would help pods that found no node. It takes some 10 to 200 ms a pod. */
  readonly suggestions?: boolean;
}

const MAX_EXPLAINED = 2000;
/** Pods for which help is looked for; replicas of one workload count once. */
const MAX_HELPED = 5;

export function explanationsOf(session: Session, pods: readonly Pod[], { suggestions = false, ...options }: ExplanationOptions): ReadonlyMap<Pod, ExplanationReport> {
  const explanations = new Map<Pod, ExplanationReport>();
  const helped = new Set<string>();
  for (const pod of pods.slice(0, MAX_EXPLAINED)) {
    const { outcome, whyHere, whyNot, queue } = explainStoredPod(session, pod);
    if (whyHere) { explanations.set(pod, { whyHere: whyHere.sentence }); continue; }
    if (!whyNot) continue;
    const workload = pod.metadata.ownerReferences?.find((o) => o.controller)?.uid ?? pod.metadata.uid;
    const ask = suggestions && outcome !== 'scheduled' && !pod.spec.nodeName && !helped.has(workload) && helped.size < MAX_HELPED;
    if (ask) helped.add(workload);
    const found = ask ? suggestFor(session, pod.metadata.namespace ?? '', pod.metadata.name, options).map(({ title, detail, scheduledOn }) => ({ title, detail, node: scheduledOn })) : undefined;
    explanations.set(pod, {
      whyNot: whyNot.sentence, groups: whyNot.groups.map((g) => g.sentence), ...(whyNot.preemption ? { preemption: whyNot.preemption } : {}), ...(queue ? { queue: queue.sentence } : {}), ...(found ? { suggestions: found } : {}),
    });
  }
  return explanations;
}
