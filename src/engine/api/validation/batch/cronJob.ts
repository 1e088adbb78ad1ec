import type { CronJob, CronJobSpec } from '../../generated/types';
import { invalid, notSupported, required, type Errors } from '../field';
import { longerThan } from '../formats';
import { forKind } from '../kind';
import { METADATA, nameIsDNSSubdomain, SPEC, validateNonnegative, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { TEMPLATE_CREATE, updateOptions, type PodOptions } from '../pod/options';
import { NO_TEMPLATE } from '../pod/template';
import { selectorJSON } from '../selectors';
import { cronError } from './cron';
import { validateJobSpecCommon } from './job';
import { isTimeZone, validateTimeZone } from './timeZone';

/** CronJobs. */
const CONCURRENCY = ['Allow', 'Forbid', 'Replace'];
const NO_SPEC: CronJobSpec = { schedule: '', jobTemplate: {} };

function validateSchedule(spec: CronJobSpec, old: CronJobSpec | undefined, errs: Errors): void {
  const path = SPEC.child('schedule');
  const { schedule } = spec;
  if (!schedule) { errs.push(required(path, '')); return; }
  const problem = cronError(schedule, isTimeZone);
  if (problem) errs.push(invalid(path, schedule, problem));
  if (!schedule.includes('TZ')) return;
  if (!old?.schedule?.includes('TZ')) errs.push(invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  else if (spec.timeZone !== undefined) errs.push(invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
}

function validateSpec(spec: CronJobSpec, old: CronJobSpec | undefined, errs: Errors, options: PodOptions): void {
  validateSchedule(spec, old, errs);
  validateNonnegative(spec.startingDeadlineSeconds, SPEC.child('startingDeadlineSeconds'), errs);
  if (!old || old.timeZone !== spec.timeZone) validateTimeZone(spec.timeZone, SPEC.child('timeZone'), errs);
  const policy = spec.concurrencyPolicy ?? '';
  if (!policy) errs.push(required(SPEC.child('concurrencyPolicy'), ''));
  else if (!CONCURRENCY.includes(policy)) errs.push(notSupported(SPEC.child('concurrencyPolicy'), policy, CONCURRENCY));
  const job = spec.jobTemplate?.spec ?? { template: NO_TEMPLATE };
  const path = SPEC.child('jobTemplate').child('spec');
  validateJobSpecCommon(job, path, errs, options);
  if (job.selector) errs.push(invalid(path.child('selector'), selectorJSON(job.selector), '`selector` will be auto-generated'));
  if (job.manualSelector) errs.push(notSupported(path.child('manualSelector'), true, ['nil', 'false']));
  validateNonnegative(spec.successfulJobsHistoryLimit, SPEC.child('successfulJobsHistoryLimit'), errs);
  validateNonnegative(spec.failedJobsHistoryLimit, SPEC.child('failedJobsHistoryLimit'), errs);
}

export const cronJobValidation = forKind<CronJob>({
  create(object) {
    const errs: Errors = [];
    validateObjectMeta(object.metadata, true, nameIsDNSSubdomain, errs);
    validateSpec(object.spec ?? NO_SPEC, undefined, errs, TEMPLATE_CREATE);
    // The Jobs are named after the CronJob and the time: eleven characters more.
    if (longerThan(object.metadata.name ?? '', 52)) errs.push(invalid(METADATA.child('name'), object.metadata.name, 'must be no more than 52 characters'));
    return errs;
  },
  update(object, old) {
    const errs: Errors = [];
    const template = old.spec?.jobTemplate?.spec?.template;
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validateSpec(object.spec ?? NO_SPEC, old.spec ?? NO_SPEC, errs, updateOptions(template?.spec, template?.metadata, false));
    return errs;
  },
  status(object, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    return errs;
  },
});
