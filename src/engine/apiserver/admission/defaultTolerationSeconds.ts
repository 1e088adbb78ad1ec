import type { PodSpec, Toleration } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { on } from './matching';
import type { AdmissionPlugin } from './plugin';

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const SECONDS = 300;

const toleration = (key: string): Toleration => ({ effect: 'NoExecute', key, operator: 'Exists', tolerationSeconds: SECONDS });
const tolerates = (list: readonly Toleration[], key: string): boolean => list.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect));

/** DefaultTolerationSeconds: a pod stays five minutes on a node that is not ready or unreachable, unless it says otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: on('', 'pods', 'CREATE', 'UPDATE'),
  admit({ object }) {
    const spec = object.spec as PodSpec;
    const present = spec.tolerations ?? [];
    const added = [NOT_READY, UNREACHABLE].filter((key) => !tolerates(present, key)).map(toleration);
    return added.length === 0 ? object : ({ ...object, spec: { ...spec, tolerations: [...present, ...added] } } as KubernetesObject);
  },
};
