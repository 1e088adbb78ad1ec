import type { Container, ContainerStatus, Pod, PodSpec } from '../generated/types';
import type { Quantity } from '../quantity';
import { addTo, amountsOf, raiseTo, type Amounts } from './amounts';

export interface PodResourcesOptions {
  /** Also what containers have been given while a resize is under way (component-helpers' UseStatusResources). */
  readonly useStatus?: boolean;
  /** Without spec.overhead. */
  readonly excludeOverhead?: boolean;
}

type Kind = 'requests' | 'limits';

/** resource.IsSupportedPodLevelResource */
const isPodLevelResource = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

/** Whether spec.resources says anything that counts. */
export function hasPodLevelResources(spec: PodSpec): boolean {
  return [...Object.keys(spec.resources?.requests ?? {}), ...Object.keys(spec.resources?.limits ?? {})].some(isPodLevelResource);
}

/** resource.PodRequests: what a pod asks for at its most, its init containers' course considered. */
export function podRequests(pod: Pod, options: PodResourcesOptions = {}): Map<string, Quantity> {
  const sum = overContainers(pod, 'requests', options);
  setPodLevel(sum, pod.spec, 'requests');
  if (!options.excludeOverhead) addTo(sum, amountsOf(pod.spec.overhead));
  return sum;
}

/** resource.PodLimits */
export function podLimits(pod: Pod, options: PodResourcesOptions = {}): Map<string, Quantity> {
  const sum = overContainers(pod, 'limits', options);
  setPodLevel(sum, pod.spec, 'limits');
  if (options.excludeOverhead) return sum;
  // Overhead is added where there is a limit at all.
  const overhead = amountsOf(pod.spec.overhead);
  for (const name of overhead.keys()) if ((sum.get(name)?.unscaled ?? 0n) === 0n) overhead.delete(name);
  addTo(sum, overhead);
  return sum;
}

function setPodLevel(sum: Map<string, Quantity>, spec: PodSpec, kind: Kind): void {
  for (const [name, quantity] of amountsOf(spec.resources?.[kind])) if (isPodLevelResource(name)) sum.set(name, quantity);
}

/** Containers and sidecars together, or what the init containers need one after the other with the sidecars started before them. */
function overContainers(pod: Pod, kind: Kind, options: PodResourcesOptions): Map<string, Quantity> {
  const { containers = [], initContainers = [] } = pod.spec;
  const status = options.useStatus ? statusesByName(pod) : undefined;
  const sum = new Map<string, Quantity>();
  for (const container of containers) addTo(sum, amountsFor(pod, container, kind, status));
  if (initContainers.length === 0) return sum;
  const sidecars = new Map<string, Quantity>();
  const most = new Map<string, Quantity>();
  for (const container of initContainers) {
    const sidecar = container.restartPolicy === 'Always';
    const amounts = amountsFor(pod, container, kind, sidecar ? status : undefined);
    if (sidecar) {
      addTo(sum, amounts);
      addTo(sidecars, amounts);
      raiseTo(most, sidecars);
    } else {
      const together = new Map(amounts);
      addTo(together, sidecars);
      raiseTo(most, together);
    }
  }
  raiseTo(sum, most);
  return sum;
}

function amountsFor(pod: Pod, container: Container, kind: Kind, status: ReadonlyMap<string, ContainerStatus> | undefined): Amounts {
  const wanted = amountsOf(container.resources?.[kind]);
  const current = status?.get(container.name);
  if (!current?.resources) return wanted;
  const amounts = resizeIsInfeasible(pod) ? new Map<string, Quantity>() : wanted;
  raiseTo(amounts, amountsOf(current.resources[kind]));
  if (kind === 'requests') raiseTo(amounts, amountsOf(current.allocatedResources));
  return amounts;
}

const resizeIsInfeasible = (pod: Pod): boolean => pod.status?.conditions?.find((c) => c.type === 'PodResizePending')?.reason === 'Infeasible';

function statusesByName(pod: Pod): ReadonlyMap<string, ContainerStatus> {
  return new Map([...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].map((s) => [s.name, s]));
}
