import type { Pod, PodSpec, Toleration } from '../../generated/types';
import { fieldForbidden, invalid, type Errors, type Path } from '../field';
import { deletionCostIsValid, POD_DELETION_COST } from './deletionCost';
import type { PodOptions } from './options';
import { validateTolerations } from './scheduling';
import { isAppArmorAnnotation, validateSecurityAnnotations } from './security';

/** Annotations that mean something to the API server. */
export const MIRROR = 'kubernetes.io/config.mirror';
const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations';

export function validatePodAnnotations(annotations: { readonly [key: string]: string } | undefined, spec: PodSpec, path: Path, errs: Errors, options: PodOptions): void {
  if (!annotations) return;
  const mirror = annotations[MIRROR];
  if (mirror !== undefined && !spec.nodeName) errs.push(invalid(path.key(MIRROR), mirror, 'must set spec.nodeName if mirror pod annotation is set'));
  if (annotations[TOLERATIONS]) validateTolerationsAnnotation(annotations[TOLERATIONS], path, errs);
  if (!options.allowInvalidPodDeletionCost && !deletionCostIsValid(annotations)) {
    errs.push(invalid(path.key(POD_DELETION_COST), annotations[POD_DELETION_COST], 'must be a 32bit integer'));
  }
  validateSecurityAnnotations(annotations, spec, path, errs);
}

function validateTolerationsAnnotation(text: string, path: Path, errs: Errors): void {
  let parsed: unknown;
  try { parsed = JSON.parse(text); } catch { parsed = undefined; }
  if (Array.isArray(parsed)) validateTolerations(parsed.filter((t): t is Toleration => typeof t === 'object' && t !== null), path.child(TOLERATIONS), errs);
  else errs.push(invalid(path, TOLERATIONS, 'invalid character looking for beginning of value'));
}

/** What may not be added, changed or removed on update, then the rules above. */
export function validatePodAnnotationUpdates(pod: Pod, old: Pod, path: Path, errs: Errors, options: PodOptions): void {
  const now = pod.metadata.annotations ?? {};
  const before = old.metadata.annotations ?? {};
  for (const key in before) {
    if (now[key] === before[key]) continue;
    if (isAppArmorAnnotation(key)) errs.push(fieldForbidden(path.key(key), 'may not remove or update AppArmor annotations'));
    if (key === MIRROR) errs.push(fieldForbidden(path.key(key), 'may not remove or update mirror pod annotation'));
  }
  for (const key in now) {
    if (before[key] !== undefined) continue;
    if (isAppArmorAnnotation(key)) errs.push(fieldForbidden(path.key(key), 'may not add AppArmor annotations'));
    if (key === MIRROR) errs.push(fieldForbidden(path.key(key), 'may not add mirror pod annotation'));
  }
  validatePodAnnotations(pod.metadata.annotations, pod.spec, path, errs, options);
}
