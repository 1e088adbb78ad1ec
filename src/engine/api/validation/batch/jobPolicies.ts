import type { JobSpec, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule, SuccessPolicyRule } from '../../generated/types';
import { listOf, nullable, pointer, struct, text, type GoShape } from '../core/goStruct';
import { duplicate, invalid, notSupported, OMIT_VALUE, required, tooLong, tooMany, type Errors, type Path } from '../field';
import { longerThan } from '../formats';
import { validateNonnegative, validateQualifiedName } from '../meta';
import { quote } from '../../status';
import { countIndexes } from './indexes';

/** podFailurePolicy and successPolicy of a Job. */
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];
/** %q of a list. */
const listed = (values: readonly string[]): string => `valid values: [${values.map(quote).join(' ')}]`;

export const FAILURE_POLICY: GoShape = {
  Rules: ['rules', listOf(struct({
    Action: ['action', text], OnExitCodes: ['onExitCodes', pointer({ ContainerName: ['containerName', nullable], Operator: ['operator', text], Values: ['values', nullable] })],
    OnPodConditions: ['onPodConditions', listOf(struct({ Type: ['type', text], Status: ['status', text] }))],
  }))],
};
export const SUCCESS_POLICY: GoShape = { Rules: ['rules', listOf(struct({ SucceededIndexes: ['succeededIndexes', nullable], SucceededCount: ['succeededCount', nullable] }))] };

export function validatePodFailurePolicy(spec: JobSpec, path: Path, errs: Errors): void {
  const rules = spec.podFailurePolicy?.rules ?? [];
  if (rules.length > 20) errs.push(tooMany(path.child('rules'), rules.length, 20));
  const names = new Set([...(spec.template?.spec?.containers ?? []), ...(spec.template?.spec?.initContainers ?? [])].map((c) => c.name));
  rules.forEach((rule, i) => { validateRule(spec, rule, names, path.child('rules').index(i), errs); });
}

function validateRule(spec: JobSpec, rule: PodFailurePolicyRule, names: ReadonlySet<string>, path: Path, errs: Errors): void {
  const action = rule.action ?? '';
  if (!action) errs.push(required(path.child('action'), listed(ACTIONS)));
  else if (action === 'FailIndex') { if (spec.backoffLimitPerIndex === undefined) errs.push(invalid(path.child('action'), action, 'requires the backoffLimitPerIndex to be set')); }
  else if (!ACTIONS.includes(action)) errs.push(notSupported(path.child('action'), action, ACTIONS));
  const conditions = rule.onPodConditions ?? [];
  if (rule.onExitCodes) validateExitCodes(rule.onExitCodes, names, path.child('onExitCodes'), errs);
  if (conditions.length) validateConditions(conditions, path.child('onPodConditions'), errs);
  if (rule.onExitCodes && conditions.length) errs.push(invalid(path, OMIT_VALUE, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (!rule.onExitCodes && !conditions.length) errs.push(invalid(path, OMIT_VALUE, 'specifying one of OnExitCodes and OnPodConditions is required'));
}

function validateConditions(patterns: readonly PodFailurePolicyOnPodConditionsPattern[], base: Path, errs: Errors): void {
  if (patterns.length > 20) errs.push(tooMany(base, patterns.length, 20));
  patterns.forEach(({ type = '', status = '' }, i) => {
    const path = base.index(i);
    validateQualifiedName(type, path.child('type'), errs);
    if (!status) errs.push(required(path.child('status'), listed(STATUSES)));
    else if (!STATUSES.includes(status)) errs.push(notSupported(path.child('status'), status, STATUSES));
  });
}

function validateExitCodes(requirement: PodFailurePolicyOnExitCodesRequirement, names: ReadonlySet<string>, path: Path, errs: Errors): void {
  const { operator = '', containerName, values } = requirement;
  if (!operator) errs.push(required(path.child('operator'), listed(OPERATORS)));
  else if (!OPERATORS.includes(operator)) errs.push(notSupported(path.child('operator'), operator, OPERATORS));
  if (containerName !== undefined && !names.has(containerName)) {
    errs.push(invalid(path.child('containerName'), containerName, 'must be one of the container or initContainer names in the pod template'));
  }
  const at = path.child('values');
  if (!values?.length) errs.push(invalid(at, values, 'at least one value is required'));
  else if (values.length > 255) errs.push(tooMany(at, values.length, 255));
  const seen = new Set<number>();
  values?.forEach((value, i) => {
    if (operator === 'In' && value === 0) errs.push(invalid(at.index(i), value, 'must not be 0 for the In operator'));
    if (seen.has(value)) errs.push(duplicate(at.index(i), value));
    seen.add(value);
  });
  if (values?.some((value, i) => i > 0 && (values[i - 1] ?? 0) > value)) errs.push(invalid(at, values, 'must be ordered'));
}

export function validateSuccessPolicy(spec: JobSpec, path: Path, errs: Errors): void {
  const rules = spec.successPolicy?.rules ?? [];
  const at = path.child('rules');
  if (!rules.length) errs.push(required(at, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > 20) errs.push(tooMany(at, rules.length, 20));
  rules.forEach((rule, i) => { validateSuccessRule(rule, spec.completions ?? 0, at.index(i), errs); });
}

function validateSuccessRule({ succeededIndexes: indexes, succeededCount: count }: SuccessPolicyRule, completions: number, path: Path, errs: Errors): void {
  if (count === undefined && indexes === undefined) errs.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  let total = 0;
  if (indexes !== undefined) {
    if (longerThan(indexes, 64 * 1024)) errs.push(tooLong(path.child('succeededIndexes'), 64 * 1024));
    const parsed = countIndexes(indexes, completions);
    if (typeof parsed === 'string') errs.push(invalid(path.child('succeededIndexes'), indexes, `error parsing succeededIndexes: ${parsed}`));
    else total = parsed;
  }
  if (count === undefined) return;
  const at = path.child('succeededCount');
  validateNonnegative(count, at, errs);
  if (count > completions) errs.push(invalid(at, count, `must be less than or equal to ${completions} (the number of specified completions)`));
  if (indexes !== undefined && count > total) errs.push(invalid(at, count, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`));
}
