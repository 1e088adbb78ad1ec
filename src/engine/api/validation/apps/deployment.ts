import type { Deployment, DeploymentSpec, DeploymentStrategy, ReplicaSet, ReplicaSetSpec } from '../../generated/types';
import { goStruct, number, pointer, text, type GoShape } from '../core/goStruct';
import { fieldForbidden, invalid, notSupported, required, type Errors, type Path } from '../field';
import { forKind } from '../kind';
import { nameIsDNSSubdomain, SPEC, STATUS, validateImmutable, validateNonnegative, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { TEMPLATE_CREATE, updateOptions, type PodOptions } from '../pod/options';
import { NO_TEMPLATE } from '../pod/template';
import { selectorJSON } from '../selectors';
import {
  GREATER_THAN_REPLICAS, intOrPercentValue, validateAtMost, validateCollisionCount, validateCounts, validateNotMoreThan100Percent, validatePositiveIntOrPercent, validateReplicaSetTemplate, validateSelector,
} from './replicas';

/** Deployments and ReplicaSets. */
const ROLLING_UPDATE: GoShape = { MaxUnavailable: ['maxUnavailable', number], MaxSurge: ['maxSurge', number] };
const STRATEGY: GoShape = { Type: ['type', text], RollingUpdate: ['rollingUpdate', pointer(ROLLING_UPDATE)] };
/** The original says "deployment" for both. */
const EMPTY = 'empty selector is invalid for deployment';

function validateStrategy(strategy: DeploymentStrategy, path: Path, errs: Errors): void {
  const rolling = strategy.rollingUpdate;
  const at = path.child('rollingUpdate');
  if (strategy.type === 'Recreate') {
    if (rolling) errs.push(fieldForbidden(at, "may not be specified when strategy `type` is 'Recreate'"));
  } else if (strategy.type !== 'RollingUpdate') {
    errs.push(notSupported(path, goStruct(STRATEGY, strategy), ['Recreate', 'RollingUpdate']));
  } else if (!rolling) {
    errs.push(required(at, 'this should be defaulted and never be nil'));
  } else {
    const { maxUnavailable = 0, maxSurge = 0 } = rolling;
    validatePositiveIntOrPercent(maxUnavailable, at.child('maxUnavailable'), errs);
    validatePositiveIntOrPercent(maxSurge, at.child('maxSurge'), errs);
    if (intOrPercentValue(maxUnavailable) === 0 && intOrPercentValue(maxSurge) === 0) errs.push(invalid(at.child('maxUnavailable'), maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
    validateNotMoreThan100Percent(maxUnavailable, at.child('maxUnavailable'), errs);
  }
}

function validateDeploymentSpec(spec: DeploymentSpec, errs: Errors, options: PodOptions): void {
  validateNonnegative(spec.replicas, SPEC.child('replicas'), errs);
  validateSelector(spec.selector, EMPTY, SPEC.child('selector'), errs);
  validateReplicaSetTemplate(spec.template ?? NO_TEMPLATE, spec.selector, SPEC, errs, options);
  validateStrategy(spec.strategy ?? {}, SPEC.child('strategy'), errs);
  validateNonnegative(spec.minReadySeconds, SPEC.child('minReadySeconds'), errs);
  validateNonnegative(spec.revisionHistoryLimit, SPEC.child('revisionHistoryLimit'), errs);
  const deadline = spec.progressDeadlineSeconds;
  if (deadline === undefined) return;
  validateNonnegative(deadline, SPEC.child('progressDeadlineSeconds'), errs);
  if (deadline <= (spec.minReadySeconds ?? 0)) errs.push(invalid(SPEC.child('progressDeadlineSeconds'), deadline, 'must be greater than minReadySeconds'));
}

const DEPLOYMENT_COUNTS = ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas', 'collisionCount'] as const;

export const deploymentValidation = forKind<Deployment>({
  create(object) {
    const errs: Errors = [];
    validateObjectMeta(object.metadata, true, nameIsDNSSubdomain, errs);
    validateDeploymentSpec(object.spec ?? {}, errs, TEMPLATE_CREATE);
    return errs;
  },
  update(object, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validateDeploymentSpec(object.spec ?? {}, errs, updateOptions(old.spec?.template?.spec, old.spec?.template?.metadata, false));
    validateImmutable(object.spec?.selector, old.spec?.selector, SPEC.child('selector'), errs, selectorJSON(object.spec?.selector));
    return errs;
  },
  status(object, old) {
    const errs: Errors = [];
    const status = object.status ?? {};
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validateCounts(status, DEPLOYMENT_COUNTS, STATUS, errs);
    validateAtMost(status, ['updatedReplicas', 'readyReplicas', 'availableReplicas'], 'replicas', GREATER_THAN_REPLICAS, STATUS, errs);
    validateAtMost(status, ['availableReplicas'], 'readyReplicas', 'cannot be greater than readyReplicas', STATUS, errs);
    validateCollisionCount(status.collisionCount, old.status?.collisionCount, STATUS, errs);
    return errs;
  },
});

function validateReplicaSetSpec(spec: ReplicaSetSpec, errs: Errors, options: PodOptions): void {
  validateNonnegative(spec.replicas, SPEC.child('replicas'), errs);
  validateNonnegative(spec.minReadySeconds, SPEC.child('minReadySeconds'), errs);
  validateSelector(spec.selector, EMPTY, SPEC.child('selector'), errs);
  validateReplicaSetTemplate(spec.template ?? NO_TEMPLATE, spec.selector, SPEC, errs, options);
}

export const REPLICA_SET_COUNTS = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'] as const;
type ReplicaCounts = { readonly [K in (typeof REPLICA_SET_COUNTS)[number]]?: number };

/** Also a ReplicationController's. */
export function validateReplicaCounts(status: ReplicaCounts, errs: Errors): void {
  validateCounts(status, REPLICA_SET_COUNTS, STATUS, errs);
  validateAtMost(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], 'replicas', GREATER_THAN_REPLICAS, STATUS, errs);
  validateAtMost(status, ['availableReplicas'], 'readyReplicas', 'cannot be greater than readyReplicas', STATUS, errs);
}

export const replicaSetValidation = forKind<ReplicaSet>({
  create(object) {
    const errs: Errors = [];
    validateObjectMeta(object.metadata, true, nameIsDNSSubdomain, errs);
    validateReplicaSetSpec(object.spec ?? {}, errs, TEMPLATE_CREATE);
    return errs;
  },
  update(object, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validateReplicaSetSpec(object.spec ?? {}, errs, updateOptions(old.spec?.template?.spec, old.spec?.template?.metadata, false));
    validateImmutable(object.spec?.selector, old.spec?.selector, SPEC.child('selector'), errs, selectorJSON(object.spec?.selector));
    return errs;
  },
  status(object, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validateReplicaCounts(object.status ?? {}, errs);
    return errs;
  },
});
