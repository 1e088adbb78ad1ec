import type { KubernetesObject } from '../engine/api/object';
import type { Node } from '../engine/api/generated/types';
import { failure, type Status } from '../engine/api/status';
import { readyNode } from '../engine/bootstrap/nodes';
import { KUBERNETES_VERSION } from '../engine/cluster';
import type { Resource } from '../engine/client/resources';
import { cordon, drain, scale, taint } from '../engine/kubectl/operations';
import type { ActionOptions, ActionResult, Session } from '../engine/session';
import { sleep, type Process } from '../engine/simulation/process';
import type { Steps } from '../engine/simulation/simulation';
import { readSnapshot } from './cluster';
import { follow } from './helpActions';
import { freeNumber, joinNode } from './joinNode';
import type { ObjectRef, Operation } from './protocol';

/**
 * How long the story of a failed node is followed: 50 s until its lease is overdue, five minutes of toleration, and time to start
 * the replacements elsewhere.
 */
const NODE_FAILURE_MILLISECONDS = 6 * 60_000;
/** A node that was started again has reported by then. */
const NODE_START_MILLISECONDS = 20_000;

/** The action as steps of a run. */
export function operating(session: Session, operation: Operation, options: ActionOptions): Steps<ActionResult> {
  const { kubectl } = session;
  const act = <T>(title: string, process: Process<T | Status>): Steps<ActionResult> => session.acting(title, process, options);
  switch (operation.type) {
    case 'scale': return act(`kubectl scale ${nameOf(operation.object)} --replicas=${operation.replicas}`, scale(kubectl, resourceOf(operation.object), operation.object.namespace, operation.object.name, operation.replicas));
    case 'deleteObject': return act(`kubectl delete ${nameOf(operation.object)}`, kubectl.delete(resourceOf(operation.object), operation.object.namespace, operation.object.name, { propagationPolicy: 'Background' }));
    case 'cordon': return act(`kubectl cordon ${operation.node}`, cordon(kubectl, operation.node, true));
    case 'uncordon': return act(`kubectl uncordon ${operation.node}`, cordon(kubectl, operation.node, false));
    case 'drain': return act(`kubectl drain ${operation.node}`, drain(kubectl, operation.node));
    case 'taint': return act(`kubectl taint nodes ${operation.node} ${taintText(operation)}`, taint(kubectl, operation.node, operation.taint, operation.remove));
    case 'addNode': return act(`add node ${operation.name}`, addNode(session, operation));
    case 'killNode': return act(`kill node ${operation.node}`, kill(session, operation.node));
    case 'startNode': return act(`start node ${operation.node}`, start(session, operation.node));
    case 'help': return act(`${operation.title.charAt(0).toLowerCase()}${operation.title.slice(1)}`, follow(session, operation.actions));
    case 'fault': return session.breaking(operation.fault, operation.follow, options);
    case 'restore': return session.restoring(readSnapshot(operation.snapshot), options);
    case 'advance': return session.advancing(operation.milliseconds);
  }
}

function taintText({ taint: { key, value, effect }, remove }: Extract<Operation, { type: 'taint' }>): string {
  return remove ? `${key}:${effect}-` : `${key}${value ? `=${value}` : ''}:${effect}`;
}

const nameOf = ({ kind, name }: ObjectRef): string => `${kind.toLowerCase()}/${name}`;
const resourceOf = ({ group, version, resource, kind }: ObjectRef): Resource<KubernetesObject> => ({ group, version, resource, kind });

/** A new machine of a person's choice. */
function* addNode(session: Session, { name, cpu, memory, zone }: Extract<Operation, { type: 'addNode' }>): Process<null | Status> {
  return yield* joinNode(session, readyNode({ name, cpu, memory, zone, number: freeNumber(session) }, KUBERNETES_VERSION, session.cluster.simulation.timestamp()) as unknown as Node);
}

function* kill(session: Session, name: string): Process<null | Status> {
  const kubelet = session.cluster.kubelets.get(name);
  if (!kubelet) return failure(404, 'NotFound', `nodes "${name}" not found`);
  kubelet.kill();
  yield* sleep(NODE_FAILURE_MILLISECONDS);
  return null;
}

function* start(session: Session, name: string): Process<null | Status> {
  const kubelet = session.cluster.kubelets.get(name);
  if (!kubelet) return failure(404, 'NotFound', `nodes "${name}" not found`);
  kubelet.start();
  yield* sleep(NODE_START_MILLISECONDS);
  return null;
}
