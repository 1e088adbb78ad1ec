import type { PriorityClass } from '../../generated/types';
import { fieldForbidden, notSupported, Path, required, type Errors } from '../field';
import { forKind, type KindValidations } from '../kind';
import { METADATA, nameIsDNSSubdomain, validateImmutable, validateObjectMeta, validateObjectMetaUpdate } from '../meta';

/** scheduling.k8s.io */
const HIGHEST_USER_PRIORITY = 1_000_000_000;
const SYSTEM_PREFIX = 'system-';
const SYSTEM_CLASSES: { readonly [name: string]: number } = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 };
const POLICY = Path.of('preemptionPolicy');
const VALUE = Path.of('value');

/** Why the class is not one of the two that Kubernetes itself makes; '' where it is. */
function systemProblem(name: string, value: number, globalDefault: boolean): string {
  const known = SYSTEM_CLASSES[name];
  if (known === undefined) return `${name} is not a known system priority class`;
  if (value !== known) return `value of ${name} PriorityClass must be ${known}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : '';
}

function validateName(priorityClass: PriorityClass, errs: Errors): void {
  const { metadata: { name }, value = 0, globalDefault = false } = priorityClass;
  if (name.startsWith(SYSTEM_PREFIX)) {
    const problem = systemProblem(name, value, globalDefault);
    if (problem) errs.push(fieldForbidden(METADATA.child('name'), `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${problem}`));
  } else if (value > HIGHEST_USER_PRIORITY) {
    errs.push(fieldForbidden(VALUE, `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`));
  }
}

const priorityClassValidation = forKind<PriorityClass>({
  create(priorityClass) {
    const errs: Errors = [];
    validateObjectMeta(priorityClass.metadata, false, nameIsDNSSubdomain, errs);
    validateName(priorityClass, errs);
    const policy = priorityClass.preemptionPolicy;
    if (policy === '') errs.push(required(POLICY, ''));
    else if (policy !== undefined && policy !== 'PreemptLowerPriority' && policy !== 'Never') errs.push(notSupported(POLICY, policy, ['PreemptLowerPriority', 'Never']));
    return errs;
  },
  update(priorityClass, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(priorityClass.metadata, old.metadata, errs);
    if ((priorityClass.value ?? 0) !== (old.value ?? 0)) errs.push(fieldForbidden(VALUE, 'may not be changed in an update.'));
    validateImmutable(priorityClass.preemptionPolicy, old.preemptionPolicy, POLICY, errs);
    return errs;
  },
});

export const schedulingValidations: KindValidations = { 'scheduling.k8s.io/PriorityClass': priorityClassValidation };
