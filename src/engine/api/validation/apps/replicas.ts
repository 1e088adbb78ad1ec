import type { LabelSelector, PodTemplateSpec } from '../../generated/types';
import { fieldForbidden, invalid, notSupported, required, sortedMap, type Errors, type Path } from '../field';
import { isValidPercent } from '../formats';
import { validateNonnegative } from '../meta';
import type { PodOptions } from '../pod/options';
import { validatePodTemplateSpec } from '../pod/template';
import { isEmptySelector, labelSelectorAsSelector, selectorJSON, validateLabelSelector } from '../selectors';

/** What Deployments, ReplicaSets, StatefulSets and DaemonSets share. */
const MISMATCH = '`selector` does not match template `labels`';

/** spec.selector: required and not empty. Returns false where it has an error of its own. */
export function validateSelector(selector: LabelSelector | undefined, emptyWords: string, path: Path, errs: Errors): void {
  if (!selector) { errs.push(required(path, '')); return; }
  validateLabelSelector(selector, path, errs);
  if (isEmptySelector(selector)) errs.push(invalid(path, selectorJSON(selector), emptyWords));
}

/** Reports a selector that selects something, but not the template's labels; no selector at all selects nothing. */
export function validateSelectorMatches(selector: LabelSelector | undefined, template: PodTemplateSpec, templatePath: Path, errs: Errors, whenInvalid: () => void): void {
  const matches = labelSelectorAsSelector(selector);
  if (!matches) { whenInvalid(); return; }
  const labels = template.metadata?.labels;
  if ((!selector || !isEmptySelector(selector)) && !matches(labels ?? {})) errs.push(invalid(templatePath.child('metadata', 'labels'), sortedMap(labels), MISMATCH));
}

/** Only pods that always restart, without a deadline. */
export function validateAlwaysRunning(template: PodTemplateSpec, owner: string, templatePath: Path, errs: Errors): void {
  const policy = template.spec?.restartPolicy ?? '';
  if (policy !== 'Always') errs.push(notSupported(templatePath.child('spec', 'restartPolicy'), policy, ['Always']));
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    errs.push(fieldForbidden(templatePath.child('spec', 'activeDeadlineSeconds'), `activeDeadlineSeconds in ${owner} is not Supported`));
  }
}

/** ValidatePodTemplateSpecForReplicaSet: also a Deployment's, whose messages name the ReplicaSet. */
export function validateReplicaSetTemplate(template: PodTemplateSpec, selector: LabelSelector | undefined, specPath: Path, errs: Errors, options: PodOptions): void {
  const path = specPath.child('template');
  let valid = true;
  validateSelectorMatches(selector, template, path, errs, () => {
    errs.push(invalid(specPath.child('selector'), selectorJSON(selector), 'invalid label selector'));
    valid = false;
  });
  if (!valid) return;
  validatePodTemplateSpec(template, path, errs, options);
  validateAlwaysRunning(template, 'ReplicaSet', path, errs);
}

type IntOrPercent = number | string;

export function validatePositiveIntOrPercent(value: IntOrPercent, path: Path, errs: Errors): void {
  if (typeof value === 'number') validateNonnegative(value, path, errs);
  else for (const message of isValidPercent(value)) errs.push(invalid(path, value, message));
}

/** The number, or that before the percent sign; 0 for any other text. */
export function intOrPercentValue(value: IntOrPercent): number {
  if (typeof value === 'number') return value;
  if (isValidPercent(value).length === 0) return Number(value.slice(0, -1));
  return /^[+-]?[0-9]+$/.test(value) ? Number(value) : 0;
}

export function validateNotMoreThan100Percent(value: IntOrPercent, path: Path, errs: Errors): void {
  if (typeof value === 'string' && isValidPercent(value).length === 0 && intOrPercentValue(value) > 100) errs.push(invalid(path, value, 'must not be greater than 100%'));
}

export type Counts<F extends string> = { readonly [K in F]?: number };

/** Each count of a status is not negative. */
export function validateCounts<F extends string>(status: Counts<F>, fields: readonly F[], path: Path, errs: Errors): void {
  for (const field of fields) validateNonnegative(status[field], path.child(field), errs);
}

/** No count of a status exceeds another. */
export function validateAtMost<F extends string>(status: Counts<F>, fields: readonly F[], most: F, words: string, path: Path, errs: Errors): void {
  for (const field of fields) if ((status[field] ?? 0) > (status[most] ?? 0)) errs.push(invalid(path.child(field), status[field], words));
}

export const GREATER_THAN_REPLICAS = 'cannot be greater than status.replicas';

export function validateCollisionCount(now: number | undefined, old: number | undefined, path: Path, errs: Errors): void {
  if (old !== undefined && (now === undefined || now < old)) errs.push(invalid(path.child('collisionCount'), now ?? 0, 'cannot be decremented'));
}
