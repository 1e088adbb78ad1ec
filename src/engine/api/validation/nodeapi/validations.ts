import type { RuntimeClass } from '../../generated/types';
import { addInvalid, Path, type Errors } from '../field';
import { isDNS1123Label } from '../formats';
import { forKind, type KindValidations } from '../kind';
import { nameIsDNSSubdomain, validateImmutable, validateLabels } from '../meta';
import { validateGenericMeta, validateGenericMetaUpdate } from '../core/commonMeta';
import { TEMPLATE_CREATE } from '../pod/options';
import { validateContainerResources } from '../pod/resources';
import { validateTolerations } from '../pod/scheduling';
import { dynamicResourceValidations } from './dynamicResources';

/** node.k8s.io, and resource.k8s.io in dynamicResources.ts. */
const HANDLER = Path.of('handler');
const SCHEDULING = Path.of('scheduling');
const NO_CLAIMS: ReadonlySet<string> = new Set();

function validateRuntimeClass(runtimeClass: RuntimeClass): Errors {
  const errs: Errors = [];
  const { handler = '', overhead, scheduling } = runtimeClass;
  validateGenericMeta(runtimeClass.metadata, false, nameIsDNSSubdomain, errs);
  addInvalid(errs, HANDLER, handler, isDNS1123Label(handler));
  // The overhead is judged like the limits of a container.
  if (overhead) validateContainerResources({ limits: overhead.podFixed }, NO_CLAIMS, Path.of('overhead'), errs, TEMPLATE_CREATE);
  if (scheduling) {
    validateLabels(scheduling.nodeSelector, SCHEDULING.child('nodeSelector'), errs);
    validateTolerations(scheduling.tolerations, SCHEDULING.child('tolerations'), errs);
  }
  return errs;
}

const runtimeClassValidation = forKind<RuntimeClass>({
  create: validateRuntimeClass,
  update(runtimeClass, old) {
    const errs = validateRuntimeClass(runtimeClass);
    validateGenericMetaUpdate(runtimeClass.metadata, old.metadata, errs);
    validateImmutable(runtimeClass.handler ?? '', old.handler ?? '', HANDLER, errs);
    return errs;
  },
});

export const nodeapiValidations: KindValidations = { 'node.k8s.io/RuntimeClass': runtimeClassValidation, ...dynamicResourceValidations };
