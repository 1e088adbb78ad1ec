import type { Lease, Node, NodeCondition } from '../../api/generated/types';

/** --node-monitor-grace-period and --node-startup-grace-period */
export const GRACE_PERIOD = 50_000;
export const STARTUP_GRACE_PERIOD = 60_000;

/** Conditions that become Unknown when a kubelet stops reporting. */
const REPORTED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** What the controller remembers of a node: when it last saw a sign of life, on its own clock. */
export interface NodeHealth {
  readonly probed: number;
  readonly heartbeat: string | undefined;
  readonly renewed: string | undefined;
  readonly readyStatus: string | undefined;
}

export const readyCondition = (node: Node): NodeCondition | undefined => node.status?.conditions?.find((c) => c.type === 'Ready');

/** A new heartbeat, a renewed lease or a change of the Ready condition is a sign of life. */
export function observe(before: NodeHealth | undefined, node: Node, lease: Lease | undefined, now: number): NodeHealth {
  const ready = readyCondition(node);
  const seen = { heartbeat: ready?.lastHeartbeatTime, renewed: lease?.spec?.renewTime, readyStatus: ready?.status };
  const alive = before === undefined || before.heartbeat !== seen.heartbeat || before.renewed !== seen.renewed;
  return { ...seen, probed: alive ? now : before.probed };
}

/** The conditions of a node that has been silent for too long; undefined when there is nothing to change. */
export function silentConditions(node: Node, health: NodeHealth, now: number, timestamp: string): readonly NodeCondition[] | undefined {
  const grace = readyCondition(node) === undefined ? STARTUP_GRACE_PERIOD : GRACE_PERIOD;
  if (now <= health.probed + grace) return undefined;
  const conditions = [...(node.status?.conditions ?? [])];
  let changed = false;
  for (const type of REPORTED) {
    const at = conditions.findIndex((c) => c.type === type);
    const current = conditions[at];
    if (current === undefined) {
      conditions.push({ type, status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.', lastHeartbeatTime: node.metadata.creationTimestamp, lastTransitionTime: timestamp });
    } else if (current.status !== 'Unknown') conditions[at] = { ...current, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastTransitionTime: timestamp };
    else continue;
    changed = true;
  }
  return changed ? conditions : undefined;
}

export type ZoneState = 'Initial' | 'Normal' | 'FullDisruption' | 'PartialDisruption';

const UNHEALTHY_ZONE_THRESHOLD = 0.55;

/** ComputeZoneState: a zone of which most nodes are not ready is itself in trouble, and so is the network more likely than the nodes. */
export function zoneState(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  return notReady > 2 && notReady / (ready + notReady) >= UNHEALTHY_ZONE_THRESHOLD ? 'PartialDisruption' : 'Normal';
}

/** nodetopology.GetZoneKey: region and zone of a node; nodes without either share one zone. */
export function zoneOf(node: Node): string {
  const labels = node.metadata.labels ?? {};
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return region || zone ? `${region}:\u0000:${zone}` : '';
}

