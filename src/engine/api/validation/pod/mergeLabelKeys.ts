import type { LabelSelector, LabelSelectorRequirement, Pod, PodAffinity, PodAffinityTerm, PodSpec } from '../../generated/types';

/**
 * What the pod strategy does before validation (PrepareForCreate): matchLabelKeys and mismatchLabelKeys become
 * requirements of the selector, with the values of the pod's own labels. Returns the same pod where there are none.
 */
export function mergeLabelKeys(pod: Pod): Pod {
  const { spec } = pod;
  const labels = pod.metadata.labels ?? {};
  const affinity = spec?.affinity;
  const pods = affinity?.podAffinity && mergeAffinity(affinity.podAffinity, labels);
  const anti = affinity?.podAntiAffinity && mergeAffinity(affinity.podAntiAffinity, labels);
  const changedAffinity = pods !== affinity?.podAffinity || anti !== affinity?.podAntiAffinity;
  const spread = mapChanged(spec?.topologySpreadConstraints, (c) => withSelector(c, merge(c.labelSelector, c.matchLabelKeys, [], labels)));
  if (!spec || (!changedAffinity && spread === spec.topologySpreadConstraints)) return pod;
  const next: PodSpec = {
    ...spec, ...(changedAffinity ? { affinity: { ...affinity, ...(pods ? { podAffinity: pods } : {}), ...(anti ? { podAntiAffinity: anti } : {}) } } : {}),
    ...(spread ? { topologySpreadConstraints: spread } : {}),
  };
  return { ...pod, spec: next };
}

type Labels = { readonly [key: string]: string };

function mergeAffinity(affinity: PodAffinity, labels: Labels): PodAffinity {
  const required = mapChanged(affinity.requiredDuringSchedulingIgnoredDuringExecution, (t) => mergeTerm(t, labels));
  const preferred = mapChanged(affinity.preferredDuringSchedulingIgnoredDuringExecution, (w) => {
    const term = mergeTerm(w.podAffinityTerm, labels);
    return term === w.podAffinityTerm ? w : { ...w, podAffinityTerm: term };
  });
  if (required === affinity.requiredDuringSchedulingIgnoredDuringExecution && preferred === affinity.preferredDuringSchedulingIgnoredDuringExecution) return affinity;
  return {
    ...affinity, ...(required ? { requiredDuringSchedulingIgnoredDuringExecution: required } : {}), ...(preferred ? { preferredDuringSchedulingIgnoredDuringExecution: preferred } : {}),
  };
}

const mergeTerm = (term: PodAffinityTerm, labels: Labels): PodAffinityTerm => withSelector(term, merge(term.labelSelector, term.matchLabelKeys, term.mismatchLabelKeys, labels));

const withSelector = <T extends { readonly labelSelector?: LabelSelector }>(holder: T, selector: LabelSelector | undefined): T =>
  (selector === holder.labelSelector ? holder : { ...holder, labelSelector: selector });

function merge(selector: LabelSelector | undefined, match: readonly string[] | undefined, mismatch: readonly string[] | undefined, labels: Labels): LabelSelector | undefined {
  if (!selector) return selector;
  const requirement = (operator: string) => (key: string): LabelSelectorRequirement[] => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]);
  const added = [...(match ?? []).flatMap(requirement('In')), ...(mismatch ?? []).flatMap(requirement('NotIn'))];
  return added.length ? { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] } : selector;
}

/** map that keeps the list where nothing changed. */
function mapChanged<T>(list: readonly T[] | undefined, change: (item: T) => T): readonly T[] | undefined {
  const next = list?.map(change);
  return next?.some((item, i) => item !== list?.[i]) ? next : list;
}
