import type { NodeSelectorTerm } from '../../generated/types';
import { isValidLabelValue } from '../../validation/formats';

const DEPRECATED: { readonly [label: string]: string } = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

/** Why a node label should not be used any more, or undefined. */
export const deprecatedNodeLabel = (label: string): string | undefined => (Object.hasOwn(DEPRECATED, label) ? DEPRECATED[label] : undefined);

/** Warnings of one node selector term; with values checked where nothing else validates them. */
export function nodeSelectorTermWarnings(path: string, term: NodeSelectorTerm | undefined, checkValues: boolean): readonly string[] {
  return (term?.matchExpressions ?? []).flatMap((expression, i) => {
    const message = deprecatedNodeLabel(expression.key);
    const at = `${path}.matchExpressions[${i}]`;
    return [
      ...(message ? [`${at}.key: ${expression.key} is ${message}`] : []),
      ...(checkValues ? (expression.values ?? []).flatMap((value, j) => isValidLabelValue(value).map((why) => `${at}.values[${j}]: ${value} is invalid, ${why}`)) : []),
    ];
  });
}
