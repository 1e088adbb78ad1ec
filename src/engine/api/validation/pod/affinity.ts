import type { Affinity, PodAffinity, PodAffinityTerm } from '../../generated/types';
import { addInvalid, invalid, required, type Errors, type Path } from '../field';
import { isDNS1123Label } from '../formats';
import { validateLabelName } from '../meta';
import { validateLabelSelector, validateNodeSelector, validateNodeSelectorTerm } from '../selectors';
import { validateMatchLabelKeys } from './labelKeys';
import type { PodOptions } from './options';

/** spec.affinity. */
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(affinity: Affinity, path: Path, errs: Errors, options: PodOptions): void {
  const node = affinity.nodeAffinity;
  if (node) {
    const at = path.child('nodeAffinity');
    if (node[REQUIRED]) validateNodeSelector(node[REQUIRED], at.child(REQUIRED), errs, options.allowInvalidLabelValueInRequiredNodeAffinity);
    node[PREFERRED]?.forEach((term, i) => {
      const termPath = at.child(PREFERRED).index(i);
      validateWeight(term.weight, termPath, errs);
      validateNodeSelectorTerm(term.preference, termPath.child('preference'), errs, true);
    });
  }
  if (affinity.podAffinity) validatePodAffinity(affinity.podAffinity, path.child('podAffinity'), errs, options);
  if (affinity.podAntiAffinity) validatePodAffinity(affinity.podAntiAffinity, path.child('podAntiAffinity'), errs, options);
}

function validateWeight(weight: number | undefined, path: Path, errs: Errors): void {
  if ((weight ?? 0) <= 0 || (weight ?? 0) > 100) errs.push(invalid(path.child('weight'), weight ?? 0, 'must be in the range 1-100'));
}

function validatePodAffinity(affinity: PodAffinity, path: Path, errs: Errors, options: PodOptions): void {
  affinity[REQUIRED]?.forEach((term, i) => { validateTerm(term, path.child(REQUIRED).index(i), errs, options); });
  affinity[PREFERRED]?.forEach((weighted, i) => {
    const at = path.child(PREFERRED).index(i);
    validateWeight(weighted.weight, at, errs);
    validateTerm(weighted.podAffinityTerm ?? { topologyKey: '' }, at.child('podAffinityTerm'), errs, options);
  });
}

function validateTerm(term: PodAffinityTerm, path: Path, errs: Errors, options: PodOptions): void {
  const selectorOptions = { allowInvalidLabelValue: options.allowInvalidLabelValueInSelector };
  validateLabelSelector(term.labelSelector, path.child('labelSelector'), errs, selectorOptions);
  validateLabelSelector(term.namespaceSelector, path.child('namespaceSelector'), errs, selectorOptions);
  term.namespaces?.forEach((namespace) => { addInvalid(errs, path.child('namespace'), namespace, isDNS1123Label(namespace)); });
  validateMatchLabelKeys(term.matchLabelKeys, term.mismatchLabelKeys, term.labelSelector, path, errs);
  if (!term.topologyKey) errs.push(required(path.child('topologyKey'), 'can not be empty'));
  validateLabelName(term.topologyKey ?? '', path.child('topologyKey'), errs);
}
