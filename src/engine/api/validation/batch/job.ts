import type { Container, Job, JobSpec, PodSpec, PodTemplateSpec } from '../../generated/types';
import { goStruct } from '../core/goStruct';
import { semanticEqual } from '../equal';
import { invalid, notSupported, required, sortedMap, tooLong, type Errors, type Path } from '../field';
import { isDNS1123Label, isDomainPrefixedPath, longerThan } from '../formats';
import { forKind } from '../kind';
import { IMMUTABLE, METADATA, nameIsDNSSubdomain, SPEC, validateImmutable, validateNonnegative, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { TEMPLATE_CREATE, updateOptions, type PodOptions } from '../pod/options';
import { podSpec, podTemplate } from '../pod/shapes';
import { NO_TEMPLATE, validatePodTemplateSpec } from '../pod/template';
import { labelSelectorAsSelector, selectorJSON, validateLabelSelector } from '../selectors';
import { FAILURE_POLICY, SUCCESS_POLICY, validatePodFailurePolicy, validateSuccessPolicy } from './jobPolicies';
import { validateJobStatusUpdate } from './jobStatus';

/** Jobs. */
const MAX_INDEXED = 100_000;
const HIGH = 10_000;
const NONNEGATIVE = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'] as const;

/** validateJobSpec: also for the template of a CronJob. */
export function validateJobSpecCommon(spec: JobSpec, path: Path, errs: Errors, options: PodOptions): void {
  for (const field of NONNEGATIVE) validateNonnegative(spec[field], path.child(field), errs);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) errs.push(required(path.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified'));
  if (spec.managedBy !== undefined) {
    isDomainPrefixedPath(spec.managedBy, path.child('managedBy'), errs);
    if (longerThan(spec.managedBy, 63)) errs.push(tooLong(path.child('managedBy'), 63));
  }
  validateCompletionMode(spec, path, errs);
  if (spec.podFailurePolicy) validatePodFailurePolicy(spec, path.child('podFailurePolicy'), errs);
  if (spec.successPolicy) {
    if (spec.completionMode === 'Indexed') validateSuccessPolicy(spec, path.child('successPolicy'), errs);
    else errs.push(invalid(path.child('successPolicy'), goStruct(SUCCESS_POLICY, spec.successPolicy), 'requires indexed completion mode'));
  }
  const replacement = spec.podReplacementPolicy;
  const allowed = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  if (replacement !== undefined && !allowed.includes(replacement)) errs.push(notSupported(path.child('podReplacementPolicy'), replacement, allowed));
  validatePodTemplateSpec(spec.template ?? NO_TEMPLATE, path.child('template'), errs, options);
  validateRestartPolicy(spec, path.child('template', 'spec', 'restartPolicy'), errs);
}

function validateCompletionMode(spec: JobSpec, path: Path, errs: Errors): void {
  const mode = spec.completionMode;
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed') errs.push(notSupported(path.child('completionMode'), mode, ['NonIndexed', 'Indexed']));
  if (mode === 'Indexed') validateIndexed(spec, path, errs);
  if (mode !== undefined && mode !== 'NonIndexed') return;
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    if (spec[field] !== undefined) errs.push(invalid(path.child(field), spec[field], 'requires indexed completion mode'));
  }
}

function validateIndexed(spec: JobSpec, path: Path, errs: Errors): void {
  const { completions, parallelism = 0, maxFailedIndexes: failed } = spec;
  const atMost = (field: 'parallelism' | 'maxFailedIndexes', value: number, max: number, when: string): void => {
    if (value > max) errs.push(invalid(path.child(field), value, `must be less than or equal to ${max}${when}`));
  };
  if (completions === undefined) errs.push(required(path.child('completions'), 'when completion mode is Indexed'));
  atMost('parallelism', parallelism, MAX_INDEXED, ' when completion mode is Indexed');
  if (completions !== undefined && failed !== undefined && failed > completions) errs.push(invalid(path.child('maxFailedIndexes'), failed, 'must be less than or equal to completions'));
  atMost('maxFailedIndexes', failed ?? 0, MAX_INDEXED, '');
  if (completions === undefined || completions <= MAX_INDEXED || spec.backoffLimitPerIndex === undefined) return;
  const when = ` when completions are above ${MAX_INDEXED} and used with backoff limit per index`;
  if (failed === undefined) errs.push(required(path.child('maxFailedIndexes'), `must be specified when completions is above ${MAX_INDEXED}`));
  atMost('parallelism', parallelism, HIGH, when);
  atMost('maxFailedIndexes', failed ?? 0, HIGH, when);
}

function validateRestartPolicy(spec: JobSpec, path: Path, errs: Errors): void {
  const policy = spec.template?.spec?.restartPolicy ?? '';
  if (policy === '' || policy === 'Always') errs.push(required(path, 'valid values: "OnFailure", "Never"'));
  else if (policy !== 'OnFailure' && policy !== 'Never') errs.push(notSupported(path, policy, ['OnFailure', 'Never']));
  else if (spec.podFailurePolicy && policy !== 'Never') errs.push(invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified'));
}

function validateJobSpec(spec: JobSpec, errs: Errors, options: PodOptions): void {
  validateJobSpecCommon(spec, SPEC, errs, options);
  if (!spec.selector) errs.push(required(SPEC.child('selector'), ''));
  else validateLabelSelector(spec.selector, SPEC.child('selector'), errs, { allowInvalidLabelValue: options.allowInvalidLabelValueInSelector });
  const matches = labelSelectorAsSelector(spec.selector);
  const labels = spec.template?.metadata?.labels;
  if (matches && !matches(labels ?? {})) errs.push(invalid(SPEC.child('template', 'metadata', 'labels'), sortedMap(labels), '`selector` does not match template `labels`'));
}

/** A generated selector is the Job's own uid; the labels for it must not have been given otherwise. */
function validateGeneratedSelector(job: Job, errs: Errors): void {
  if (job.spec.manualSelector || !job.spec.selector) return;
  if (!job.metadata.uid) errs.push(required(METADATA.child('uid'), ''));
  const labels = job.spec.template?.metadata?.labels;
  const uid = job.metadata.uid ?? '';
  const name = job.metadata.name ?? '';
  const expected = { 'controller-uid': uid, 'job-name': name, 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name };
  for (const [key, value] of Object.entries(expected)) {
    const path = SPEC.child('template').child('metadata').child('labels').key(key);
    if (labels?.[key] === undefined) errs.push(required(path, `must be '${value}'`));
    else if (labels[key] !== value) errs.push(invalid(path, sortedMap(labels), `must be '${value}'`));
  }
  const matches = labelSelectorAsSelector(job.spec.selector);
  if (matches && !matches(expected)) errs.push(invalid(SPEC.child('selector'), selectorJSON(job.spec.selector), '`selector` not auto-generated'));
}

/** The pods of an Indexed Job are named after it and their index. */
function validateHostname(job: Job, errs: Errors): void {
  const { completionMode, completions = 0 } = job.spec;
  if (completionMode !== 'Indexed' || completions <= 0) return;
  const longest = `${job.metadata.name}-${completions - 1}`;
  if (isDNS1123Label(longest).length) errs.push(invalid(METADATA.child('name'), job.metadata.name, `will not able to create pod with invalid DNS label: ${longest}`));
}

function validateCompletions(spec: JobSpec, old: JobSpec, errs: Errors): void {
  const path = SPEC.child('completions');
  if (spec.completionMode !== 'Indexed') { validateImmutable(spec.completions, old.completions, path, errs, spec.completions ?? null); return; }
  if (spec.completions === old.completions || spec.completions === undefined) return;
  if (spec.completions !== spec.parallelism) errs.push(invalid(path, spec.completions, 'can only be modified in tandem with spec.parallelism'));
}

/** A suspended Job that has no pods may change how and where they will run (MutableSchedulingDirectivesForSuspendedJobs, MutablePodResourcesForSuspendedJobs). */
function mayChangeTemplate(old: Job): boolean {
  if (!old.spec.suspend || (old.status?.active ?? 0) > 0) return false;
  return !old.status?.startTime || (old.status.conditions?.some((c) => c.type === 'Suspended' && c.status === 'True') ?? false);
}

function validateTemplateUpdate(job: Job, old: Job, errs: Errors): void {
  const now = job.spec.template ?? NO_TEMPLATE;
  const before = old.spec.template ?? NO_TEMPLATE;
  if (now === before) return;
  const path = SPEC.child('template');
  if (!mayChangeTemplate(old)) {
    if (!semanticEqual(now, before)) errs.push(invalid(path, podTemplate(now), IMMUTABLE));
    return;
  }
  const munged = withNewDirectives(before, now).spec ?? { containers: [] };
  if (!semanticEqual(now.spec, munged)) errs.push(invalid(path.child('spec'), podSpec(now.spec), IMMUTABLE));
}

/** The old template with what may change taken from the new one. */
function withNewDirectives(before: PodTemplateSpec, now: PodTemplateSpec): PodTemplateSpec {
  if (!before.spec || !now.spec) return before;
  const spec: PodSpec = {
    ...before.spec, nodeSelector: now.spec.nodeSelector, tolerations: now.spec.tolerations, schedulingGates: now.spec.schedulingGates, affinity: mungeAffinity(before.spec, now.spec),
    containers: withNewResources(before.spec.containers, now.spec.containers) ?? [], initContainers: withNewResources(before.spec.initContainers, now.spec.initContainers),
  };
  return { ...before, spec };
}

function mungeAffinity(before: PodSpec, now: PodSpec): PodSpec['affinity'] {
  const nodeAffinity = now.affinity?.nodeAffinity;
  if (now.affinity) return { ...before.affinity, nodeAffinity };
  if (!before.affinity) return undefined;
  const { nodeAffinity: _dropped, ...rest } = before.affinity;
  return rest.podAffinity || rest.podAntiAffinity ? rest : undefined;
}

function withNewResources(before: readonly Container[] | undefined, now: readonly Container[] | undefined): readonly Container[] | undefined {
  if (before?.length !== now?.length) return before;
  return before?.map((c, i) => (now?.[i]?.name === c.name ? { ...c, resources: now[i]?.resources } : c));
}

function validateSpecUpdate(job: Job, old: Job, errs: Errors): void {
  const { spec } = job;
  const before = old.spec;
  validateCompletions(spec, before, errs);
  validateImmutable(spec.selector, before.selector, SPEC.child('selector'), errs, selectorJSON(spec.selector));
  validateTemplateUpdate(job, old, errs);
  validateImmutable(spec.completionMode, before.completionMode, SPEC.child('completionMode'), errs);
  const shown = <T>(value: T | undefined, shape: Parameters<typeof goStruct>[0]): unknown => (value === undefined ? null : goStruct(shape, value));
  validateImmutable(spec.podFailurePolicy, before.podFailurePolicy, SPEC.child('podFailurePolicy'), errs, shown(spec.podFailurePolicy, FAILURE_POLICY));
  validateImmutable(spec.backoffLimitPerIndex, before.backoffLimitPerIndex, SPEC.child('backoffLimitPerIndex'), errs);
  validateImmutable(spec.managedBy, before.managedBy, SPEC.child('managedBy'), errs);
  validateImmutable(spec.successPolicy, before.successPolicy, SPEC.child('successPolicy'), errs, shown(spec.successPolicy, SUCCESS_POLICY));
}

export const jobValidation = forKind<Job>({
  create(job) {
    const errs: Errors = [];
    const withSpec = job.spec ? job : { ...job, spec: { template: NO_TEMPLATE } };
    validateObjectMeta(job.metadata, true, nameIsDNSSubdomain, errs);
    validateGeneratedSelector(withSpec, errs);
    validateJobSpec(withSpec.spec, errs, TEMPLATE_CREATE);
    validateHostname(withSpec, errs);
    return errs;
  },
  update(job, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(job.metadata, old.metadata, errs);
    if (job.spec === old.spec) return errs;
    validateJobSpec(job.spec, errs, updateOptions(old.spec.template?.spec, old.spec.template?.metadata, false));
    validateSpecUpdate(job, old, errs);
    return errs;
  },
  status(job, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(job.metadata, old.metadata, errs);
    validateJobStatusUpdate(job, old, errs);
    return errs;
  },
});
