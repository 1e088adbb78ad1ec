import type { Binding } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { onSubresource } from './matching';
import type { AdmissionPlugin } from './plugin';

const COPIED = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** PodTopologyLabels: a pod is told the zone and region of the node that it is bound to (KEP-4742). */
export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  handles: onSubresource('', 'pods', 'binding', 'CREATE'),
  admit({ object }, environment) {
    const binding = object as unknown as Binding;
    const node = environment.get('', 'nodes', '', binding.target?.name ?? '');
    const labels = COPIED.flatMap((key) => { const value = node?.metadata.labels?.[key]; return value === undefined ? [] : [[key, value] as const]; });
    if (labels.length === 0) return object;
    return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata?.labels, ...Object.fromEntries(labels) } } } as KubernetesObject;
  },
};
