import type { OwnerReference, Pod, PodTemplateSpec } from '../api/generated/types';
import type { NewObject, ObjectWithMeta } from '../api/object';
import { isStatus, type Status } from '../api/status';
import type { ControllerContext } from '../client/controller';
import { PODS } from '../client/resources';
import type { Process } from '../simulation/process';
import { isFailure, isNamespaceTerminating, isNotFound, messageOf } from './outcome';

/** Names of pods with a longer prefix would be refused, so that the API server is left to say why. */
const MAX_PREFIX = 253;

/** controller.GetPodFromTemplate */
export function podFromTemplate(template: PodTemplateSpec, owner: ObjectWithMeta, ownerReference: OwnerReference): NewObject<Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const prefix = `${owner.metadata.name}-`;
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      generateName: prefix.length <= MAX_PREFIX ? prefix : owner.metadata.name, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}), ownerReferences: [ownerReference],
    },
    spec: template.spec ?? {},
  };
}

/** controller.RealPodControl: creates and deletes pods on behalf of an object and tells of it by events on that object. */
export class PodControl {
  constructor(private readonly context: ControllerContext) {}

  /** Undefined when it worked. */
  *create(namespace: string, pod: NewObject<Pod>, owner: ObjectWithMeta): Process<Status | undefined> {
    const created = yield* this.context.client.create(PODS, namespace, pod);
    if (isStatus(created)) {
      if (!isNamespaceTerminating(created)) this.context.events.event(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(created)}`);
      return created;
    }
    this.context.events.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
    return undefined;
  }

  *delete(namespace: string, name: string, owner: ObjectWithMeta): Process<Status | undefined> {
    const deleted = yield* this.context.client.delete(PODS, namespace, name);
    if (isFailure(deleted)) {
      if (isNotFound(deleted)) return deleted;
      this.context.events.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(deleted)}`);
      return deleted;
    }
    this.context.events.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    return undefined;
  }
}
