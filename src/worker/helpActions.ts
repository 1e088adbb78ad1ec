import type { Node } from '../engine/api/generated/types';
import { parseApiVersion, type KubernetesObject, type NewObject } from '../engine/api/object';
import { failure, isStatus, type Status } from '../engine/api/status';
import { NODES, PODS } from '../engine/client/resources';
import type { ClusterAction } from '../engine/explain/help/candidate';
import { cordon, taint } from '../engine/kubectl/operations';
import type { Session } from '../engine/session';
import type { Process } from '../engine/simulation/process';
import { joinNode } from './joinNode';

/** Does to the cluster what a suggestion says, as a person with kubectl would; stops at the first refusal. */
export function* follow(session: Session, actions: readonly ClusterAction[]): Process<null | Status> {
  for (const action of actions) {
    const answer = yield* followOne(session, action);
    if (isStatus(answer) && answer.status === 'Failure') return answer;
  }
  return null;
}

function* followOne(session: Session, action: ClusterAction): Process<unknown> {
  const { kubectl } = session;
  switch (action.type) {
    case 'uncordon': return yield* cordon(kubectl, action.node, false);
    case 'untaint': return yield* taint(kubectl, action.node, action.taint, true);
    case 'label': return yield* kubectl.patch(NODES, '', action.node, 'application/merge-patch+json', { metadata: { labels: action.labels } });
    case 'addNode': return yield* joinNode(session, freshNode(session, action.node));
    case 'deletePods': {
      for (const { namespace, name } of action.pods) {
        const answer = yield* kubectl.delete(PODS, namespace, name);
        if (isStatus(answer) && answer.status === 'Failure') return answer;
      }
      return null;
    }
    case 'create': return yield* create(session, action.object);
  }
}

/** A node of the suggestion's name may have come since. */
function freshNode(session: Session, node: Node): Node {
  const taken = new Set((session.cluster.api.peek('', 'nodes')?.list() ?? []).map((n) => n.metadata.name));
  let { name } = node.metadata;
  for (let i = taken.size + 1; taken.has(name); i++) name = `node-${i}`;
  return { ...node, metadata: { ...node.metadata, name, labels: { ...node.metadata.labels, 'kubernetes.io/hostname': name } } };
}

function* create(session: Session, object: KubernetesObject): Process<unknown> {
  const definition = session.cluster.api.registry.forObject(object.apiVersion, object.kind);
  if (!definition) return failure(404, 'NotFound', `no matches for kind "${object.kind}" in version "${object.apiVersion}"`);
  const { status: _, ...said } = object as KubernetesObject & { readonly status?: unknown };
  const { group, version } = parseApiVersion(object.apiVersion);
  return yield* session.kubectl.create({ group, version, resource: definition.resource, kind: object.kind }, object.metadata.namespace ?? '', said as unknown as NewObject<KubernetesObject>);
}
