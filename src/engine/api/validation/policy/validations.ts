import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from '../../generated/types';
import { addInvalid, invalid, notSupported, type Errors, type Path } from '../field';
import { isValidPercent } from '../formats';
import { forKind, type KindValidations } from '../kind';
import { SPEC, STATUS, validateNonnegative } from '../meta';
import { selectorHasInvalidLabelValue, selectorJSON, validateLabelSelector } from '../selectors';
import { goStruct, nullable, type GoShape } from '../core/goStruct';
import { validateConditions } from '../core/conditions';
import { validateCommonMeta } from '../core/commonMeta';

const SPEC_SHAPE: GoShape = {
  MinAvailable: ['minAvailable', nullable], Selector: ['selector', nullable], MaxUnavailable: ['maxUnavailable', nullable], UnhealthyPodEvictionPolicy: ['unhealthyPodEvictionPolicy', nullable],
};
const EVICTION_POLICIES: readonly string[] = ['AlwaysAllow', 'IfHealthyBudget'];

/** A count of pods, or a percentage up to 100%. */
function validateAmount(amount: number | string, path: Path, errs: Errors): void {
  if (typeof amount === 'number') { validateNonnegative(amount, path, errs); return; }
  const messages = isValidPercent(amount);
  addInvalid(errs, path, amount, messages);
  if (!messages.length && Number(amount.slice(0, -1)) > 100) errs.push(invalid(path, amount, 'must not be greater than 100%'));
}

function validateSpec(spec: PodDisruptionBudgetSpec, allowInvalidLabelValue: boolean, errs: Errors): void {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    errs.push(invalid(SPEC, goStruct(SPEC_SHAPE, { ...spec, selector: selectorJSON(spec.selector) }), 'minAvailable and maxUnavailable cannot be both set'));
  }
  if (minAvailable !== undefined) validateAmount(minAvailable, SPEC.child('minAvailable'), errs);
  if (maxUnavailable !== undefined) validateAmount(maxUnavailable, SPEC.child('maxUnavailable'), errs);
  validateLabelSelector(spec.selector, SPEC.child('selector'), errs, { allowInvalidLabelValue });
  if (unhealthyPodEvictionPolicy !== undefined && !EVICTION_POLICIES.includes(unhealthyPodEvictionPolicy)) {
    errs.push(notSupported(SPEC.child('unhealthyPodEvictionPolicy'), unhealthyPodEvictionPolicy, EVICTION_POLICIES));
  }
}

const podDisruptionBudgetValidation = forKind<PodDisruptionBudget>({
  create(budget) {
    const errs: Errors = [];
    validateSpec(budget.spec ?? {}, false, errs);
    // The strategy itself looks at the spec only; what the registry finds in metadata comes after.
    return errs.length ? errs : validateCommonMeta(budget.metadata, undefined, true);
  },
  update(budget, old) {
    const errs: Errors = [];
    validateSpec(budget.spec ?? {}, selectorHasInvalidLabelValue(old.spec?.selector), errs);
    return errs;
  },
  status(budget) {
    const errs: Errors = [];
    const status = budget.status;
    validateConditions(status?.conditions ?? [], STATUS.child('conditions'), errs);
    for (const field of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const) validateNonnegative(status?.[field], STATUS.child(field), errs);
    return errs;
  },
});

/** An Eviction is never stored and has no rules of its own: the eviction subresource checks names. */
export const policyValidations: KindValidations = { 'policy/PodDisruptionBudget': podDisruptionBudgetValidation };
