import type { Container, ObjectMeta, PodSpec } from '../../../api/generated/types';
import type { Level } from './policy';

/** Why a pod is not within a standard: a short reason, and who does what. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** One rule on a pod or a pod template. */
export type CheckPod = (metadata: Partial<ObjectMeta> | undefined, spec: PodSpec) => Violation | undefined;

/** A rule as it is from a minor version of Kubernetes on. */
export interface VersionedCheck {
  readonly since: number;
  readonly check: CheckPod;
  /** Checks of the baseline that a stricter one takes the place of. */
  readonly overrides?: readonly string[];
}

export interface Check {
  readonly id: string;
  readonly level: Exclude<Level, 'privileged'>;
  /** From the oldest to the newest. */
  readonly versions: readonly VersionedCheck[];
}

/** All containers in the order of their start; those for debugging last. */
export function containersOf(spec: PodSpec): readonly Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...((spec.ephemeralContainers ?? []) as readonly Container[])];
}

export const plural = (singular: string, count: number, several = `${singular}s`): string => (count === 1 ? singular : several);
export const quoted = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(', ');
/** Each once, sorted. */
export const distinct = (items: Iterable<string>): readonly string[] => [...new Set(items)].sort();

/** `container "a"`, `containers "a", "b"` */
export const named = (containers: readonly string[], word = 'container'): string => `${plural(word, containers.length)} ${quoted(containers)}`;

/** `pod and containers "a", "b"`: who set something. */
export const setters = (pod: boolean, containers: readonly string[]): string => [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])].join(' and ');

/** The names of the containers of which something holds. */
export const where = (spec: PodSpec, holds: (container: Container) => boolean): readonly string[] => containersOf(spec).filter(holds).map((c) => c.name);

export const onWindows = (spec: PodSpec): boolean => spec.os?.name === 'windows';
/** Root in a user namespace of its own is nobody outside. */
export const inUserNamespace = (spec: PodSpec): boolean => spec.hostUsers === false;
