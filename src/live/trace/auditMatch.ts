import type { AuditEvent } from './auditLog';
import type { Change } from './change';
import type { Sent } from './observation';

/** How far apart a log's line and the watch event it led to may be, in milliseconds, once the clocks are compared. */
const NEAR = 5000;

/**
 * Finds for each change the request that the audit log has of it, and returns how far the server's clock is ahead of ours in milliseconds. The log names
 * object, verb and times, but no revision: among the requests for one object each change takes the nearest that is not taken.
 */
export function matchAudit(changes: readonly Change[], audit: readonly AuditEvent[], sent: readonly Sent[]): number {
  const offset = clockOffset(audit, sent);
  const left = new Map<string, AuditEvent[]>();
  for (const event of audit) {
    if (event.code >= 300 || event.dryRun) continue;
    const key = keyOf(event.resource, event.group, event.namespace, event.name);
    const those = left.get(key);
    if (those) those.push(event); else left.set(key, [event]);
  }
  for (const change of changes) {
    const { object, resource, at } = change.observation;
    const those = left.get(keyOf(resource.resource, resource.group, object.metadata.namespace ?? '', object.metadata.name)) ?? [];
    const fitting = those.filter((e) => e.receivedAt - offset <= at + 100 && at - (e.answeredAt - offset) < NEAR && (change.before === undefined) === (e.verb === 'create' && e.subresource === '') && sameSubresource(change, e));
    // In the order of arrival: the first request led to the first change.
    const [found] = fitting;
    if (!found) continue;
    change.audit = found;
    those.splice(those.indexOf(found), 1);
  }
  return offset;
}

/** Events are one kind in two groups. */
const keyOf = (resource: string, group: string, namespace: string, name: string): string => `${resource}.${resource === 'events' ? '' : group}/${namespace}/${name}`;

const sameSubresource = ({ by, observation }: Change, e: AuditEvent): boolean => (e.subresource === 'binding') === (by.subresource === 'binding') && ((e.subresource === 'status') === (by.subresource === 'status') || observation.resource.resource === 'events');

/** A request was received after it was sent and answered before the answer came: the middle of what that allows. */
function clockOffset(audit: readonly AuditEvent[], sent: readonly Sent[]): number {
  let least = -Infinity, most = Infinity;
  for (const s of sent) {
    if (s.verb !== 'create') continue;
    const event = audit.find((e) => e.verb === 'create' && e.resource === s.resource.resource && e.namespace === s.namespace && (e.name === s.name || e.name === (s.answer as { readonly metadata?: { readonly name?: string } } | undefined)?.metadata?.name));
    if (!event) continue;
    least = Math.max(least, event.answeredAt - s.answeredAt);
    most = Math.min(most, event.receivedAt - s.sentAt);
  }
  if (least === -Infinity || most === Infinity) return 0;
  return (least + most) / 2;
}
