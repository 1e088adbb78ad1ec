import type { PodSpec, PodTemplateSpec } from '../../generated/types';
import { fieldForbidden, type Errors, type Path } from '../field';
import { validateAnnotations, validateLabels } from '../meta';
import { validatePodAnnotations } from './annotations';
import type { PodOptions } from './options';
import { validateProfilesMatchAnnotations } from './security';
import { validatePodSpec } from './spec';

const NO_SPEC: PodSpec = { containers: [] };
export const NO_TEMPLATE: PodTemplateSpec = {};

/** ValidatePodTemplateSpec: the labels' path lacks "metadata", as in Kubernetes. */
export function validatePodTemplateSpec(template: PodTemplateSpec, path: Path, errs: Errors, options: PodOptions): void {
  const { metadata, spec = NO_SPEC } = template;
  validateLabels(metadata?.labels, path.child('labels'), errs);
  validateAnnotations(metadata?.annotations, path.child('annotations'), errs);
  validatePodAnnotations(metadata?.annotations, spec, path.child('annotations'), errs, options);
  validatePodSpec(spec, undefined, path.child('spec'), errs, options);
  validateProfilesMatchAnnotations(metadata, spec, path.child('spec'), errs);
  if (spec.ephemeralContainers?.length) errs.push(fieldForbidden(path.child('spec', 'ephemeralContainers'), 'ephemeral containers not allowed in pod template'));
}
