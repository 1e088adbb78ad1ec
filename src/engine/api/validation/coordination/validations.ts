import type { Lease, LeaseSpec } from '../../generated/types';
import { addInvalid, fieldForbidden, invalid, notSupported, type Errors } from '../field';
import { isQualifiedName } from '../formats';
import { forKind, type KindValidations } from '../kind';
import { nameIsDNSSubdomain, SPEC } from '../meta';
import { validateGenericMeta, validateGenericMetaUpdate } from '../core/commonMeta';

/** coordination.k8s.io: leases are written on every heartbeat, so a good one allocates nothing but the list. */
const STRATEGIES: readonly string[] = ['OldestEmulationVersion'];
/** The original says "strategy" twice. */
const STRATEGY = SPEC.child('strategy', 'strategy');

function validateStrategy(strategy: string, errs: Errors): void {
  if (strategy.includes('/')) addInvalid(errs, STRATEGY, strategy, isQualifiedName(strategy));
  else if (!STRATEGIES.includes(strategy)) errs.push(notSupported(STRATEGY, strategy, STRATEGIES));
}

function validateSpec(spec: LeaseSpec | undefined, errs: Errors): void {
  if (!spec) return;
  const { leaseDurationSeconds, leaseTransitions, strategy, preferredHolder } = spec;
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) errs.push(invalid(SPEC.child('leaseDurationSeconds'), leaseDurationSeconds, 'must be greater than 0'));
  if (leaseTransitions !== undefined && leaseTransitions < 0) errs.push(invalid(SPEC.child('leaseTransitions'), leaseTransitions, 'must be greater than or equal to 0'));
  if (strategy !== undefined) validateStrategy(strategy, errs);
  if (preferredHolder && !strategy) errs.push(fieldForbidden(SPEC.child('preferredHolder'), 'may only be specified if `strategy` is defined'));
}

const leaseValidation = forKind<Lease>({
  create(lease) {
    const errs: Errors = [];
    validateGenericMeta(lease.metadata, true, nameIsDNSSubdomain, errs);
    validateSpec(lease.spec, errs);
    return errs;
  },
  update(lease, old) {
    const errs: Errors = [];
    validateGenericMetaUpdate(lease.metadata, old.metadata, errs);
    validateSpec(lease.spec, errs);
    return errs;
  },
});

export const coordinationValidations: KindValidations = { 'coordination.k8s.io/Lease': leaseValidation };
