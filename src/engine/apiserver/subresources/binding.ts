import type { Binding, Pod, PodCondition } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { conflict, isStatus, success, type Status } from '../../api/status';
import { invalidStatus } from '../../api/validation/field';
import { validatePodBinding } from '../../api/validation/pod/binding';
import type { Process } from '../../simulation/process';
import { pass, refusal, refuse, type Answer, type RequestContext } from '../context';
import { refusedName } from '../handlers/names';
import { admitted, refusedByAdmission } from './admission';
import { bodyOf } from './body';

const BINDING = { group: '', version: 'v1', kind: 'Binding' };

/** POST pods/NAME/binding: how the scheduler assigns a pod to a node, once and for good. */
export function* bind(context: RequestContext): Process<Answer> {
  const { storage, namespace, name, server } = context;
  const body = bodyOf(context, BINDING);
  if (isStatus(body)) return refuse(context, 'decoding', body);
  const misnamed = refusedName(context, body as KubernetesObject);
  if (misnamed) return refuse(context, 'decoding', misnamed);
  const object = admitted(context, body as KubernetesObject);
  if (isStatus(object)) return refusal(object);
  const binding = object as unknown as Binding;
  const errors = validatePodBinding(binding);
  if (errors.length > 0) return refuse(context, 'validation', invalidStatus(BINDING, binding.metadata?.name || name, errors));
  const denied = yield* refusedByAdmission(context, object as KubernetesObject);
  if (denied) return refusal(denied);
  const resource = { group: '', resource: 'pods/binding' };
  const outcome = yield* storage.update(namespace, name, function* (current): Process<KubernetesObject | Status> {
    const pod = current as unknown as Pod;
    if (binding.metadata?.uid && binding.metadata.uid !== pod.metadata.uid) return conflict(resource, name, `Precondition failed: UID in precondition: ${binding.metadata.uid}, UID in object meta: ${pod.metadata.uid}`);
    if (pod.metadata.deletionTimestamp) return conflict(resource, name, `pod ${name} is being deleted, cannot be assigned to a host`);
    if (pod.spec.nodeName) return conflict(resource, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
    if (pod.spec.schedulingGates?.length) return conflict(resource, name, `pod ${name} has non-empty .spec.schedulingGates`);
    const next = assigned(pod, binding, server.simulation.timestamp());
    if (!context.options.dryRun) return next;
    return current;
  });
  if (isStatus(outcome)) return refuse(context, 'storage', outcome);
  pass(context, 'storage', `revision ${outcome.revision}`);
  return { code: 201, object: { ...success(), code: 201 }, revision: outcome.revision, before: outcome.before };
}

function assigned(pod: Pod, binding: Binding, now: string): KubernetesObject {
  const old = pod.status.conditions ?? [];
  const previous = old.find((c) => c.type === 'PodScheduled');
  const condition: PodCondition = {
    type: 'PodScheduled', status: 'True', lastProbeTime: null as unknown as undefined, lastTransitionTime: previous?.status === 'True' ? previous.lastTransitionTime : now,
    ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
  };
  const conditions = previous ? old.map((c) => (c === previous ? condition : c)) : [...old, condition];
  const { annotations = {}, labels = {} } = binding.metadata ?? {};
  const { nominatedNodeName: _, ...status } = pod.status;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(Object.keys(annotations).length ? { annotations: { ...pod.metadata.annotations, ...annotations } } : {}),
      ...(Object.keys(labels).length ? { labels: { ...pod.metadata.labels, ...labels } } : {}),
    },
    spec: { ...pod.spec, nodeName: binding.target.name },
    status: { ...status, conditions },
  } as unknown as KubernetesObject;
}
