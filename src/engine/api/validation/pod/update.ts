import type { Container, NodeAffinity, NodeSelectorTerm, Pod, PodSchedulingGate, PodSpec, Toleration } from '../../generated/types';
import { unifiedDiff } from '../core/diff';
import { goStruct } from '../core/goStruct';
import { semanticEqual } from '../equal';
import { fieldForbidden, invalid, required, sortedMap, type Errors, type Path } from '../field';
import { inclusiveRangeError } from '../formats';
import { METADATA, SPEC } from '../meta';
import { validatePodAnnotationUpdates } from './annotations';
import type { PodOptions } from './options';
import { validateTolerations } from './scheduling';
import { NODE_SELECTOR_TERM, podSpec } from './shapes';

/** ValidatePodUpdate, after metadata and spec themselves were checked: what of a pod may change. */
const UPDATABLE = [
  '`spec.containers[*].image`', '`spec.initContainers[*].image`', '`spec.activeDeadlineSeconds`', '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

const NO_CONTAINERS: readonly Container[] = [];

export function validatePodUpdate(pod: Pod, old: Pod, errs: Errors, options: PodOptions): void {
  validatePodAnnotationUpdates(pod, old, METADATA.child('annotations'), errs, options);
  const { spec } = pod;
  if (validateContainerUpdates(spec.containers ?? NO_CONTAINERS, old.spec.containers ?? NO_CONTAINERS, SPEC.child('containers'), errs)) return;
  if (validateContainerUpdates(spec.initContainers ?? NO_CONTAINERS, old.spec.initContainers ?? NO_CONTAINERS, SPEC.child('initContainers'), errs)) return;
  if (validateDeadline(spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds, SPEC.child('activeDeadlineSeconds'), errs)) return;
  if (spec !== old.spec) {
    validateOnlyAddedTolerations(spec.tolerations ?? [], old.spec.tolerations ?? [], SPEC.child('tolerations'), errs);
    validateOnlyDeletedGates(spec.schedulingGates ?? [], old.spec.schedulingGates ?? [], SPEC.child('schedulingGates'), errs);
  }
  if (semanticEqual(spec, old.spec)) return;
  const munged = mungeGated(mungeUpdatable(spec, old.spec), old.spec, errs);
  if (!semanticEqual(munged, old.spec)) {
    errs.push(fieldForbidden(SPEC, `pod updates may not change fields other than ${UPDATABLE}\n${unifiedDiff(podSpec(old.spec), podSpec(munged))}`));
  }
}

/** Whether to stop: nothing more can be compared. */
function validateContainerUpdates(now: readonly Container[], old: readonly Container[], path: Path, errs: Errors): boolean {
  if (now.length !== old.length) { errs.push(fieldForbidden(path, 'pod updates may not add or remove containers')); return true; }
  if (now === old) return false;
  now.forEach(({ image = '' }, i) => {
    if (!image) errs.push(required(path.index(i).child('image'), ''));
    if (image.trim() !== image) errs.push(invalid(path.index(i).child('image'), image, 'must not have leading or trailing whitespace'));
  });
  return false;
}

function validateDeadline(now: number | undefined, old: number | undefined, path: Path, errs: Errors): boolean {
  if (now === undefined) {
    if (old !== undefined) errs.push(invalid(path, null, 'must not update from a positive integer to nil value'));
    return false;
  }
  const problem = now < 0 || now > 2147483647 ? inclusiveRangeError(0, 2147483647) : old !== undefined && old < now ? 'must be less than or equal to previous value' : '';
  if (problem) errs.push(invalid(path, now, problem));
  return problem !== '';
}

function validateOnlyAddedTolerations(now: readonly Toleration[], old: readonly Toleration[], path: Path, errs: Errors): void {
  const same = (a: Toleration, b: Toleration): boolean =>
    (a.key ?? '') === (b.key ?? '') && (a.operator ?? '') === (b.operator ?? '') && (a.value ?? '') === (b.value ?? '') && (a.effect ?? '') === (b.effect ?? '');
  for (const before of old) if (!now.some((t) => same(t, before))) errs.push(fieldForbidden(path, 'existing toleration can not be modified except its tolerationSeconds'));
  validateTolerations(now, path, errs);
}

function validateOnlyDeletedGates(now: readonly PodSchedulingGate[], old: readonly PodSchedulingGate[], path: Path, errs: Errors): void {
  now.forEach((gate, i) => {
    if (!old.some((o) => o.name === gate.name)) errs.push(fieldForbidden(path.index(i).child('name'), `only deletion is allowed, but found new scheduling gate '${gate.name}'`));
  });
}

const withImages = (now: readonly Container[] | undefined, old: readonly Container[] | undefined): readonly Container[] | undefined => now?.map((c, i) => ({ ...c, image: old?.[i]?.image }));

/** The new spec with everything that may change as it was before. */
function mungeUpdatable(spec: PodSpec, old: PodSpec): PodSpec {
  const graceFixed = (old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  return {
    ...spec, containers: withImages(spec.containers, old.containers) ?? [], initContainers: withImages(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds, schedulingGates: old.schedulingGates, tolerations: old.tolerations,
    ...(graceFixed ? { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds } : {}),
  };
}

/** While a pod is gated, its node selector and node affinity may become narrower. */
function mungeGated(spec: PodSpec, old: PodSpec, errs: Errors): PodSpec {
  if (!old.schedulingGates?.length) return spec;
  let munged = spec;
  if (!semanticEqual(spec.nodeSelector, old.nodeSelector)) {
    validateNodeSelectorMutation(spec.nodeSelector ?? {}, old.nodeSelector ?? {}, SPEC.child('nodeSelector'), errs);
    munged = { ...munged, nodeSelector: old.nodeSelector };
  }
  const before = old.affinity?.nodeAffinity;
  if (semanticEqual(spec.affinity?.nodeAffinity, before)) return munged;
  validateNodeAffinityMutation(spec.affinity?.nodeAffinity, before, SPEC.child('affinity').child('nodeAffinity'), errs);
  if (!spec.affinity) return before ? { ...munged, affinity: { nodeAffinity: before } } : munged;
  if (!old.affinity && !spec.affinity.podAffinity && !spec.affinity.podAntiAffinity) return { ...munged, affinity: undefined };
  return { ...munged, affinity: { ...spec.affinity, nodeAffinity: before } };
}

type Labels = { readonly [key: string]: string };

function validateNodeSelectorMutation(now: Labels, old: Labels, path: Path, errs: Errors): void {
  if (Object.keys(old).some((key) => now[key] !== old[key])) errs.push(invalid(path, sortedMap(now), 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'));
}

function validateNodeAffinityMutation(now: NodeAffinity | undefined, old: NodeAffinity | undefined, path: Path, errs: Errors): void {
  const before = old?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (!before.length) return;
  const terms = now?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const at = path.child('requiredDuringSchedulingIgnoredDuringExecution').child('nodeSelectorTerms');
  const shown = (term: NodeSelectorTerm | undefined): unknown => goStruct(NODE_SELECTOR_TERM, term);
  if (before.length !== (terms?.length ?? 0)) { errs.push(invalid(at, terms?.map(shown) ?? null, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')); return; }
  before.forEach((term, i) => {
    if (!hasOnlyAdditions(terms?.[i] ?? {}, term)) errs.push(invalid(at.index(i), shown(terms?.[i]), 'only additions are allowed (no mutations or deletions)'));
  });
}

function hasOnlyAdditions(now: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const { matchExpressions: e = [], matchFields: f = [] } = old;
  const { matchExpressions: ne = [], matchFields: nf = [] } = now;
  if (!e.length && !f.length && (ne.length || nf.length)) return false;
  return semanticEqual(ne.slice(0, e.length), e) && semanticEqual(nf.slice(0, f.length), f);
}
