import type { Job, JobStatus } from '../../generated/types';
import { semanticEqual } from '../equal';
import { duplicate, invalid, OMIT_VALUE, required, type Errors } from '../field';
import { STATUS, validateNonnegative } from '../meta';
import { countIndexes, overlap } from './indexes';

/**
 * ValidateJobStatusUpdate with the options of the Job strategy: most rules apply only where the write changes what they
 * guard, so that a status from an older version can still be written.
 */
interface Facts { readonly complete: boolean; readonly failed: boolean; readonly failureTarget: boolean; readonly criteriaMet: boolean; readonly finished: boolean; readonly suspended: string }

const CONDITIONS = STATUS.child('conditions');
const NO_STATUS: JobStatus = {};

function factsOf(status: JobStatus): Facts {
  const is = (type: string): boolean => status.conditions?.some((c) => c.type === type && c.status === 'True') ?? false;
  const [complete, failed] = [is('Complete'), is('Failed')];
  return { complete, failed, failureTarget: is('FailureTarget'), criteriaMet: is('SuccessCriteriaMet'), finished: complete || failed, suspended: status.conditions?.find((c) => c.type === 'Suspended')?.status ?? '' };
}

export function validateJobStatusUpdate(job: Job, old: Job, errs: Errors): void {
  const status = job.status ?? NO_STATUS;
  const before = old.status ?? NO_STATUS;
  const now = factsOf(status);
  const was = factsOf(before);
  validateCounts(status, errs);
  validateUncounted(status, errs);
  validateConditions(status, before, now, was, errs);
  validateFinished(job, status, before, now, was, errs);
  validateIndexes(job, status, before, errs);
  validateReady(status, before, now, was, errs);
  validateSuccess(job, now, errs);
  validateHistory(job, status, before, now, was, errs);
}

const COUNTS = ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const;

function validateCounts(status: JobStatus, errs: Errors): void {
  for (const field of COUNTS) validateNonnegative(status[field], STATUS.child(field), errs);
}

function validateUncounted(status: JobStatus, errs: Errors): void {
  const seen = new Set<string>();
  for (const field of ['succeeded', 'failed'] as const) {
    status.uncountedTerminatedPods?.[field]?.forEach((uid, i) => {
      const path = STATUS.child('uncountedTerminatedPods').child(field).index(i);
      if (!uid) errs.push(invalid(path, uid, 'must not be empty'));
      else if (seen.has(uid)) errs.push(duplicate(path, uid));
      seen.add(uid);
    });
  }
}

const refuse = (errs: Errors, words: string): void => { errs.push(invalid(CONDITIONS, OMIT_VALUE, words)); };

function validateConditions(status: JobStatus, before: JobStatus, now: Facts, was: Facts, errs: Errors): void {
  const changed = { complete: now.complete !== was.complete, failed: now.failed !== was.failed, completion: status.completionTime !== before.completionTime, start: status.startTime !== before.startTime };
  const at = STATUS.child('completionTime');
  if ((changed.complete || changed.failed) && now.complete && now.failed) refuse(errs, 'cannot set Complete=True and Failed=true conditions');
  if ((changed.complete || now.failureTarget !== was.failureTarget) && now.complete && now.failureTarget) refuse(errs, 'cannot set Complete=True and FailureTarget=true conditions');
  if (changed.complete || changed.completion) {
    if (status.completionTime && !now.complete) errs.push(invalid(at, status.completionTime, 'cannot set completionTime when there is no Complete=True condition'));
    if (!status.completionTime && now.complete) errs.push(required(at, 'completionTime is required for Complete jobs'));
  }
  if ((changed.start || changed.completion) && status.startTime && status.completionTime && status.completionTime < status.startTime) {
    errs.push(invalid(at, status.completionTime, 'must be equal to or after `startTime`'));
  }
  if ((changed.failed || status.failedIndexes !== before.failedIndexes) && now.failed && !now.failureTarget) refuse(errs, 'cannot set Failed=True condition without the FailureTarget=true condition');
  if ((changed.complete || now.criteriaMet !== was.criteriaMet) && now.complete && !now.criteriaMet) refuse(errs, 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition');
}

function validateFinished(job: Job, status: JobStatus, before: JobStatus, now: Facts, was: Facts, errs: Errors): void {
  if (!now.finished) return;
  const changed = !was.finished;
  if ((changed || (status.active ?? 0) !== (before.active ?? 0)) && (status.active ?? 0) > 0) errs.push(invalid(STATUS.child('active'), status.active, 'active>0 is invalid for finished job'));
  const neverRuns = job.spec.suspend === true && job.spec.completions === 0;
  if ((changed || status.startTime !== before.startTime) && !neverRuns && !status.startTime) errs.push(required(STATUS.child('startTime'), 'startTime is required for finished job'));
  const uncounted = status.uncountedTerminatedPods;
  if ((changed || !semanticEqual(uncounted, before.uncountedTerminatedPods)) && (uncounted?.failed?.length || uncounted?.succeeded?.length)) {
    const shown = { Succeeded: uncounted.succeeded ?? null, Failed: uncounted.failed ?? null };
    errs.push(invalid(STATUS.child('uncountedTerminatedPods'), shown, 'uncountedTerminatedPods needs to be empty for finished job'));
  }
}

function validateIndexes(job: Job, status: JobStatus, before: JobStatus, errs: Errors): void {
  const { completions, backoffLimitPerIndex } = job.spec;
  const completed = status.completedIndexes ?? '';
  const failed = status.failedIndexes;
  const completedChanged = completed !== (before.completedIndexes ?? '');
  const failedChanged = failed !== before.failedIndexes;
  const format = (field: 'completedIndexes' | 'failedIndexes', text: string): void => {
    const problem = countIndexes(text, completions ?? 0);
    if (typeof problem === 'string') errs.push(invalid(STATUS.child(field), text, `error parsing ${field}: ${problem}`));
  };
  if (completedChanged && completions !== undefined) format('completedIndexes', completed);
  if (failedChanged && completions !== undefined && backoffLimitPerIndex !== undefined && failed !== undefined) format('failedIndexes', failed);
  if (completedChanged && completed && job.spec.completionMode !== 'Indexed') {
    errs.push(invalid(STATUS.child('completedIndexes'), completed, 'cannot set non-empty completedIndexes when non-indexed completion mode'));
  }
  if (failedChanged && backoffLimitPerIndex === undefined && failed !== undefined) {
    errs.push(invalid(STATUS.child('failedIndexes'), failed, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'));
  }
  if ((failedChanged || completedChanged) && completions !== undefined && failed !== undefined) {
    const both = overlap(completed, failed, completions);
    if (both !== undefined) errs.push(invalid(STATUS.child('failedIndexes'), failed, `failedIndexes and completedIndexes overlap at index: ${both}`));
  }
}

function validateReady(status: JobStatus, before: JobStatus, now: Facts, was: Facts, errs: Errors): void {
  const { terminating, ready, active = 0 } = status;
  if ((now.finished !== was.finished || terminating !== before.terminating) && (terminating ?? 0) > 0 && now.finished) {
    errs.push(invalid(STATUS.child('terminating'), terminating, 'terminating>0 is invalid for finished job'));
  }
  if ((ready !== before.ready || active !== (before.active ?? 0)) && (ready ?? 0) > active) errs.push(invalid(STATUS.child('ready'), ready, 'cannot set more ready pods than active'));
}

function validateSuccess(job: Job, now: Facts, errs: Errors): void {
  if (now.criteriaMet && now.failed) refuse(errs, 'cannot set SuccessCriteriaMet=True and Failed=true conditions');
  if (now.criteriaMet && now.failureTarget) refuse(errs, 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions');
  if (job.spec.successPolicy && !now.criteriaMet && now.complete) refuse(errs, 'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True');
}

function validateHistory(job: Job, status: JobStatus, before: JobStatus, now: Facts, was: Facts, errs: Errors): void {
  const { spec } = job;
  for (const [type, then, still] of [['Failed', was.failed, now.failed], ['Complete', was.complete, now.complete], ['FailureTarget', was.failureTarget, now.failureTarget]] as const) {
    if (then && !still) refuse(errs, `cannot disable the terminal ${type}=True condition`);
  }
  if ((status.failed ?? 0) < (before.failed ?? 0)) errs.push(invalid(STATUS.child('failed'), status.failed ?? 0, 'cannot decrease the failed counter'));
  const elastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  if (!elastic && (status.succeeded ?? 0) < (before.succeeded ?? 0)) errs.push(invalid(STATUS.child('succeeded'), status.succeeded ?? 0, 'cannot decrease the succeeded counter'));
  if (status.completionTime && before.completionTime && status.completionTime !== before.completionTime) errs.push(invalid(STATUS.child('completionTime'), status.completionTime, 'completionTime cannot be mutated'));
  const resuming = was.suspended === 'True' && now.suspended === 'False';
  if (!resuming && before.startTime && status.startTime !== before.startTime && !spec.suspend) errs.push(required(STATUS.child('startTime'), 'startTime cannot be removed for unsuspended job'));
  if (was.criteriaMet && !now.criteriaMet) refuse(errs, 'cannot disable the SuccessCriteriaMet=True condition');
  if (was.complete && !was.criteriaMet && now.criteriaMet) refuse(errs, 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions');
}
