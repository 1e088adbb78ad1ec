import type { ReplicationController, ReplicationControllerSpec } from '../../generated/types';
import { addInvalid, invalid, required, sortedMap, type Errors } from '../field';
import { isLongName } from '../formats';
import { forKind } from '../kind';
import { SPEC, validateNonnegative, validateObjectMetaUpdate, validateObjectMetaWithOpts } from '../meta';
import { TEMPLATE_CREATE, updateOptions, type PodOptions } from '../pod/options';
import { validatePodTemplateSpec } from '../pod/template';
import { validateReplicaCounts } from './deployment';
import { validateAlwaysRunning } from './replicas';

/** ReplicationControllers: their selector is a plain map. */
function validateSpec(spec: ReplicationControllerSpec, errs: Errors, options: PodOptions): void {
  validateNonnegative(spec.minReadySeconds, SPEC.child('minReadySeconds'), errs);
  const selector = spec.selector ?? {};
  const keys = Object.keys(selector);
  if (!keys.length) errs.push(required(SPEC.child('selector'), ''));
  if (spec.replicas === undefined) errs.push(required(SPEC.child('replicas'), ''));
  else validateNonnegative(spec.replicas, SPEC.child('replicas'), errs);
  const path = SPEC.child('template');
  const { template } = spec;
  if (!template) { errs.push(required(path, '')); return; }
  const labels = template.metadata?.labels;
  if (keys.some((key) => labels?.[key] !== selector[key])) errs.push(invalid(path.child('metadata', 'labels'), sortedMap(labels), '`selector` does not match template `labels`'));
  validatePodTemplateSpec(template, path, errs, options);
  validateAlwaysRunning(template, 'ReplicationController', path, errs);
}

export const replicationControllerValidation = forKind<ReplicationController>({
  create(object) {
    const errs: Errors = [];
    validateObjectMetaWithOpts(object.metadata, true, (path, name, into) => { addInvalid(into, path, name, isLongName(name)); }, errs);
    validateSpec(object.spec ?? {}, errs, TEMPLATE_CREATE);
    return errs;
  },
  update(object, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validateSpec(object.spec ?? {}, errs, updateOptions(old.spec?.template?.spec, old.spec?.template?.metadata, false));
    return errs;
  },
  status(object, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validateReplicaCounts(object.status ?? {}, errs);
    return errs;
  },
});
