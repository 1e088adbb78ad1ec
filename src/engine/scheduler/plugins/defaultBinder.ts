import type { ApiWrite, CycleState, Plugin } from '../framework';
import type { PodInfo } from '../podInfo';

/** Binds by a POST to the pod's binding subresource. */
export class DefaultBinder implements Plugin {
  readonly name = 'DefaultBinder';
  bind(_state: CycleState, pod: PodInfo, nodeName: string): readonly ApiWrite[] {
    return [{ kind: 'bind', namespace: pod.namespace, name: pod.name, nodeName }];
  }
}
