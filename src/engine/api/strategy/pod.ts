import { mapSame, set } from '../defaults/fill';
import type {
  AppArmorProfile, Container, EphemeralContainer, LabelSelector, LabelSelectorRequirement, Pod, PodAffinity, PodAffinityTerm, PodCondition, PodSpec, PodStatus, TopologySpreadConstraint,
} from '../generated/types';
import { appArmorProfileOf } from './apparmor';
import { forKind, type StrategyContext } from './kind-strategy';
import { resetMetadataForStatus } from './metadata';
import { podQosClass } from './qos';
import { podWarnings } from './warnings/pod';

/** pkg/registry/core/pod/strategy.go */
type Labels = { readonly [key: string]: string } | undefined;

function expressions(keys: readonly string[] | undefined, operator: 'In' | 'NotIn', labels: Labels): LabelSelectorRequirement[] {
  return (keys ?? []).flatMap((key) => (labels && Object.hasOwn(labels, key) ? [{ key, operator, values: [labels[key] ?? ''] }] : []));
}

/** matchLabelKeys and mismatchLabelKeys become part of the selector, with the values of the pod's own labels. */
function merged(selector: LabelSelector | undefined, added: readonly LabelSelectorRequirement[]): LabelSelector | undefined {
  return selector && added.length ? { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] } : selector;
}

function affinityTerm(term: PodAffinityTerm, labels: Labels): PodAffinityTerm {
  return set(term, 'labelSelector', merged(term.labelSelector, [...expressions(term.matchLabelKeys, 'In', labels), ...expressions(term.mismatchLabelKeys, 'NotIn', labels)]));
}

function withLabelKeys<A extends PodAffinity>(affinity: A | undefined, labels: Labels): A | undefined {
  if (!affinity) return affinity;
  const preferred = mapSame(affinity.preferredDuringSchedulingIgnoredDuringExecution, (weighted) => set(weighted, 'podAffinityTerm', affinityTerm(weighted.podAffinityTerm, labels)));
  const required = mapSame(affinity.requiredDuringSchedulingIgnoredDuringExecution, (term) => affinityTerm(term, labels));
  return set<PodAffinity, 'preferredDuringSchedulingIgnoredDuringExecution'>(
    set<PodAffinity, 'requiredDuringSchedulingIgnoredDuringExecution'>(affinity, 'requiredDuringSchedulingIgnoredDuringExecution', required), 'preferredDuringSchedulingIgnoredDuringExecution', preferred) as A;
}

function mergeLabelKeys(spec: PodSpec, labels: Labels): PodSpec {
  let out = spec;
  if (out.affinity) {
    let affinity = set(out.affinity, 'podAffinity', withLabelKeys(out.affinity.podAffinity, labels));
    affinity = set(affinity, 'podAntiAffinity', withLabelKeys(affinity.podAntiAffinity, labels));
    out = set(out, 'affinity', affinity);
  }
  const spread = (c: TopologySpreadConstraint): TopologySpreadConstraint => set(c, 'labelSelector', merged(c.labelSelector, expressions(c.matchLabelKeys, 'In', labels)));
  return set(out, 'topologySpreadConstraints', mapSame(out.topologySpreadConstraints, spread));
}

const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const sameProfile = (a: AppArmorProfile | undefined, b: AppArmorProfile | undefined): boolean => a?.type === b?.type && a?.localhostProfile === b?.localhostProfile;

/** AppArmor annotations become fields, with a warning. */
function appArmor(pod: Pod, context: StrategyContext): PodSpec {
  const { annotations } = pod.metadata;
  if (!annotations || pod.spec.os?.name === 'windows') return pod.spec;
  const convert = <C extends Container | EphemeralContainer>(c: C): C => {
    const annotation = annotations[APPARMOR + c.name];
    if (annotation === undefined || c.securityContext?.appArmorProfile) return c;
    const profile = appArmorProfileOf(annotation);
    const differs = profile && !sameProfile(profile, pod.spec.securityContext?.appArmorProfile);
    if (!profile || differs) context.warn?.(`metadata.annotations[${APPARMOR}${c.name}]: deprecated since v1.30; use the "appArmorProfile" field instead`);
    return differs ? { ...c, securityContext: { ...c.securityContext, appArmorProfile: profile } } : c;
  };
  let spec = set(pod.spec, 'containers', mapSame(pod.spec.containers, convert<Container>) as readonly Container[]);
  spec = set(spec, 'initContainers', mapSame(spec.initContainers, convert<Container>));
  return set(spec, 'ephemeralContainers', mapSame(spec.ephemeralContainers, convert<EphemeralContainer>));
}

function create(pod: Pod, context: StrategyContext): Pod {
  const gated: readonly PodCondition[] | undefined = pod.spec.schedulingGates?.length
    ? [{ type: 'PodScheduled', status: 'False', lastTransitionTime: context.now, reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' }] : undefined;
  const status: PodStatus = { phase: 'Pending', qosClass: podQosClass(pod.spec), ...(gated ? { conditions: gated } : {}) };
  const spec = mergeLabelKeys(appArmor(pod, context), pod.metadata.labels);
  return { ...pod, spec, status };
}

/** A status that leaves out what the server keeps gets it from the old one. */
function status(pod: Pod, old: Pod): Pod {
  const { deletionTimestamp: _dropped, ...metadata } = pod.metadata;
  let out = set(pod.status, 'qosClass', pod.status.qosClass || old.status.qosClass);
  out = set(out, 'observedGeneration', out.observedGeneration || old.status.observedGeneration);
  const generations = new Map<string, (number | undefined)[]>();
  for (const c of old.status.conditions ?? []) generations.set(c.type, [...(generations.get(c.type) ?? []), c.observedGeneration]);
  out = set(out, 'conditions', mapSame(out.conditions, (c) => {
    const before = generations.get(c.type)?.shift();
    return c.observedGeneration || !before ? c : { ...c, observedGeneration: before };
  }));
  const { ownerReferences } = old.metadata;
  const kept = set(pod.metadata.deletionTimestamp === undefined ? pod.metadata : metadata, 'ownerReferences', ownerReferences);
  return { ...pod, metadata: old.metadata.deletionTimestamp ? { ...kept, deletionTimestamp: old.metadata.deletionTimestamp } : kept, status: out };
}

const onlyMetadataAndSpec = (pod: Pod, old: Pod, spec: PodSpec): Pod => ({ ...old, metadata: resetMetadataForStatus(pod.metadata, old.metadata), spec });

function ephemeralContainers(pod: Pod, old: Pod): Pod {
  const { ephemeralContainers: _old, ...rest } = old.spec;
  const added = pod.spec.ephemeralContainers;
  return onlyMetadataAndSpec(pod, old, added ? { ...rest, ephemeralContainers: added } : rest);
}

function withResources(container: Container, from: Container | undefined): Container {
  const { resources: _resources, resizePolicy: _policy, ...rest } = container;
  return { ...rest, ...(from?.resources ? { resources: from.resources } : {}), ...(from?.resizePolicy ? { resizePolicy: from.resizePolicy } : {}) };
}

/** Only resources and resize policies of the same containers; anything else is left for validation to refuse. */
function resize(pod: Pod, old: Pod): Pod {
  const sameNames = (a: readonly Container[] = [], b: readonly Container[] = []): boolean => a.length === b.length && a.every((c, i) => c.name === b[i]?.name);
  if (pod.spec.containers.length !== old.spec.containers.length || (pod.spec.initContainers?.length ?? 0) !== (old.spec.initContainers?.length ?? 0)) return pod;
  const take = (given: readonly Container[] | undefined, before: readonly Container[] | undefined): readonly Container[] | undefined =>
    (given && sameNames(given, before) ? before?.map((c, i) => withResources(c, given[i])) : given);
  const initContainers = take(pod.spec.initContainers, old.spec.initContainers);
  const { resources: _resources, ...rest } = old.spec;
  return onlyMetadataAndSpec(pod, old, {
    ...rest, containers: take(pod.spec.containers, old.spec.containers) ?? [], ...(initContainers ? { initContainers } : {}), ...(pod.spec.resources ? { resources: pod.spec.resources } : {}),
  });
}

export const POD_STRATEGY = forKind<Pod>({
  generation: (pod) => pod.spec, create, status, subresources: { ephemeralcontainers: ephemeralContainers, resize },
  warnings: (pod, old) => (old ? [] : podWarnings(pod)),
});
