import type { KubernetesObject } from '../api/object';
import type { RequestContext } from './context';

/** Who manages which field: keeps metadata.managedFields as server-side apply needs it. */
export interface FieldManagement {
  /** The object to store after a create, update or patch (not apply). */
  track(context: RequestContext, old: KubernetesObject | undefined, object: KubernetesObject): KubernetesObject;
}

/** Keeps no record of managers. */
export const NO_FIELD_MANAGEMENT: FieldManagement = { track: (_, __, object) => object };
