import type { Pod, PodCondition } from '../api/generated/types';
import type { Client } from '../client/client';
import type { Latencies } from '../simulation/latency';
import type { Simulation } from '../simulation/simulation';
import type { TraceRecorder } from '../trace/recorder';
import type { BackOff } from './backOff';
import type { KubeletEvents } from './events';
import type { FakeRuntime } from './runtime/fakeRuntime';
import type { ImageStore } from './runtime/imageStore';
import type { StatusManager } from './status/manager';
import type { VolumeManager } from './volumeManager';

/** What a pod worker is given by its kubelet. */
export interface KubeletHost {
  readonly simulation: Simulation;
  readonly trace: TraceRecorder;
  readonly latencies: Latencies;
  readonly client: Client;
  /** 'kubelet/node-1' */
  readonly actor: string;
  readonly runtime: FakeRuntime;
  readonly images: ImageStore;
  readonly statuses: StatusManager;
  readonly events: KubeletEvents;
  readonly restarts: BackOff;
  readonly pulls: BackOff;
  readonly volumes: VolumeManager;
  readonly hostIP: string;
  /** Milliseconds until the kubelet next looks what has ended. */
  untilRelist(): number;
  /** Why the node cannot give the pod the resources it now asks for. */
  resizePending(wanted: Pod): PodCondition | undefined;
  /** Nothing of the pod is left, here or at the API server. */
  gone(uid: string): void;
  /** The images on the node are others than before. */
  imagesChanged(): void;
}

/** "default/web" */
export const podKey = (pod: Pod): string => `${pod.metadata.namespace}/${pod.metadata.name}`;
/** "web_default(uid)", as messages of the kubelet name a pod. */
export const formatPod = (pod: Pod): string => `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
