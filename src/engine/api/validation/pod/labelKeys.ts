import type { LabelSelector } from '../../generated/types';
import { fieldForbidden, invalid, type Errors, type Path } from '../field';
import { validateLabelName } from '../meta';

/** matchLabelKeys and mismatchLabelKeys of pod affinity terms and topology spread constraints. */
function validateKeys(keys: readonly string[] | undefined, selector: LabelSelector | undefined, path: Path, errs: Errors): void {
  if (!keys?.length) return;
  if (!selector) errs.push(fieldForbidden(path, 'must not be specified when labelSelector is not set'));
  else keys.forEach((key, i) => { validateLabelName(key, path.index(i), errs); });
}

/**
 * The keys were merged into the selector before (as matchExpressions), so that a key found there twice was in both.
 * The path of that error is the constraint's with the key's index: Kubernetes' own slip, kept.
 */
export function validateMatchLabelKeys(
  match: readonly string[] | undefined, mismatch: readonly string[] | undefined, selector: LabelSelector | undefined, path: Path, errs: Errors,
): void {
  validateKeys(match, selector, path.child('matchLabelKeys'), errs);
  validateKeys(mismatch, selector, path.child('mismatchLabelKeys'), errs);
  if (!match?.length) return;
  const seen = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    const i = match.lastIndexOf(key);
    if (i >= 0 && seen.has(key)) errs.push(invalid(path.index(i), key, 'exists in both matchLabelKeys and labelSelector'));
    seen.add(key);
  }
  match.forEach((key, i) => {
    if (mismatch?.includes(key)) errs.push(invalid(path.child('matchLabelKeys').index(i), key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  });
}

/** The rule of before keys were merged into the selector, for stored objects that only satisfy this one. */
export function validateUnmergedLabelKeys(match: readonly string[] | undefined, selector: LabelSelector | undefined, path: Path, errs: Errors): void {
  if (!match?.length) return;
  if (!selector) errs.push(fieldForbidden(path, 'must not be specified when labelSelector is not set'));
  const keys = new Set([...Object.keys(selector?.matchLabels ?? {}), ...(selector?.matchExpressions ?? []).map((e) => e.key)]);
  match.forEach((key, i) => {
    validateLabelName(key, path.index(i), errs);
    if (keys.has(key)) errs.push(invalid(path.index(i), key, 'exists in both matchLabelKeys and labelSelector'));
  });
}
