import type { Node } from '../api/generated/types';
import type { NewObject } from '../api/object';
import type { Client } from '../client/client';
import type { Latencies } from '../simulation/latency';
import type { Simulation } from '../simulation/simulation';
import type { TraceRecorder } from '../trace/recorder';

/** How the kubelets of a world behave where Kubernetes leaves it to the machine and its software. */
export interface KubeletSettings {
  /**
   * 'recorded': no events from kubelets, as in the recordings (their kubelets had no recorder); 'full': Pulling, Pulled, Created,
   * Started, Killing, BackOff, Unhealthy … as from a kubelet on a real machine.
   */
  readonly events: 'recorded' | 'full';
  /** Seconds after which containers of pods that may complete (restartPolicy Never or OnFailure) exit with 0; undefined: never, as recorded. */
  readonly completeAfterSeconds: number | undefined;
  /** Images that no registry has: exact references, or prefixes ending in '*'. Hosts under .invalid never exist (RFC 2606). */
  readonly missingImages: readonly string[];
  /** Sizes of images in bytes, by reference, where the built-in model should not guess. */
  readonly imageSizes: { readonly [image: string]: number };
}

export const DEFAULT_KUBELET_SETTINGS: KubeletSettings = { events: 'recorded', completeAfterSeconds: undefined, missingImages: [], imageSizes: {} };

export interface KubeletOptions {
  readonly simulation: Simulation;
  readonly trace: TraceRecorder;
  readonly latencies: Latencies;
  readonly api: ConstructorParameters<typeof Client>[0];
  readonly nodeName: string;
  /** What to register when the API server has no such node; without it the kubelet waits for the node to appear. */
  readonly register?: NewObject<Node>;
  /** Addresses for pods, e.g. '10.244.3.0/24', where the node has no spec.podCIDR. Must differ from node to node. */
  readonly podCIDR?: string;
  readonly settings?: Partial<KubeletSettings>;
}
