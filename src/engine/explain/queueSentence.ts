import type { QueuePosition } from '../scheduler/queue';
import type { Waking } from '../scheduler/queuedPod';
import { listText } from './amounts';

/** Events in words; what is not here is named as Kubernetes names it. */
const EVENTS: { readonly [event: string]: string } = {
  Node: 'a node', PersistentVolume: 'a PersistentVolume', PersistentVolumeClaim: 'a PersistentVolumeClaim', StorageClass: 'a StorageClass', CSINode: 'a CSINode', CSIDriver: 'a CSIDriver',
  CSIStorageCapacity: 'a CSIStorageCapacity', VolumeAttachment: 'a VolumeAttachment', ResourceClaim: 'a ResourceClaim', ResourceSlice: 'a ResourceSlice', DeviceClass: 'a DeviceClass', Pod: 'a pod',
  AssignedPod: 'a pod on a node', UnschedulablePod: 'a waiting pod',
};
const ACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^Add$/, 'is added'], [/^Delete$/, 'is deleted'], [/^Update$/, 'changes'], [/^UpdateNodeAllocatable$/, 'gets more room'], [/^UpdateNodeLabel$/, 'gets other labels'], [/^UpdateNodeTaint$/, 'gets other taints or is uncordoned'],
  [/^UpdateNodeCondition$/, 'gets another condition'], [/^UpdateNodeAnnotation$/, 'gets other annotations'], [/^UpdatePodLabel$/, 'gets other labels'], [/^UpdatePodScaleDown$/, 'asks for less'],
  [/^UpdatePodToleration$/, 'gets other tolerations'], [/^UpdatePodSchedulingGatesEliminated$/, 'loses its scheduling gates'], [/^UpdatePodGeneratedResourceClaim$/, 'gets its resource claims'],
];
const RESOURCE = new RegExp(`^(${Object.keys(EVENTS).sort((a, b) => b.length - a.length).join('|')})(.*)$`);

/** "NodeAdd|UpdateNodeTaint" → "a node is added, gets other taints or is uncordoned" */
export function eventWords(label: string): string {
  const match = RESOURCE.exec(label);
  if (!match) return label;
  const actions = (match[2] ?? '').split('|').map((action) => ACTIONS.find(([pattern]) => pattern.test(action))?.[1]);
  return actions.some((action) => action === undefined) ? label : `${EVENTS[match[1] ?? ''] ?? ''} ${listText(actions as readonly string[], 'or')}`;
}

/** "9 s", "4 min 30 s" */
function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Where a waiting pod is in the scheduling queue, until when, and what would wake it. now: virtual ms. */
export const queueSentence = (position: QueuePosition, now: number): string => said(position, now, ` (${wakers(position)})`);
/** The same without what would wake it, which then is told by itself. */
export const queueSummary = (position: QueuePosition, now: number): string => said(position, now, '');

function said(position: QueuePosition, now: number, waking: string): string {
  const tried = position.attempts === 0 ? 'not tried yet' : `tried ${position.attempts === 1 ? 'once' : `${position.attempts} times`}`;
  const until = position.until === undefined ? '' : `for another ${duration(position.until - now)}`;
  switch (position.pool) {
    case 'active': return `It is in the active queue and is tried next (${tried})${woken(position)}`;
    case 'inFlight': return 'It is being scheduled right now';
    case 'backoff': return `It waits out its back-off ${until} (${tried}), then it is tried again${woken(position)}`;
    case 'unschedulable': return position.gatedBy !== undefined ? gated(position) : `It is unschedulable (${tried}) and waits until something wakes it${waking}${until ? `, or ${until} at the most` : ''}`;
  }
}

/** "NodeAdd (node-4)": what woke a pod. */
export const wakingText = ({ event, object }: Waking): string => (object ? `${event} (${object.namespace ? `${object.namespace}/` : ''}${object.name})` : event);
const woken = ({ wokenBy }: QueuePosition): string => (wokenBy ? `; it was woken by ${wakingText(wokenBy)}` : '');

/** Where a waiting pod is, in two or three words for a line of a list. now: virtual ms. */
export function queueWords({ pool, until, gatedBy }: QueuePosition, now: number): string {
  switch (pool) {
    case 'active': return 'is tried next';
    case 'inFlight': return 'being scheduled';
    case 'backoff': return `backs off ${duration((until ?? now) - now)}`;
    case 'unschedulable': return gatedBy === undefined ? 'waits to be woken' : gatedBy === 'DefaultPreemption' ? 'waits for its victims' : 'gated';
  }
}

/** The changes that each plugin which refused the pod waits for. */
export function wakersByPlugin({ wakingEvents }: QueuePosition): readonly { readonly plugin: string; readonly changes: readonly string[] }[] {
  const byPlugin = new Map<string, Set<string>>();
  for (const { plugin, event } of wakingEvents) byPlugin.set(plugin, (byPlugin.get(plugin) ?? new Set()).add(eventWords(event)));
  return [...byPlugin].map(([plugin, changes]) => ({ plugin, changes: [...changes].sort() }));
}

const gated = ({ gatedBy }: QueuePosition): string => (gatedBy === 'DefaultPreemption' ? 'It waits until the pods that are evicted for it are being deleted' : `${gatedBy ?? ''} keeps it out of the queue`);

/** The changes that may wake the pod, each said once. */
export function wakingWords({ wakingEvents }: QueuePosition): readonly string[] { return [...new Set(wakingEvents.map(({ event }) => eventWords(event)))].sort(); }

function wakers(position: QueuePosition): string {
  const words = wakingWords(position);
  return words.length > 0 ? words.join('; ') : 'something in the cluster changes';
}
