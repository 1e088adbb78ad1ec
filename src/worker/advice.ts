import type { Pod } from '../engine/api/generated/types';
import { explainStoredPod, suggestFor, type PodExplanation } from '../engine/explain/explain';
import type { SourceDocument, Suggestion } from '../engine/explain/help/suggest';
import { yamlEdits } from '../engine/explain/yamlEdits';
import { parsed } from './manifests';
import type { FileText, Help, HelpSuggestion } from './protocol';
import type { LiveView } from './runningWorld';
import { whyUnscheduled } from './words';

/** Real milliseconds that the search for help may take: where a person asked for it, and where only a mouse rests. */
export const PATIENCE = { asked: 2000, passing: 250 } as const;
/** In larger clusters a single step of the search takes longer than a hover may: there help is looked for when it is asked for. */
const MAX_NODES_IN_PASSING = 200;
const MAX_KEPT = 100;

interface Kept<T> { readonly state: string; readonly text: string; readonly value: T }

/** Explanations and tried suggestions, kept until the cluster changes. One for each live view. */
class Memory {
  readonly explanations = new Map<string, Kept<PodExplanation>>();
  readonly help = new Map<string, Kept<Help>>();
}
const memories = new WeakMap<LiveView, Memory>();

function memoryOf(live: LiveView): Memory {
  let memory = memories.get(live);
  if (!memory) memories.set(live, (memory = new Memory()));
  return memory;
}

const stateOf = ({ session: { cluster } }: LiveView): string => `${cluster.etcd.revision}@${cluster.simulation.now}`;

function remember<T>(map: Map<string, Kept<T>>, key: string, kept: Kept<T>): T {
  map.delete(key);
  map.set(key, kept);
  const oldest = map.keys().next().value;
  if (map.size > MAX_KEPT && oldest !== undefined) map.delete(oldest);
  return kept.value;
}

/** Why a pod is where it is, or why it is nowhere. */
export function explanationOf(pod: Pod, live: LiveView): PodExplanation {
  const { explanations } = memoryOf(live);
  const uid = pod.metadata.uid ?? '', state = stateOf(live);
  const known = explanations.get(uid);
  return known?.state === state ? known.value : remember(explanations, uid, { state, text: '', value: explainStoredPod(live.session, pod) });
}

/** The pods that wait for a node; gated ones and those that no scheduler looks at are among them. */
export const waitingPods = (pods: readonly Pod[], { session: { cluster: { scheduler } } }: LiveView): readonly Pod[] =>
  pods.filter((p) => !p.metadata.deletionTimestamp && !p.spec.nodeName && (whyUnscheduled(p) !== '' || (p.status?.phase === 'Pending' && (scheduler?.core.frameworkFor(p) === undefined || scheduler.positionOf(p)?.gatedBy !== undefined))));

export interface HelpOptions {
  /** The file that the pod comes from: edits are then edits of its text. */
  readonly file?: FileText;
  /** How many pods of the same workload wait, this one included. */
  readonly waiting?: number;
  /** Namespace of documents that name none. */
  readonly namespace: string;
  /** Real milliseconds; 0 for nothing but what is known already. */
  readonly patience: number;
  readonly canceled?: () => boolean;
}

/** Changes that place a waiting pod, each tried in a throw-away world. Undefined where looking for them would take too long now. */
export function helpFor(pod: Pod, live: LiveView, { file, waiting = 1, namespace, patience, canceled }: HelpOptions): Help | undefined {
  const { help } = memoryOf(live);
  const key = pod.metadata.uid ?? '', state = stateOf(live), text = file?.text ?? '';
  const known = help.get(key);
  if (known?.state === state && known.text === text) return known.value;
  if (patience === 0 || (patience < PATIENCE.asked && (live.session.cluster.scheduler?.core.cache.nodes.length ?? 0) > MAX_NODES_IN_PASSING)) return undefined;
  const end = performance.now() + patience;
  let complete = true;
  const proceed = (): boolean => {
    if (performance.now() > end || canceled?.()) complete = false;
    return complete;
  };
  const documents: readonly SourceDocument[] = file ? parsed(file).documents.map((d) => ({ file: d.file, index: d.index, kind: d.kind, name: d.name, value: d.value, namespace: d.namespace || namespace })) : [];
  const found = suggestFor(live.session, pod.metadata.namespace ?? '', pod.metadata.name, { documents, proceed });
  const made: Help = { suggestions: found.flatMap((suggestion) => described(suggestion, text, waiting) ?? []), complete };
  return complete ? remember(help, key, { state, text, value: made }) : made;
}

function described(suggestion: Suggestion, text: string, waiting: number): HelpSuggestion | undefined {
  const { kind, title, detail, actions, scheduledOn, victims } = suggestion;
  const base = { kind, title, detail, actions, node: scheduledOn, victims, outcome: outcomeOf(suggestion, waiting) };
  if (suggestion.edits.length === 0) return { ...base, edits: [], applicable: true };
  // Without the manifest it is known what to do, but not where.
  if (suggestion.edits.some((edit) => edit.document === undefined)) return { ...base, edits: [], applicable: false };
  const edits = yamlEdits(text, suggestion.edits);
  return edits && { ...base, edits: edits.map((edit) => ({ ...edit, line: text.slice(0, edit.offset).split('\n').length - 1 })), applicable: true };
}

function outcomeOf({ scheduledOn, victims }: Suggestion, waiting: number): string {
  const evicted = victims.length === 0 ? '' : `, and ${victims.length === 1 ? victims[0] ?? '' : `${victims.length} pods`} ${victims.length === 1 ? 'is' : 'are'} evicted`;
  return `${waiting > 1 ? `then one of ${waiting} waiting pods runs` : 'then it runs'} on ${scheduledOn}${evicted}`;
}
