import type { Condition } from '../../generated/types';
import { addInvalid, duplicate, invalid, notSupported, required, tooLong, type Errors, type Path } from '../field';
import { longerThan, regexError } from '../formats';
import { validateLabelName } from '../meta';

/** metav1.Condition, as newer kinds have them in their status. */
const STATUSES: readonly string[] = ['False', 'True', 'Unknown'];
const REASON_FMT = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const REASON = new RegExp(`^${REASON_FMT}$`);
const REASON_MESSAGE = "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'";

function validateCondition(condition: Condition, path: Path, errs: Errors): void {
  const { type = '', status = '', observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition;
  validateLabelName(type, path.child('type'), errs);
  if (!STATUSES.includes(status)) errs.push(notSupported(path.child('status'), status, STATUSES));
  if (observedGeneration < 0) errs.push(invalid(path.child('observedGeneration'), observedGeneration, 'must be greater than or equal to zero'));
  if (!lastTransitionTime) errs.push(required(path.child('lastTransitionTime'), ''));
  if (!reason) {
    errs.push(required(path.child('reason'), ''));
  } else {
    if (!REASON.test(reason)) addInvalid(errs, path.child('reason'), reason, [regexError(REASON_MESSAGE, REASON_FMT, 'my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB')]);
    if (longerThan(reason, 1024)) errs.push(tooLong(path.child('reason'), 1024));
  }
  if (longerThan(message, 32 * 1024)) errs.push(tooLong(path.child('message'), 32 * 1024));
}

/** Each type once. */
export function validateConditions(conditions: readonly Condition[], base: Path, errs: Errors): void {
  const seen = new Set<string>();
  conditions.forEach((condition, i) => {
    if (seen.has(condition.type)) errs.push(duplicate(base.index(i).child('type'), condition.type));
    seen.add(condition.type);
    validateCondition(condition, base.index(i), errs);
  });
}
