import type { Node, Pod, Taint } from '../api/generated/types';
import type { KubernetesObject } from '../api/object';
import { failure, isStatus, type Status } from '../api/status';
import type { Client} from '../client/client';
import { type Result } from '../client/client';
import { NODES, PODS, type Resource } from '../client/resources';
import { sleep, type Process } from '../simulation/process';

/** kubectl cordon and uncordon. */
export function cordon(client: Client, node: string, unschedulable: boolean): Process<Result<Node>> {
  return client.patch(NODES, '', node, 'application/strategic-merge-patch+json', { spec: { unschedulable: unschedulable ? true : null } });
}

/** kubectl taint: adds a taint, or changes the one with the same key and effect; without a value in `taint` it is removed. */
export function* taint(client: Client, node: string, wanted: Taint, remove = false): Process<Result<Node>> {
  const current = yield* client.get(NODES, '', node);
  if (isStatus(current)) return current;
  const others = (current.spec.taints ?? []).filter((t) => t.key !== wanted.key || t.effect !== wanted.effect);
  if (remove && others.length === (current.spec.taints ?? []).length) return failure(404, 'NotFound', `taint "${wanted.key}:${wanted.effect}" not found`);
  const taints = remove ? others : [...others, wanted];
  return yield* client.patch(NODES, '', node, 'application/merge-patch+json', { metadata: { resourceVersion: current.metadata.resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } });
}

/** kubectl scale. */
export function* scale(client: Client, resource: Resource<KubernetesObject>, namespace: string, name: string, replicas: number): Process<Result<KubernetesObject>> {
  return yield* client.patch(resource, namespace, name, 'application/merge-patch+json', { spec: { replicas } }, 'scale');
}

export interface DrainResult {
  readonly evicted: readonly string[];
  /** Pods that a disruption budget kept, with what the API server said. */
  readonly refused: readonly { readonly pod: string; readonly status: Status }[];
}

/** How often kubectl drain asks again for a pod that a disruption budget protects (every five seconds). */
const EVICTION_ATTEMPTS = 12;

/** kubectl drain --ignore-daemonsets --delete-emptydir-data --force: cordons the node and evicts its pods. */
export function* drain(client: Client, node: string): Process<DrainResult | Status> {
  const cordoned = yield* cordon(client, node, true);
  if (isStatus(cordoned)) return cordoned;
  const pods = yield* client.list(PODS, '', { fieldSelector: `spec.nodeName=${node}` });
  if (isStatus(pods)) return pods;
  const evicted: string[] = [];
  const refused: { pod: string; status: Status }[] = [];
  for (const pod of pods.items) {
    if (isDaemon(pod) || pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) continue;
    const answer = yield* evict(client, pod);
    if (isStatus(answer) && answer.status === 'Failure') refused.push({ pod: pod.metadata.name, status: answer });
    else evicted.push(pod.metadata.name);
  }
  return { evicted, refused };
}

function* evict(client: Client, pod: Pod): Process<Result<KubernetesObject>> {
  const { namespace = '', name } = pod.metadata;
  for (let attempt = 1; ; attempt++) {
    const answer = yield* client.createSubresource(PODS, namespace, name, 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } });
    if (!isStatus(answer) || answer.code !== 429 || attempt === EVICTION_ATTEMPTS) return answer;
    yield* sleep(5000);
  }
}

const isDaemon = (pod: Pod): boolean => pod.metadata.ownerReferences?.some((o) => o.controller && o.kind === 'DaemonSet') ?? false;
