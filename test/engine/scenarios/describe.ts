import type { Pod } from '../../../src/engine/api/generated/types';
import type { KubernetesObject } from '../../../src/engine/api/object';
import type { Cluster } from '../../../src/engine/cluster';

const SHOWN = [['apps', 'deployments'], ['apps', 'replicasets'], ['', 'replicationcontrollers'], ['apps', 'statefulsets'], ['apps', 'daemonsets'], ['batch', 'jobs'], ['batch', 'cronjobs'], ['', 'persistentvolumeclaims'], ['', 'persistentvolumes'], ['', 'resourcequotas'], ['', 'namespaces'], ['', 'nodes']] as const;

/** The state of a world in lines: what somebody who looks into a failing seed wants to see first. */
export function describe(cluster: Cluster): readonly string[] {
  const lines: string[] = [];
  for (const [group, resource] of SHOWN) {
    for (const object of cluster.api.peek(group, resource)?.list() ?? []) if (!object.metadata.name.startsWith('kube-')) lines.push(`${head(object)} ${facts(object)}`);
  }
  for (const object of cluster.api.peek('', 'pods')?.list() ?? []) lines.push(`${head(object)} ${pod(object as unknown as Pod)}`);
  return lines;
}

function head({ kind, metadata }: KubernetesObject): string {
  const owner = metadata.ownerReferences?.map((o) => ` < ${o.kind} ${o.name}`).join('') ?? '';
  return `  ${kind} ${metadata.namespace ?? ''}/${metadata.name} gen ${metadata.generation ?? 0}${metadata.deletionTimestamp ? ` DELETING ${metadata.finalizers?.join() ?? ''}` : ''}${owner}`;
}

function facts(object: KubernetesObject): string {
  const spec = object['spec'] as { replicas?: number; unschedulable?: boolean; taints?: readonly { key: string; effect: string }[] } | undefined;
  const { conditions, ...status } = (object['status'] ?? {}) as { conditions?: readonly { type: string; status: string; reason?: string }[]; [field: string]: unknown };
  const said = (conditions ?? []).map((c) => `${c.type}=${c.status} ${c.reason ?? ''}`).join(', ');
  if (object.kind === 'Node') return `${spec?.unschedulable ? 'cordoned ' : ''}${spec?.taints?.map((t) => `${t.key}:${t.effect}`).join() ?? ''} ${said}`;
  return `wants ${spec?.replicas ?? ''} ${JSON.stringify(status)} ${said}`.slice(0, 500);
}

function pod({ spec, status }: Pod): string {
  const states = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map((s) => `${s.name} ${s.ready ? 'ready' : 'unready'} ${s.restartCount} ${Object.keys(s.state ?? {}).join()} ${s.state?.waiting?.reason ?? s.state?.terminated?.reason ?? ''}`);
  const scheduled = status?.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False');
  return `${spec.nodeName ?? 'no node'} ${status?.phase ?? ''} ${status?.reason ?? ''} ${states.join('; ')} ${scheduled?.message ?? ''}`;
}
