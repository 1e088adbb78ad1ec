import type { PodTemplateSpec, StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy, Volume } from '../../generated/types';
import { goStruct, nullable, number, pointer, text, type GoShape } from '../core/goStruct';
import { validatePersistentVolumeClaimSpec } from '../core/persistentVolumeClaim';
import { semanticEqual } from '../equal';
import { fieldForbidden, invalid, notSupported, required, type Errors, type Path } from '../field';
import { forKind } from '../kind';
import { nameIsDNSLabel, SPEC, STATUS, validateDNS1123Label, validateNonnegative, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { TEMPLATE_CREATE, updateOptions, type PodOptions } from '../pod/options';
import { NO_TEMPLATE, validatePodTemplateSpec } from '../pod/template';
import { selectorJSON } from '../selectors';
import {
  GREATER_THAN_REPLICAS, intOrPercentValue, validateAlwaysRunning, validateAtMost, validateCollisionCount, validateCounts, validateNotMoreThan100Percent, validatePositiveIntOrPercent, validateSelector,
  validateSelectorMatches,
} from './replicas';

/** StatefulSets. */
const ROLLING_UPDATE: GoShape = { Partition: ['partition', number], MaxUnavailable: ['maxUnavailable', nullable] };
const STRATEGY: GoShape = { Type: ['type', text], RollingUpdate: ['rollingUpdate', pointer(ROLLING_UPDATE)] };

/** What an update does not check again, since it may be stored from older versions. */
interface SetOptions {
  readonly allowInvalidServiceName: boolean;
  readonly skipTemplate: boolean;
  readonly skipClaimTemplates: boolean;
}
const CREATE: SetOptions = { allowInvalidServiceName: false, skipTemplate: false, skipClaimTemplates: false };

function validateStrategy(strategy: StatefulSetUpdateStrategy, path: Path, errs: Errors): void {
  const rolling = strategy.rollingUpdate;
  const at = path.child('rollingUpdate');
  if (!strategy.type) {
    errs.push(required(path, ''));
  } else if (strategy.type === 'OnDelete') {
    if (rolling) errs.push(invalid(at, goStruct(ROLLING_UPDATE, rolling), "only allowed for updateStrategy 'RollingUpdate'"));
  } else if (strategy.type !== 'RollingUpdate') {
    errs.push(invalid(path, goStruct(STRATEGY, strategy), "must be 'RollingUpdate' or 'OnDelete'"));
  } else if (rolling) {
    validateNonnegative(rolling.partition, at.child('partition'), errs);
    const unavailable = rolling.maxUnavailable;
    if (unavailable === undefined) return;
    validatePositiveIntOrPercent(unavailable, at.child('maxUnavailable'), errs);
    if (intOrPercentValue(unavailable) === 0) errs.push(invalid(at.child('maxUnavailable'), unavailable, 'cannot be 0'));
    validateNotMoreThan100Percent(unavailable, at.child('maxUnavailable'), errs);
  }
}

const RETENTION = ['Retain', 'Delete'];

function validateSpec(spec: StatefulSetSpec, errs: Errors, set: SetOptions, options: PodOptions): void {
  const policy = spec.podManagementPolicy ?? '';
  if (!policy) errs.push(required(SPEC.child('podManagementPolicy'), ''));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') errs.push(invalid(SPEC.child('podManagementPolicy'), policy, "must be 'OrderedReady' or 'Parallel'"));
  validateStrategy(spec.updateStrategy ?? {}, SPEC.child('updateStrategy'), errs);
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  if (retention) {
    for (const field of ['whenDeleted', 'whenScaled'] as const) {
      const value = retention[field] ?? '';
      if (!RETENTION.includes(value)) errs.push(notSupported(SPEC.child('persistentVolumeClaimRetentionPolicy').child(field), value, RETENTION));
    }
  }
  if (!set.skipClaimTemplates) {
    spec.volumeClaimTemplates?.forEach((claim, i) => { validatePersistentVolumeClaimSpec(claim.spec ?? {}, SPEC.child('volumeClaimTemplates').index(i).child('spec'), errs); });
  }
  validateNonnegative(spec.replicas, SPEC.child('replicas'), errs);
  validateNonnegative(spec.minReadySeconds, SPEC.child('minReadySeconds'), errs);
  validateNonnegative(spec.ordinals?.start, SPEC.child('ordinals.start'), errs);
  if (spec.serviceName && !set.allowInvalidServiceName) validateDNS1123Label(spec.serviceName, SPEC.child('serviceName'), errs);
  validateSelector(spec.selector, 'empty selector is invalid for statefulset', SPEC.child('selector'), errs);
  validateTemplate(spec, errs, set, options);
}

function validateTemplate(spec: StatefulSetSpec, errs: Errors, set: SetOptions, options: PodOptions): void {
  const template = spec.template ?? NO_TEMPLATE;
  const path = SPEC.child('template');
  let valid = true;
  validateSelectorMatches(spec.selector, template, path, errs, () => { errs.push(invalid(SPEC.child('selector'), selectorJSON(spec.selector), '')); valid = false; });
  if (valid && !set.skipTemplate) validatePodTemplateSpec(withClaimVolumes(spec, template), path, errs, options);
  validateAlwaysRunning(template, 'StatefulSet', path, errs);
}

/** The pods will have a volume for each claim template, whatever volume of that name the template has. */
function withClaimVolumes(spec: StatefulSetSpec, template: PodTemplateSpec): PodTemplateSpec {
  const names = spec.volumeClaimTemplates?.map((c) => c.metadata?.name ?? '') ?? [];
  if (!names.length || !template.spec) return template;
  const own = template.spec.volumes?.filter((v) => !names.includes(v.name)) ?? [];
  const claims: readonly Volume[] = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...template.spec, volumes: [...own, ...claims] } };
}

const MUTABLE = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'] as const;
const IMMUTABLE_SPEC = `updates to statefulset spec for fields other than ${MUTABLE.slice(0, -1).map((f) => `'${f}'`).join(', ')} and '${MUTABLE.at(-1) ?? ''}' are forbidden`;
const COUNTS = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration', 'collisionCount'] as const;

const withMutable = (spec: StatefulSetSpec, from: StatefulSetSpec): StatefulSetSpec => ({ ...spec, ...Object.fromEntries(MUTABLE.map((f) => [f, from[f]])) });

export const statefulSetValidation = forKind<StatefulSet>({
  create(object) {
    const errs: Errors = [];
    validateObjectMeta(object.metadata, true, nameIsDNSLabel, errs);
    validateSpec(object.spec ?? {}, errs, CREATE, TEMPLATE_CREATE);
    return errs;
  },
  update(object, old) {
    const errs: Errors = [];
    const spec = object.spec ?? {};
    const before = old.spec ?? {};
    const options = updateOptions(before.template?.spec, before.template?.metadata, false);
    const set = { allowInvalidServiceName: true, skipTemplate: false, skipClaimTemplates: true };
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    if (spec !== before) {
      const oldErrs: Errors = [];
      validateSpec(before, oldErrs, set, options);
      validateSpec(spec, errs, { ...set, skipTemplate: oldErrs.length > 0 }, options);
      if (!semanticEqual(withMutable(spec, before), before)) errs.push(fieldForbidden(SPEC, IMMUTABLE_SPEC));
    }
    return errs;
  },
  status(object, old) {
    const errs: Errors = [];
    const status = object.status ?? {};
    validateCounts(status, COUNTS, STATUS, errs);
    validateAtMost(status, ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'], 'replicas', GREATER_THAN_REPLICAS, STATUS, errs);
    validateAtMost(status, ['availableReplicas'], 'readyReplicas', 'cannot be greater than status.readyReplicas', STATUS, errs);
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validateCollisionCount(status.collisionCount, old.status?.collisionCount, STATUS, errs);
    return errs;
  },
});
