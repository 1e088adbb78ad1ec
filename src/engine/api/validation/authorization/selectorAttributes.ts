import type { FieldSelectorAttributes, LabelSelectorAttributes } from '../../generated/types';
import { fieldForbidden, invalid, required, type Errors, type Path } from '../field';
import { isQualifiedName, isValidLabelValue } from '../formats';

/** Selectors of a list or watch that a review asks about: raw text, or requirements; operators may be unknown. */
interface Requirement { readonly key?: string; readonly operator?: string; readonly values?: readonly string[] }

function validateShape(selector: { readonly rawSelector?: string; readonly requirements?: readonly unknown[] }, path: Path, errs: Errors): boolean {
  const { rawSelector = '', requirements = [] } = selector;
  if (rawSelector && requirements.length) errs.push(invalid(path.child('rawSelector'), rawSelector, 'may not specified at the same time as requirements'));
  if (!rawSelector && !requirements.length) errs.push(required(path.child('requirements'), `when ${path.toString()} is specified, requirements or rawSelector is required`));
  return requirements.length > 0;
}

function validateOperator({ operator = '', values = [] }: Requirement, path: Path, errs: Errors): void {
  if (operator === 'In' || operator === 'NotIn') {
    if (!values.length) errs.push(required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length) errs.push(fieldForbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  }
}

export function validateFieldSelectorRequirements(selector: FieldSelectorAttributes | undefined, path: Path, errs: Errors): void {
  if (!selector || !validateShape(selector, path, errs)) return;
  selector.requirements?.forEach((requirement, i) => {
    const at = path.child('requirements').index(i);
    if (!requirement.key) errs.push(required(at.child('key'), 'must be specified'));
    validateOperator(requirement, at, errs);
  });
}

export function validateLabelSelectorRequirements(selector: LabelSelectorAttributes | undefined, path: Path, errs: Errors): void {
  if (!selector || !validateShape(selector, path, errs)) return;
  selector.requirements?.forEach((requirement, i) => {
    const at = path.child('requirements').index(i);
    validateOperator(requirement, at, errs);
    for (const message of isQualifiedName(requirement.key ?? '')) errs.push(invalid(at.child('key'), requirement.key ?? '', message));
    requirement.values?.forEach((value, j) => { for (const message of isValidLabelValue(value)) errs.push(invalid(at.child('values').index(j), value, message)); });
  });
}
