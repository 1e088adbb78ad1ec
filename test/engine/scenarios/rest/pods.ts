import type { Pod } from '../../../../src/engine/api/generated/types';
import { parseQuantity, type Quantity } from '../../../../src/engine/api/quantity';
import { isActive, isDeleting, isTerminal, nameOf, type RestView, type Rule } from './view';

const RESOURCES = ['cpu', 'memory'] as const;
const milli = (text: string | undefined): number => (parseQuantity(text ?? '0') as Quantity).milliValue;

/** What a pod asks for, counted apart from the engine: the sum of its containers, or its largest init container. */
export function requests(pod: Pod, resource: string, of: 'requests' | 'limits' = 'requests'): number {
  const amount = (c: { readonly resources?: { readonly requests?: { readonly [name: string]: string }; readonly limits?: { readonly [name: string]: string } } }): number => milli(c.resources?.[of]?.[resource]);
  const inits = pod.spec.initContainers ?? [];
  const sidecars = inits.filter((c) => c.restartPolicy === 'Always').reduce((sum, c) => sum + amount(c), 0);
  return Math.max(pod.spec.containers.reduce((sum, c) => sum + amount(c), sidecars), ...inits.filter((c) => c.restartPolicy !== 'Always').map(amount));
}

/** No node holds more than it has. */
export const capacity: Rule = function* (view) {
  for (const node of view.nodes) {
    const here = view.pods.filter((pod) => pod.spec.nodeName === node.metadata.name && !isTerminal(pod));
    const allocatable = node.status?.allocatable ?? {};
    if (here.length > Number(allocatable.pods)) yield `${nameOf(node)} holds ${here.length} pods of at most ${allocatable.pods}`;
    for (const resource of RESOURCES) {
      const used = here.reduce((sum, pod) => sum + requests(pod, resource), 0);
      if (used > milli(allocatable[resource])) yield `${nameOf(node)}: ${resource} requested ${used}m of ${allocatable[resource]}`;
    }
  }
};

/** A pod that is being deleted goes, unless its node is dead or something named holds it. */
export const deletions: Rule = function* (view) {
  for (const pod of view.pods) {
    if (!isDeleting(pod) || (pod.spec.nodeName && !view.alive(pod.spec.nodeName))) continue;
    if (pod.metadata.finalizers?.length && isTerminal(pod) && !pod.metadata.finalizers.includes('batch.kubernetes.io/job-tracking')) continue;
    yield `${nameOf(pod)} is still being deleted, on ${pod.spec.nodeName ?? 'no node'} (${pod.metadata.finalizers?.join() ?? 'no finalizers'}, ${pod.status?.phase})`;
  }
};

/** Nobody forgets a pod: it runs, or says why not. */
export const progress: Rule = function* (view) {
  for (const pod of view.pods) {
    if (!isActive(pod)) continue;
    if (!pod.spec.nodeName) {
      const scheduled = pod.status?.conditions?.find((c) => c.type === 'PodScheduled');
      if (scheduled?.status !== 'False') yield `${nameOf(pod)} has no node and nobody says why`;
      // What another pod's anti-affinity kept out is, in v1.36, not woken when that pod goes, but with the flush of the queue after five minutes.
      else if (scheduled.reason === 'Unschedulable' && !scheduled.message?.includes('anti-affinity')) yield* couldRun(view, pod);
      continue;
    }
    if (!view.alive(pod.spec.nodeName) || pod.status?.phase !== 'Pending') continue;
    const waiting = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])].map((s) => s.state?.waiting?.reason).filter((r) => r && r !== 'PodInitializing');
    const mounting = view.waitsFor(new RegExp(`volumes of pod ${pod.metadata.namespace}/${pod.metadata.name}`));
    const starting = view.waitsFor(new RegExp(`pod ${pod.metadata.namespace}/${pod.metadata.name}|container .* of ${pod.metadata.name}`)) || pod.status.initContainerStatuses?.some((s) => s.state?.running);
    if (!mounting && !starting && (waiting.length === 0 || waiting.every((r) => r === 'ContainerCreating'))) yield `${nameOf(pod)} is on ${pod.spec.nodeName} and does not start: ${waiting.join() || 'no reason'}`;
  }
};

/** A pod without further wishes is not left over while a node has room: the scheduler was told of what freed it. */
function* couldRun(view: RestView, pod: Pod): Iterable<string> {
  const { spec } = pod;
  if (spec.affinity || spec.topologySpreadConstraints?.length || spec.volumes?.some((v) => v.persistentVolumeClaim || v.ephemeral) || spec.schedulingGates?.length) return;
  if (view.pods.some((other) => other.spec.affinity?.podAntiAffinity && !isTerminal(other))) return;
  for (const node of view.nodes) {
    if (!Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => node.metadata.labels?.[key] === value)) continue;
    const taints = (node.spec.taints ?? []).filter((t) => t.effect !== 'PreferNoSchedule' && !(spec.tolerations ?? []).some((o) => (!o.effect || o.effect === t.effect) && (!o.key || o.key === t.key) && (o.operator === 'Exists' || (o.value ?? '') === (t.value ?? ''))));
    if (taints.length > 0 || node.spec.unschedulable) continue;
    const here = view.pods.filter((p) => p.spec.nodeName === node.metadata.name && !isTerminal(p));
    const nominated = view.pods.filter((p) => p !== pod && p.status?.nominatedNodeName === node.metadata.name && !p.spec.nodeName);
    const fits = here.length + nominated.length < Number(node.status?.allocatable?.pods) && RESOURCES.every((r) => [...here, ...nominated].reduce((sum, p) => sum + requests(p, r), requests(pod, r)) <= milli(node.status?.allocatable?.[r]));
    if (fits) { yield `${nameOf(pod)} is unschedulable although ${node.metadata.name} has room`; return; }
  }
}
