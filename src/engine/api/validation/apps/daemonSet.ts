import type { ControllerRevision, DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy } from '../../generated/types';
import { goStruct, number, pointer, text, type GoShape } from '../core/goStruct';
import { invalid, notSupported, Path, required, type Errors } from '../field';
import { forKind } from '../kind';
import { nameIsDNSSubdomain, SPEC, STATUS, validateImmutable, validateNonnegative, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { TEMPLATE_CREATE, updateOptions, type PodOptions } from '../pod/options';
import { NO_TEMPLATE, validatePodTemplateSpec } from '../pod/template';
import { isEmptySelector, selectorJSON, validateLabelSelector } from '../selectors';
import { intOrPercentValue, validateAlwaysRunning, validateCollisionCount, validateCounts, validateNotMoreThan100Percent, validatePositiveIntOrPercent, validateSelectorMatches } from './replicas';

/** DaemonSets and ControllerRevisions. */
const ROLLING_UPDATE: GoShape = { MaxUnavailable: ['maxUnavailable', number], MaxSurge: ['maxSurge', number] };
const STRATEGY: GoShape = { Type: ['type', text], RollingUpdate: ['rollingUpdate', pointer(ROLLING_UPDATE)] };

function validateStrategy(strategy: DaemonSetUpdateStrategy, path: Path, errs: Errors): void {
  if (strategy.type === 'OnDelete') return;
  if (strategy.type !== 'RollingUpdate') { errs.push(notSupported(path, goStruct(STRATEGY, strategy), ['RollingUpdate', 'OnDelete'])); return; }
  const at = path.child('rollingUpdate');
  if (!strategy.rollingUpdate) { errs.push(required(at, '')); return; }
  const { maxUnavailable = 0, maxSurge = 0 } = strategy.rollingUpdate;
  validatePositiveIntOrPercent(maxUnavailable, at.child('maxUnavailable'), errs);
  validatePositiveIntOrPercent(maxSurge, at.child('maxSurge'), errs);
  validateNotMoreThan100Percent(maxUnavailable, at.child('maxUnavailable'), errs);
  validateNotMoreThan100Percent(maxSurge, at.child('maxSurge'), errs);
  const [unavailable, surge] = [intOrPercentValue(maxUnavailable) !== 0, intOrPercentValue(maxSurge) !== 0];
  if (unavailable && surge) errs.push(invalid(at.child('maxSurge'), maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (!unavailable && !surge) errs.push(required(at.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0'));
}

function validateSpec(spec: DaemonSetSpec, errs: Errors, options: PodOptions): void {
  const { selector, template = NO_TEMPLATE } = spec;
  const path = SPEC.child('template');
  validateLabelSelector(selector, SPEC.child('selector'), errs, { allowInvalidLabelValue: options.allowInvalidLabelValueInSelector });
  validateSelectorMatches(selector, template, path, errs, () => undefined);
  if (selector && isEmptySelector(selector)) errs.push(invalid(SPEC.child('selector'), selectorJSON(selector), 'empty selector is invalid for daemonset'));
  validatePodTemplateSpec(template, path, errs, options);
  validateAlwaysRunning(template, 'DaemonSet', path, errs);
  validateNonnegative(spec.minReadySeconds, SPEC.child('minReadySeconds'), errs);
  validateStrategy(spec.updateStrategy ?? {}, SPEC.child('updateStrategy'), errs);
  validateNonnegative(spec.revisionHistoryLimit, SPEC.child('revisionHistoryLimit'), errs);
}

const COUNTS = [
  'currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'observedGeneration', 'updatedNumberScheduled', 'numberAvailable', 'numberUnavailable', 'collisionCount',
] as const;

export const daemonSetValidation = forKind<DaemonSet>({
  create(object) {
    const errs: Errors = [];
    validateObjectMeta(object.metadata, true, nameIsDNSSubdomain, errs);
    validateSpec(object.spec ?? {}, errs, TEMPLATE_CREATE);
    return errs;
  },
  update(object, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validateSpec(object.spec ?? {}, errs, updateOptions(old.spec?.template?.spec, old.spec?.template?.metadata, false));
    validateImmutable(object.spec?.selector, old.spec?.selector, SPEC.child('selector'), errs, selectorJSON(object.spec?.selector));
    return errs;
  },
  status(object, old) {
    const errs: Errors = [];
    const status = object.status ?? {};
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validateCounts(status, COUNTS, STATUS, errs);
    validateCollisionCount(status.collisionCount, old.status?.collisionCount, STATUS, errs);
    return errs;
  },
});

function validateRevision(object: ControllerRevision, errs: Errors): void {
  validateObjectMeta(object.metadata, true, nameIsDNSSubdomain, errs);
  if (object.data === undefined || object.data === null) errs.push(required(Path.of('data'), 'data is mandatory'));
  validateNonnegative(object.revision, Path.of('revision'), errs);
}

export const controllerRevisionValidation = forKind<ControllerRevision>({
  create(object) {
    const errs: Errors = [];
    validateRevision(object, errs);
    return errs;
  },
  update(object, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(object.metadata, old.metadata, errs);
    validateRevision(object, errs);
    validateImmutable(object.data, old.data, Path.of('data'), errs);
    return errs;
  },
});
