import type { ContainerPort, Pod, PodAffinityTerm, Toleration, WeightedPodAffinityTerm } from '../api/generated/types';
import { compileNodeSelector, type NodeSelectorMatcher, type SelectableNode } from '../api/nodeSelectors';
import { compileLabelSelector, selectorFromSet, type Labels, type Selector } from '../api/selectors';
import { isPodLevelRequestsSet, isRestartable, podRequests, toResource, type Resource } from './resources';

/** A pod (anti-)affinity term with its selectors compiled. */
export class AffinityTerm {
  /** Equal for terms that say the same: what indexes of terms are keyed by. */
  readonly signature: string;
  constructor(readonly namespaces: ReadonlySet<string>, readonly namespaceSelector: Selector, readonly selector: Selector, readonly topologyKey: string) {
    const nothing = namespaceSelector.matchesNothing;
    this.signature = `${[...namespaces].sort().join(',')}|${nothing ? '-' : `{${namespaceSelector.toString()}}`}|${selector.matchesNothing ? '-' : selector.toString()}|${topologyKey}`;
  }
  /** namespaceLabels: those of the pod's namespace; undefined where the selector was already unrolled into names. */
  matches(pod: PodInfo, namespaceLabels: Labels): boolean {
    return (this.namespaces.has(pod.namespace) || this.namespaceSelector.matches(namespaceLabels)) && this.selector.matches(pod.labels);
  }
  withNamespaces(namespaces: ReadonlySet<string>, namespaceSelector: Selector): AffinityTerm { return new AffinityTerm(namespaces, namespaceSelector, this.selector, this.topologyKey); }
}

export interface WeightedAffinityTerm {
  readonly term: AffinityTerm;
  readonly weight: number;
}

function affinityTerm(namespace: string, term: PodAffinityTerm): AffinityTerm {
  const own = !term.namespaces?.length && !term.namespaceSelector;
  return new AffinityTerm(new Set(own ? [namespace] : term.namespaces), compileLabelSelector(term.namespaceSelector), compileLabelSelector(term.labelSelector), term.topologyKey);
}

/** nodeSelector and required node affinity, both of which a node must match. */
export class RequiredNodeAffinity {
  constructor(readonly labels: Selector | undefined, readonly affinity: NodeSelectorMatcher | undefined) {}
  matches(node: SelectableNode): boolean {
    return (this.labels === undefined || this.labels.matches(node.metadata.labels)) && (this.affinity === undefined || this.affinity.matches(node));
  }
  /** Whether every node matches. */
  get empty(): boolean { return this.labels === undefined && this.affinity === undefined; }
}

/** A pod with everything the plugins ask of it computed once. Make one with podInfoOf(). */
export class PodInfo {
  /** The pod's uid, or namespace/name where it has none. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly priority: number;
  readonly tolerations: readonly Toleration[];
  readonly terminating: boolean;
  readonly hostPorts: readonly ContainerPort[];
  /** "namespace/name" of the claims its volumes name. */
  readonly claimKeys: readonly string[];
  readonly hasVolumes: boolean;
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly WeightedAffinityTerm[];
  readonly preferredAntiAffinity: readonly WeightedAffinityTerm[];
  /** Has a podAffinity or podAntiAffinity, be it empty. */
  readonly hasAffinity: boolean;
  #requests: Resource | undefined;
  #fitRequests: Resource | undefined;
  #scoreRequests: Resource | undefined;
  #nonZero: { readonly cpu: number; readonly memory: number } | undefined;
  #nodeAffinity: RequiredNodeAffinity | undefined;

  constructor(readonly pod: Pod) {
    const { metadata, spec } = pod;
    this.namespace = metadata.namespace ?? '';
    this.name = metadata.name;
    this.key = metadata.uid ?? `${this.namespace}/${this.name}`;
    this.labels = metadata.labels;
    this.priority = spec?.priority ?? 0;
    this.tolerations = spec?.tolerations ?? [];
    this.terminating = metadata.deletionTimestamp !== undefined;
    this.hostPorts = hostPortsOf(pod);
    this.hasVolumes = (spec?.volumes?.length ?? 0) > 0;
    this.claimKeys = (spec?.volumes ?? []).flatMap((v) => (v.persistentVolumeClaim ? [`${this.namespace}/${v.persistentVolumeClaim.claimName}`] : []));
    const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
    const required = (terms: readonly PodAffinityTerm[] | undefined): readonly AffinityTerm[] => (terms ?? []).map((term) => affinityTerm(this.namespace, term));
    const preferred = (terms: readonly WeightedPodAffinityTerm[] | undefined): readonly WeightedAffinityTerm[] =>
      (terms ?? []).map(({ podAffinityTerm, weight }) => ({ term: affinityTerm(this.namespace, podAffinityTerm), weight }));
    this.requiredAffinity = required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution);
    this.requiredAntiAffinity = required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution);
    this.preferredAffinity = preferred(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution);
    this.preferredAntiAffinity = preferred(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution);
    this.hasAffinity = podAffinity !== undefined || podAntiAffinity !== undefined;
  }

  /** What the pod takes on a node. */
  get requests(): Resource { return (this.#requests ??= this.pod.status?.containerStatuses ? toResource(podRequests(this.pod, { useStatus: true })) : this.fitRequests); }

  /** What the pod asks for before it is on a node. */
  get fitRequests(): Resource { return (this.#fitRequests ??= toResource(podRequests(this.pod))); }

  /** What scoring by NonZeroRequested adds for this pod. */
  get scoreRequests(): Resource { return (this.#scoreRequests ??= toResource(podRequests(this.pod, { useStatus: true, nonMissing: ['cpu', 'memory'] }))); }

  /** CPU (thousandths) and memory with a minimum for containers that ask for none, so that many such pods do not pile up. */
  get nonZero(): { readonly cpu: number; readonly memory: number } { return (this.#nonZero ??= this.#computeNonZero()); }

  #computeNonZero(): { readonly cpu: number; readonly memory: number } {
    if (!isPodLevelRequestsSet(this.pod)) return { cpu: this.scoreRequests.milliCPU, memory: this.scoreRequests.memory };
    const own = podRequests(this.pod, { useStatus: true });
    const missing = (['cpu', 'memory'] as const).filter((name) => !own.has(name));
    const with0 = missing.length ? toResource(podRequests(this.pod, { useStatus: true, nonMissing: missing })) : toResource(own);
    return { cpu: with0.milliCPU, memory: with0.memory };
  }

  get nodeAffinity(): RequiredNodeAffinity { return (this.#nodeAffinity ??= requiredNodeAffinity(this.pod)); }
}

function requiredNodeAffinity(pod: Pod): RequiredNodeAffinity {
  const selector = pod.spec?.nodeSelector;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return new RequiredNodeAffinity(selector && Object.keys(selector).length ? selectorFromSet(selector) : undefined, required ? compileNodeSelector(required) : undefined);
}

/** schedutil.GetHostPorts: host ports of containers and of sidecars. */
function hostPortsOf(pod: Pod): readonly ContainerPort[] {
  const lasting = [...(pod.spec?.initContainers ?? []).filter(isRestartable), ...(pod.spec?.containers ?? [])];
  return lasting.flatMap((container) => (container.ports ?? []).filter((port) => (port.hostPort ?? 0) > 0));
}

const infos = new WeakMap<Pod, PodInfo>();

/** The PodInfo of a pod, remembered by the object's identity: objects are immutable. */
export function podInfoOf(pod: Pod): PodInfo {
  const known = infos.get(pod);
  if (known) return known;
  const made = new PodInfo(pod);
  infos.set(pod, made);
  return made;
}

