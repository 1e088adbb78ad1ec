import type { KubernetesObject } from '../../engine/api/object';
import type { Attribution } from './attribution';
import type { AuditEvent } from './auditLog';
import type { Observation } from './observation';

/** A change of an object with what is concluded about it. */
export interface Change {
  readonly observation: Observation;
  readonly before: KubernetesObject | undefined;
  readonly by: Attribution;
  /** The request in the audit log, where one fits. */
  audit?: AuditEvent;
}
