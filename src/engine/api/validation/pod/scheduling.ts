import type { PodReadinessGate, PodSchedulingGate, Toleration, TopologySpreadConstraint } from '../../generated/types';
import { duplicate, invalid, notSupported, required, type Errors, type Path } from '../field';
import { isValidLabelValue } from '../formats';
import { validateLabelName, validatePositive, validateQualifiedName } from '../meta';
import { validateLabelSelector } from '../selectors';
import { validateMatchLabelKeys, validateUnmergedLabelKeys } from './labelKeys';
import { ALLOW_COMPARISON_OPERATORS, type PodOptions } from './options';

/** Topology spread constraints, tolerations, scheduling and readiness gates. */
const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];
const NODE_POLICIES = ['Honor', 'Ignore'];

export function validateSpreadConstraints(constraints: readonly TopologySpreadConstraint[], base: Path, errs: Errors, options: PodOptions): void {
  constraints.forEach((c, i) => {
    const path = base.index(i);
    const { topologyKey = '', whenUnsatisfiable = '' } = c;
    validatePositive(c.maxSkew ?? 0, path.child('maxSkew'), errs);
    if (!topologyKey) errs.push(required(path.child('topologyKey'), 'can not be empty'));
    if (!ACTIONS.includes(whenUnsatisfiable)) errs.push(notSupported(path.child('whenUnsatisfiable'), whenUnsatisfiable, ACTIONS));
    if (constraints.slice(i + 1).some((o) => (o.topologyKey ?? '') === topologyKey && (o.whenUnsatisfiable ?? '') === whenUnsatisfiable)) {
      errs.push(duplicate(path.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${whenUnsatisfiable}}`));
    }
    if (c.minDomains !== undefined) {
      validatePositive(c.minDomains, path.child('minDomains'), errs);
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        errs.push(invalid(path.child('minDomains'), c.minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`));
      }
    }
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = c[field];
      if (policy !== undefined && !NODE_POLICIES.includes(policy)) errs.push(notSupported(path.child(field), policy, NODE_POLICIES));
    }
    if (options.oldViolatesMatchLabelKeys) validateUnmergedLabelKeys(c.matchLabelKeys, c.labelSelector, path.child('matchLabelKeys'), errs);
    else validateMatchLabelKeys(c.matchLabelKeys, undefined, c.labelSelector, path, errs);
    if (!options.allowInvalidTopologySpreadSelector) validateLabelSelector(c.labelSelector, path.child('labelSelector'), errs);
  });
}

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const DECIMAL = /^(0|-?[1-9][0-9]*)$/;

export function validateTolerations(tolerations: readonly Toleration[] | undefined, base: Path, errs: Errors): void {
  tolerations?.forEach((t, i) => {
    const path = base.index(i);
    const { key = '', operator = '', effect = '' } = t;
    if (key) validateLabelName(key, path.child('key'), errs);
    else if (operator !== 'Exists') errs.push(invalid(path.child('operator'), operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'));
    if (t.tolerationSeconds !== undefined && effect !== 'NoExecute') errs.push(invalid(path.child('effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    validateOperator(operator, t.value ?? '', path, errs);
    if (effect && !TAINT_EFFECTS.includes(effect)) errs.push(notSupported(path.child('effect'), effect, TAINT_EFFECTS));
  });
}

function validateOperator(operator: string, value: string, path: Path, errs: Errors): void {
  const at = path.child('operator');
  if (operator === '' || operator === 'Equal') {
    const messages = isValidLabelValue(value);
    if (messages.length) errs.push(invalid(at, value, messages.join(';')));
  } else if (operator === 'Exists') {
    if (value) errs.push(invalid(at, value, "value must be empty when `operator` is 'Exists'"));
  } else if (operator === 'Lt' || operator === 'Gt') {
    if (!ALLOW_COMPARISON_OPERATORS) errs.push(notSupported(at, operator, ['Equal', 'Exists', 'Lt', 'Gt']));
    else if (!DECIMAL.test(value)) errs.push(invalid(path.child('value'), value, value ? 'must be a valid decimal integer in canonical form' : 'must be non-empty'));
  } else {
    errs.push(notSupported(at, operator, ['Equal', 'Exists']));
  }
}

export function validateSchedulingGates(gates: readonly PodSchedulingGate[] | undefined, base: Path, errs: Errors): void {
  const seen = new Set<string>();
  gates?.forEach((gate, i) => {
    const name = gate.name ?? '';
    validateQualifiedName(name, base.index(i), errs);
    if (seen.has(name)) errs.push(duplicate(base.index(i), name));
    seen.add(name);
  });
}

export function validateReadinessGates(gates: readonly PodReadinessGate[] | undefined, base: Path, errs: Errors): void {
  gates?.forEach((gate, i) => { validateQualifiedName(gate.conditionType ?? '', base.index(i).child('conditionType'), errs); });
}

