import type { Container, Pod } from '../api/generated/types';
import type { EventRecorder } from '../client/eventRecorder';
import { referenceTo } from '../client/eventRecorder';

/** The events of a kubelet about pods; without a recorder it keeps silent, as the recorded ones did. */
export class KubeletEvents {
  constructor(private readonly recorder: EventRecorder | undefined) {}

  pod(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void { this.recorder?.event(pod, type, reason, message); }

  /** An event about one container of a pod, named by its path in the spec. */
  container(pod: Pod, container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (this.recorder === undefined) return;
    const list = pod.spec?.initContainers?.some((c) => c.name === container.name) ? 'initContainers' : pod.spec?.ephemeralContainers?.some((c) => c.name === container.name) ? 'ephemeralContainers' : 'containers';
    this.recorder.eventOn(referenceTo(pod, `spec.${list}{${container.name}}`), type, reason, message);
  }

  /** An event about the node: kubelets name it by its name instead of its uid. */
  node(name: string, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.recorder?.eventOn({ kind: 'Node', name, uid: name, apiVersion: 'v1' }, type, reason, message);
  }
}
