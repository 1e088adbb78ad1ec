import type { Pod, PodTemplate } from '../../generated/types';
import { fieldForbidden, Path, type ErrorList, type Errors } from '../field';
import { forKind } from '../kind';
import { METADATA, nameIsDNSSubdomain, SPEC, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { validatePodAnnotations } from './annotations';
import { validateContainerOnlyForPod } from './containers';
import { validateEphemeralContainersUpdate } from './ephemeralUpdate';
import { POD_CREATE, TEMPLATE_CREATE, updateOptions, type PodOptions } from './options';
import { validatePodResize } from './resize';
import { validateProfilesMatchAnnotations } from './security';
import { validatePodSpec } from './spec';
import { validatePodStatusUpdate } from './status';
import { NO_TEMPLATE, validatePodTemplateSpec } from './template';
import { validatePodUpdate } from './update';

/** Pods and PodTemplates. */
function validatePodMetadataAndSpec(pod: Pod, errs: Errors, options: PodOptions): void {
  const spec = pod.spec ?? { containers: [] };
  validateObjectMeta(pod.metadata, true, nameIsDNSSubdomain, errs);
  validatePodAnnotations(pod.metadata.annotations, spec, METADATA.child('annotations'), errs, options);
  validatePodSpec(spec, pod.metadata, SPEC, errs, options);
  if (!spec.serviceAccountName) validateNoToken(pod, errs);
  spec.containers?.forEach((c, i) => { validateContainerOnlyForPod(c, SPEC.child('containers').index(i), errs); });
  spec.initContainers?.forEach((c, i) => { validateContainerOnlyForPod(c, SPEC.child('initContainers').index(i), errs); });
}

function validateNoToken(pod: Pod, errs: Errors): void {
  pod.spec?.volumes?.forEach((volume, i) => volume.projected?.sources?.forEach((source, j) => {
    if (!source.serviceAccountToken) return;
    const path = SPEC.child('volumes').index(i).child('projected').child('sources').index(j).child('serviceAccountToken');
    errs.push(fieldForbidden(path, 'must not be specified when serviceAccountName is not set'));
  }));
}

function validatePodCreate(pod: Pod): ErrorList {
  const errs: Errors = [];
  validatePodMetadataAndSpec(pod, errs, POD_CREATE);
  const { spec } = pod;
  if (!spec) return errs;
  if (spec.ephemeralContainers?.length) errs.push(fieldForbidden(SPEC.child('ephemeralContainers'), 'cannot be set on create'));
  if (spec.nodeName && spec.schedulingGates?.length) errs.push(fieldForbidden(SPEC.child('nodeName'), 'cannot be set until all schedulingGates have been cleared'));
  validateProfilesMatchAnnotations(pod.metadata, spec, SPEC, errs);
  return errs;
}

const podOptions = (old: Pod): PodOptions => updateOptions(old.spec, old.metadata, true);

/** Options where only annotations are looked at. */
const annotationOptions = (old: Pod): PodOptions => updateOptions(undefined, old.metadata, true);

export const podValidation = forKind<Pod>({
  create: validatePodCreate,
  update(pod, old) {
    const errs: Errors = [];
    // The very spec that is stored was valid when it was stored: most updates write labels, annotations and owners only.
    const sameSpec = pod.spec === old.spec;
    const options = sameSpec ? annotationOptions(old) : podOptions(old);
    validateObjectMetaUpdate(pod.metadata, old.metadata, errs);
    if (sameSpec) validateObjectMeta(pod.metadata, true, nameIsDNSSubdomain, errs);
    else validatePodMetadataAndSpec(pod, errs, options);
    validatePodUpdate(pod, old, errs, options);
    return errs;
  },
  status(pod, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(pod.metadata, old.metadata, errs);
    validatePodStatusUpdate(pod, old, errs, annotationOptions(old));
    return errs;
  },
  subresources: {
    ephemeralcontainers: {
      update(pod, old) {
        const errs: Errors = [];
        const options = podOptions(old);
        validateObjectMetaUpdate(pod.metadata, old.metadata, errs);
        validatePodMetadataAndSpec(pod, errs, options);
        return validateEphemeralContainersUpdate(pod, old, errs, options);
      },
    },
    resize: {
      update(pod, old) {
        const errs: Errors = [];
        validateObjectMetaUpdate(pod.metadata, old.metadata, errs);
        validatePodMetadataAndSpec(pod, errs, podOptions(old));
        return validatePodResize(pod, old, errs);
      },
    },
  },
});

const TEMPLATE = Path.of('template');

export const podTemplateValidation = forKind<PodTemplate>({
  create(object) {
    const errs: Errors = [];
    validateObjectMeta(object.metadata, true, nameIsDNSSubdomain, errs);
    validatePodTemplateSpec(object.template ?? NO_TEMPLATE, TEMPLATE, errs, TEMPLATE_CREATE);
    return errs;
  },
  update(object, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validatePodTemplateSpec(object.template ?? NO_TEMPLATE, TEMPLATE, errs, updateOptions(old.template?.spec, old.template?.metadata, false));
    return errs;
  },
});

