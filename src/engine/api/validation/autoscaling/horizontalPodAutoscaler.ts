import type {
  V2HorizontalPodAutoscaler, V2HorizontalPodAutoscalerSpec, V2HPAScalingPolicy, V2HPAScalingRules,
} from '../../generated/types';
import { fieldForbidden, invalid, notSupported, required, type Errors, type Path } from '../field';
import { isDNS1123Subdomain } from '../formats';
import { forKind } from '../kind';
import { NOT_NEGATIVE, SPEC, STATUS, nameIsDNSSubdomain, validateNonnegative, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { validateNonnegativeQuantity } from '../core/values';
import { validateMetrics } from './metrics';
import { apiVersionProblem, validateObjectReference, type ReferenceOptions } from './reference';

const MAX_PERIOD_SECONDS = 1800;
const MAX_STABILIZATION_SECONDS = 3600;
const SELECT_POLICIES: readonly string[] = ['Disabled', 'Max', 'Min'];
const POLICY_TYPES: readonly string[] = ['Percent', 'Pods'];

/** What an update may keep because it is stored. */
export interface HPAOptions {
  /** 0 where the stored object already scales to zero. */
  readonly minReplicas: number;
  readonly target: ReferenceOptions;
  readonly objects: ReferenceOptions;
}

function validatePolicy(policy: V2HPAScalingPolicy, path: Path, errs: Errors): void {
  const { type = '', value = 0, periodSeconds = 0 } = policy;
  if (!POLICY_TYPES.includes(type)) errs.push(notSupported(path.child('type'), type, POLICY_TYPES));
  if (value <= 0) errs.push(invalid(path.child('value'), value, 'must be greater than zero'));
  if (periodSeconds <= 0) errs.push(invalid(path.child('periodSeconds'), periodSeconds, 'must be greater than zero'));
  if (periodSeconds > MAX_PERIOD_SECONDS) errs.push(invalid(path.child('periodSeconds'), periodSeconds, `must be less than or equal to ${MAX_PERIOD_SECONDS}`));
}

function validateScalingRules(rules: V2HPAScalingRules | undefined, path: Path, errs: Errors): void {
  if (!rules) return;
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  if (window !== undefined && window < 0) errs.push(invalid(path.child('stabilizationWindowSeconds'), window, 'must be greater than or equal to zero'));
  if (window !== undefined && window > MAX_STABILIZATION_SECONDS) errs.push(invalid(path.child('stabilizationWindowSeconds'), window, `must be less than or equal to ${MAX_STABILIZATION_SECONDS}`));
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy)) errs.push(notSupported(path.child('selectPolicy'), selectPolicy, SELECT_POLICIES));
  if (!policies.length) errs.push(required(path.child('policies'), 'must specify at least one Policy'));
  policies.forEach((policy, i) => { validatePolicy(policy, path.child('policies').index(i), errs); });
  if (tolerance !== undefined) validateNonnegativeQuantity(tolerance, path.child('tolerance'), errs);
}

function validateSpec(spec: Partial<V2HorizontalPodAutoscalerSpec>, options: HPAOptions, errs: Errors): void {
  const { minReplicas, maxReplicas = 0 } = spec;
  if (minReplicas !== undefined && minReplicas < options.minReplicas) errs.push(invalid(SPEC.child('minReplicas'), minReplicas, `must be greater than or equal to ${options.minReplicas}`));
  if (maxReplicas < 1) errs.push(invalid(SPEC.child('maxReplicas'), maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) errs.push(invalid(SPEC.child('maxReplicas'), maxReplicas, 'must be greater than or equal to `minReplicas`'));
  validateObjectReference(spec.scaleTargetRef, options.target, SPEC.child('scaleTargetRef'), errs);
  const metrics = SPEC.child('metrics');
  validateMetrics(spec.metrics ?? [], options.objects, metrics, errs);
  if (minReplicas === 0 && !spec.metrics?.some((m) => m.type === 'Object' || m.type === 'External')) {
    errs.push(fieldForbidden(metrics, 'must specify at least one Object or External metric to support scaling to zero replicas'));
  }
  validateScalingRules(spec.behavior?.scaleUp, SPEC.child('behavior', 'scaleUp'), errs);
  validateScalingRules(spec.behavior?.scaleDown, SPEC.child('behavior', 'scaleDown'), errs);
}

const CREATE: HPAOptions = {
  minReplicas: 1, target: { allowEmptyGroup: false, allowInvalidVersion: false }, objects: { allowEmptyGroup: true, allowInvalidVersion: false },
};

/** HPAScaleToZero is off, but a stored object that scales to zero may stay so. */
function optionsOf(old: V2HorizontalPodAutoscaler): HPAOptions {
  const target = apiVersionProblem(old.spec?.scaleTargetRef, CREATE.target) !== '';
  const objects = old.spec?.metrics?.some((m) => m.type === 'Object' && m.object && apiVersionProblem(m.object.describedObject, CREATE.objects) !== '') ?? false;
  return {
    minReplicas: old.spec?.minReplicas === 0 ? 0 : 1,
    target: { allowEmptyGroup: false, allowInvalidVersion: target },
    objects: { allowEmptyGroup: true, allowInvalidVersion: objects },
  };
}

export const horizontalPodAutoscalerValidation = forKind<V2HorizontalPodAutoscaler>({
  create(autoscaler) {
    const errs: Errors = [];
    validateObjectMeta(autoscaler.metadata, true, nameIsDNSSubdomain, errs);
    validateSpec(autoscaler.spec ?? {}, CREATE, errs);
    return errs;
  },
  update(autoscaler, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(autoscaler.metadata, old.metadata, errs);
    validateSpec(autoscaler.spec ?? {}, optionsOf(old), errs);
    return errs;
  },
  status(autoscaler, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(autoscaler.metadata, old.metadata, errs);
    validateNonnegative(autoscaler.status?.currentReplicas, STATUS.child('currentReplicas'), errs);
    validateNonnegative(autoscaler.status?.desiredReplicas, STATUS.child('desiredReplicas'), errs);
    return errs;
  },
});

/** The body of a scale subresource. */
export interface ScaleLike {
  readonly metadata: { readonly name?: string; readonly namespace?: string };
  readonly spec?: { readonly replicas?: number };
}

/** ValidateScale: run on a write to any scale subresource, before the object itself is validated. */
export function validateScale(scale: ScaleLike): Errors {
  const errs: Errors = [];
  const name = scale.metadata.name ?? '';
  const metadata = { ...scale.metadata, name, creationTimestamp: '', resourceVersion: '', uid: '' };
  validateObjectMeta(metadata, true, (value) => isDNS1123Subdomain(value), errs);
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas < 0) errs.push(invalid(SPEC.child('replicas'), replicas, NOT_NEGATIVE));
  return errs;
}
