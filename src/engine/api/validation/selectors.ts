import type { LabelSelector, LabelSelectorRequirement, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from '../generated/types';
import { addInvalid, fieldForbidden, invalid, Path, required, sortedMap, type Errors } from './field';
import { isValidLabelValue } from './formats';
import { nameIsDNSSubdomain, validateLabelName, validateLabels } from './meta';

/** Label selectors (pkg/apis/meta/v1/validation) and node selectors (pkg/apis/core/validation). */

/** A LabelSelector as Go prints it in an error: fields in order, map keys sorted. */
export function selectorJSON(selector: LabelSelector | undefined): unknown {
  if (!selector) return null;
  const { matchLabels, matchExpressions } = selector;
  return {
    ...(matchLabels && Object.keys(matchLabels).length ? { matchLabels: sortedMap(matchLabels) } : {}),
    ...(matchExpressions?.length ? { matchExpressions: matchExpressions.map(requirementJSON) } : {}),
  };
}

const requirementJSON = (r: LabelSelectorRequirement): unknown => ({ key: r.key, operator: r.operator, ...(r.values?.length ? { values: r.values } : {}) });

export interface LabelSelectorOptions {
  /** An update may keep an invalid label value that is already stored. */
  readonly allowInvalidLabelValue?: boolean;
  /** Reviews accept operators they do not know. */
  readonly allowUnknownOperator?: boolean;
}

const STRICT: LabelSelectorOptions = {};

export function validateLabelSelector(selector: LabelSelector | undefined, path: Path, errs: Errors, options: LabelSelectorOptions = STRICT): void {
  if (!selector) return;
  if (selector.matchLabels) validateLabels(selector.matchLabels, path.child('matchLabels'), errs);
  selector.matchExpressions?.forEach((r, i) => { validateRequirement(r, path.child('matchExpressions').index(i), errs, options); });
}

function validateRequirement(requirement: LabelSelectorRequirement, path: Path, errs: Errors, options: LabelSelectorOptions): void {
  const { values = [], operator = '', key = '' } = requirement;
  switch (operator) {
    case 'In': case 'NotIn':
      if (!values.length) errs.push(required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists': case 'DoesNotExist':
      if (values.length) errs.push(fieldForbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    default:
      if (!options.allowUnknownOperator) errs.push(invalid(path.child('operator'), operator, 'not a valid selector operator'));
  }
  validateLabelName(key, path.child('key'), errs);
  if (!options.allowInvalidLabelValue) values.forEach((v, i) => { addInvalid(errs, path.child('values').index(i), v, isValidLabelValue(v)); });
}

/** Whether a stored selector holds an invalid value, which updates then may keep. */
export const selectorHasInvalidLabelValue = (selector: LabelSelector | undefined): boolean =>
  selector?.matchExpressions?.some((e) => e.values?.some((v) => isValidLabelValue(v).length > 0) ?? false) ?? false;

export const isEmptySelector = (selector: LabelSelector): boolean => Object.keys(selector.matchLabels ?? {}).length === 0 && !selector.matchExpressions?.length;

export const hasRequirements = (selector: LabelSelector): boolean => !isEmptySelector(selector);

/**
 * metav1.LabelSelectorAsSelector: a function on labels, or undefined where the selector has an error.
 * No selector matches nothing; an empty one matches everything.
 */
export function labelSelectorAsSelector(selector: LabelSelector | undefined): ((labels: { readonly [key: string]: string }) => boolean) | undefined {
  if (!selector) return () => false;
  const bad: Errors = [];
  validateLabelSelector(selector, Path.root, bad);
  if (bad.length) return undefined;
  return (labels) => {
    for (const key in selector.matchLabels) if (!hasOwn(labels, key) || labels[key] !== selector.matchLabels[key]) return false;
    return selector.matchExpressions?.every((r) => matches(r, labels)) ?? true;
  };
}

const hasOwn = (object: object, key: string): boolean => Object.prototype.hasOwnProperty.call(object, key);

function matches(r: LabelSelectorRequirement, labels: { readonly [key: string]: string }): boolean {
  const has = hasOwn(labels, r.key);
  switch (r.operator) {
    case 'In': return has && (r.values ?? []).includes(labels[r.key] ?? '');
    case 'NotIn': return !has || !(r.values ?? []).includes(labels[r.key] ?? '');
    case 'Exists': return has;
    default: return !has;
  }
}

export function validateNodeSelectorRequirement(r: NodeSelectorRequirement, path: Path, errs: Errors, allowInvalidLabelValue = false): void {
  const values = r.values ?? [];
  switch (r.operator) {
    case 'In': case 'NotIn':
      if (!values.length) errs.push(required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists': case 'DoesNotExist':
      if (values.length) errs.push(fieldForbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case 'Gt': case 'Lt':
      if (values.length !== 1) errs.push(required(path.child('values'), "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errs.push(invalid(path.child('operator'), r.operator ?? '', 'not a valid selector operator'));
  }
  validateLabelName(r.key ?? '', path.child('key'), errs);
  if (!allowInvalidLabelValue) values.forEach((v, i) => { addInvalid(errs, path.child('values').index(i), v, isValidLabelValue(v)); });
}

/** matchFields: only metadata.name, In or NotIn one value. */
function validateNodeFieldRequirement(r: NodeSelectorRequirement, path: Path, errs: Errors): void {
  const values = r.values ?? [];
  if (r.operator === 'In' || r.operator === 'NotIn') {
    if (values.length !== 1) errs.push(required(path.child('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  } else {
    errs.push(invalid(path.child('operator'), r.operator ?? '', 'not a valid selector operator'));
  }
  if (r.key !== 'metadata.name') errs.push(invalid(path.child('key'), r.key ?? '', 'not a valid field selector key'));
  else values.forEach((v, i) => { addInvalid(errs, path.child('values').index(i), v, nameIsDNSSubdomain(v, false)); });
}

export function validateNodeSelectorTerm(term: NodeSelectorTerm | undefined, path: Path, errs: Errors, allowInvalidLabelValue = false): void {
  term?.matchExpressions?.forEach((r, i) => { validateNodeSelectorRequirement(r, path.child('matchExpressions').index(i), errs, allowInvalidLabelValue); });
  term?.matchFields?.forEach((r, i) => { validateNodeFieldRequirement(r, path.child('matchFields').index(i), errs); });
}

export function validateNodeSelector(selector: NodeSelector, base: Path, errs: Errors, allowInvalidLabelValue = false): void {
  const path = base.child('nodeSelectorTerms');
  const terms = selector.nodeSelectorTerms ?? [];
  if (!terms.length) errs.push(required(path, 'must have at least one node selector term'));
  terms.forEach((term, i) => { validateNodeSelectorTerm(term, path.index(i), errs, allowInvalidLabelValue); });
}
