import type { Node, Taint } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { on } from './matching';
import type { AdmissionPlugin } from './plugin';

const NOT_READY: Taint = { effect: 'NoSchedule', key: 'node.kubernetes.io/not-ready' };

/** TaintNodesByCondition: nothing is scheduled to a new node before the node controller finds it ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: on('', 'nodes', 'CREATE'),
  admit({ object }) {
    const { spec } = object as unknown as Node;
    const taints = spec?.taints ?? [];
    if (taints.some((t) => t.key === NOT_READY.key && t.effect === NOT_READY.effect)) return object;
    return { ...object, spec: { ...spec, taints: [...taints, NOT_READY] } } as KubernetesObject;
  },
};
