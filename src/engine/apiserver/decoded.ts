import type { KubernetesObject } from '../api/object';

/** A body that was read. */
export interface Decoded {
  readonly object: KubernetesObject;
  readonly warnings: readonly string[];
}
