import type { Random } from './random';

/**
 * How long things take, in virtual milliseconds: the one place that knows. The figures follow the offsets recorded from a
 * real v1.36.2 control plane (client to stored object about 5 ms, watch to reaction about 10 ms, binding about
 * 10 ms, pod running about 300 ms after its binding).
 */
export interface Latencies {
  /** One way between a component and the API server. */
  readonly network: number;
  /** One way between the API server and etcd. */
  readonly storageNetwork: number;
  /** etcd making a write durable. */
  readonly commit: number;
  /** From the commit to the event in a component's cache. */
  readonly watch: number;
  /** From a key in a work queue to a worker taking it. */
  readonly queue: number;
  /** One scheduling attempt. */
  readonly schedule: number;
  /** From a bound pod in the kubelet's cache to its sandbox. */
  readonly sandbox: number;
  /** Starting one container whose image is there. */
  readonly containerStart: number;
  /** From a container's change to the kubelet noticing it (pod lifecycle event generator). */
  readonly containerNotice: number;
  /** From a pod's change in the kubelet's cache to its worker taking it up. */
  readonly podSync: number;
  /** The period in which the kubelet looks what has ended (relisting of the pod lifecycle event generator). */
  readonly relist: number;
  /** From that look to the pod being removed: what is left of it is cleaned up first. */
  readonly cleanUp: number;
  /** Bytes a millisecond of image pulls (100 MB/s by default). */
  readonly pullRate: number;
  /** Fixed part of an image pull. */
  readonly pullBase: number;
  /** How far each of these varies, as a fraction. */
  readonly jitter: number;
}

export const RECORDED_LATENCIES: Latencies = {
  network: 1, storageNetwork: 0.4, commit: 1.6, watch: 2, queue: 1.5, schedule: 2.2, sandbox: 120, containerStart: 140, containerNotice: 12, podSync: 8, relist: 1000, cleanUp: 140,
  pullRate: 100_000, pullBase: 200, jitter: 0.25,
};

/** A latency as it turns out this time. */
export function vary(random: Random, latencies: Latencies, milliseconds: number): number {
  return latencies.jitter === 0 ? milliseconds : random.spread(milliseconds, latencies.jitter);
}
