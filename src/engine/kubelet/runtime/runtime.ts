import type { Container, Pod } from '../../api/generated/types';
import type { Process } from '../../simulation/process';

/** One attempt of a container, as the runtime knows it. Times are RFC 3339, and virtual milliseconds. */
export interface ContainerRecord {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** 0 for the first one; what status calls restartCount. */
  readonly attempt: number;
  readonly state: 'running' | 'exited';
  readonly startedAt: string;
  readonly startedMilliseconds: number;
  readonly finishedAt: string;
  readonly finishedMilliseconds: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
}

export interface Sandbox {
  readonly id: string;
  readonly attempt: number;
  readonly ready: boolean;
  /** Empty for pods in the host's network. */
  readonly ip: string;
}

/** A pod as the runtime knows it: its sandbox and, of each container, the last attempts, newest first (two at most). */
export interface PodRecord {
  readonly sandbox: Sandbox | undefined;
  readonly containers: ReadonlyMap<string, readonly ContainerRecord[]>;
}

/** What the kubelet asks of a container runtime (the CRI, as far as anything shows of it). Pods go by their uid. */
export interface ContainerRuntime {
  pod(uid: string): PodRecord | undefined;
  /** The uids of all pods it has. */
  pods(): Iterable<string>;
  createSandbox(pod: Pod): Process<Sandbox>;
  stopSandbox(uid: string): void;
  startContainer(pod: Pod, container: Container, attempt: number): Process<ContainerRecord>;
  /** SIGTERM, after the grace period SIGKILL; returns when the container has ended. */
  stopContainer(pod: Pod, name: string, graceMilliseconds: number): Process;
  /** Forgets a pod whose containers have ended; its address becomes free. */
  removePod(uid: string): void;
}

/** The newest attempt of a container. */
export const newest = (record: PodRecord | undefined, container: string): ContainerRecord | undefined => record?.containers.get(container)?.[0];

export function anyRunning(record: PodRecord | undefined): boolean {
  for (const attempts of record?.containers.values() ?? []) if (attempts[0]?.state === 'running') return true;
  return false;
}
