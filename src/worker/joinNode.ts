import type { Node } from '../engine/api/generated/types';
import type { NewObject } from '../engine/api/object';
import { failure, type Status } from '../engine/api/status';
import { readyNode } from '../engine/bootstrap/nodes';
import { NODES } from '../engine/client/resources';
import { KUBERNETES_VERSION } from '../engine/cluster';
import { startKubelet } from '../engine/kubelet/kubelet';
import type { Session } from '../engine/session';
import { sleep, type Process } from '../engine/simulation/process';

/** The node's machine is switched on: its kubelet registers it. */
export function* joinNode(session: Session, node: Node): Process<null | Status> {
  const { cluster } = session;
  const { simulation, trace, latencies, api, kubelets } = cluster;
  const { name } = node.metadata;
  if (kubelets.has(name) || api.peek('', 'nodes')?.get(name)) return failure(409, 'AlreadyExists', `nodes "${name}" already exists`);
  const now = simulation.timestamp();
  const podCIDR = node.spec.podCIDR ?? podNetwork(freeNumber(session));
  const register = {
    ...node, spec: { ...node.spec, podCIDR, podCIDRs: [podCIDR] },
    // The node that served as the model may be down or under pressure.
    status: { ...node.status, conditions: (readyNode({ name, number: 1 }, KUBERNETES_VERSION, now) as unknown as Node).status.conditions },
  } as unknown as NewObject<Node>;
  const answer = yield* session.kubectl.create(NODES, '', register, { dryRun: true });
  if ('status' in answer && answer.kind === 'Status') return answer as unknown as Status;
  kubelets.set(name, startKubelet({ simulation, trace, latencies, api, nodeName: name, register }));
  yield* sleep(1000);
  return null;
}

const podNetwork = (number: number): string => `10.${244 + (number >> 8)}.${number & 255}.0/24`;

/** The first number whose network is not taken: nodes say it in their podCIDR. */
export function freeNumber(session: Session): number {
  const taken = new Set((session.cluster.api.peek('', 'nodes')?.list() ?? []).map((n) => (n.spec as { podCIDR?: string } | undefined)?.podCIDR));
  let number = 1;
  while (taken.has(podNetwork(number))) number++;
  return number;
}
