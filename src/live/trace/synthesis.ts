import { controllerOf, type KubernetesObject } from '../../engine/api/object';
import { isStatus, type Status } from '../../engine/api/status';
import type { RequestMessage, StorageMessage, TraceMessage, WatchMessage, WorkMessage } from '../../engine/trace/message';
import type { Evidence } from '../../diagram/evidence';
import { attribute, type Attribution } from './attribution';
import type { AuditEvent } from './auditLog';
import { matchAudit } from './auditMatch';
import type { Change } from './change';
import { revisionOf, type Observation, type Sent } from './observation';

/** Everything that was seen of a creation. */
export interface Seen {
  readonly sent: readonly Sent[];
  readonly observations: readonly Observation[];
  /** Empty where there is no audit log. */
  readonly audit: readonly AuditEvent[];
  readonly hasAudit: boolean;
  readonly user: string;
}

export interface Synthesis {
  readonly messages: readonly TraceMessage[];
  readonly evidence: ReadonlyMap<number, Evidence>;
  /** Milliseconds since 1970 of the first request. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * Puts what was seen in the order of cause and effect, as messages like those of a simulated run. What a watch brought was observed; who asked for it, when
 * and with which verb is inferred, unless an audit log says so; how the components heard of it is not visible from outside.
 */
export function synthesize(seen: Seen): Synthesis {
  return new Synthesizer(seen).run();
}

type Message = TraceMessage & { readonly id: number };

class Synthesizer {
  private readonly messages: TraceMessage[] = [];
  private readonly evidence = new Map<number, Evidence>();
  private readonly start: number;
  private end: number;
  private next = 1;
  private readonly byId = new Map<number, TraceMessage>();
  /** Each component hears of a change once: by the change and its actor. */
  private readonly told = new Map<string, WatchMessage>();
  /** uid → the storage message of its newest change so far. */
  private readonly newest = new Map<string, StorageMessage>();
  private readonly changes: readonly Change[];
  private readonly clockOffset: number;

  constructor(private readonly seen: Seen) {
    this.start = Math.min(...seen.sent.map((s) => s.sentAt), Date.now());
    this.end = this.start;
    this.changes = changesOf(seen);
    this.clockOffset = matchAudit(this.changes, seen.audit, seen.sent);
  }

  run(): Synthesis {
    const creations = this.seen.sent.filter((s) => s.verb === 'create');
    for (const sent of creations) this.ownRequest(sent);
    const events = this.changes.filter((c) => c.observation.resource.resource === 'events');
    const about = groupByUid(events);
    for (const change of this.changes) {
      if (change.observation.resource.resource === 'events') this.event(change);
      else this.change(change, about);
    }
    this.conflicts();
    for (const sent of this.seen.sent.filter((s) => s.verb === 'get')) this.ownRequest(sent);
    return { messages: this.numbered(), evidence: this.evidence, startedAt: this.start, endedAt: this.end };
  }

  /** A request of our own: sent and answered before our eyes. */
  private ownRequest(sent: Sent): void {
    const status = isStatus(sent.answer) ? sent.answer as Status : undefined;
    const object = status ? undefined : sent.answer as KubernetesObject;
    const audit = this.seen.audit.find((e) => sent.verb === 'create' && e.verb === 'create' && e.resource === sent.resource.resource && e.group === sent.resource.group && e.namespace === sent.namespace && (e.name === sent.name || e.name === object?.metadata.name) && !e.dryRun);
    const request: RequestMessage = {
      ...this.base(0, sent.sentAt), kind: 'request', actor: 'kubectl', user: audit?.user ?? this.seen.user, verb: sent.verb, group: sent.resource.group, version: sent.resource.version, resource: sent.resource.resource, subresource: '', namespace: sent.namespace,
      name: object?.metadata.name ?? sent.name, dryRun: false, body: sent.body, stages: [], answeredAt: this.clock(sent.answeredAt), code: sent.code, revision: revisionOf(object), before: undefined, answer: status ?? object, warnings: sent.warnings,
    };
    this.add(request, { kind: 'observed', source: audit ? 'this request was sent from here; the audit log has it, too' : 'this request was sent from here' });
    if (sent.verb === 'create' && object) this.stored(request, object, 'created', sent.answeredAt, 'the answer has a resourceVersion');
  }

  /** A change that a watch brought: the request behind it, how its sender heard of the cause, and its way to etcd. */
  private change(change: Change, events: ReadonlyMap<string, readonly Change[]>): void {
    const { observation: { object, type, resource, at }, before, by, audit } = change;
    if (type === 'DELETED' && before === undefined) return;
    // Our own creation comes back to us: the request is there already.
    if (this.seen.sent.some((s) => s.verb === 'create' && !isStatus(s.answer) && (s.answer as KubernetesObject).metadata?.uid === object.metadata.uid && revisionOf(s.answer as KubernetesObject) === revisionOf(object))) return;
    const trigger = this.triggerOf(change);
    const verb = audit?.verb ?? (type === 'DELETED' ? 'delete' : by.verb);
    const actor = audit ? actorOfAudit(audit, by) : by.actor;
    const when = audit ? this.local(audit.receivedAt) : at;
    const heard = trigger ? this.heard(trigger, actor, when) : undefined;
    const scheduled = by.subresource === 'binding' ? this.decision(object, events, actor, heard, when) : undefined;
    const request: RequestMessage = {
      ...this.base((scheduled ?? heard)?.id ?? 0, when), kind: 'request', actor, user: audit?.user ?? '', verb, group: resource.group, version: resource.version, resource: resource.resource, subresource: audit?.subresource ?? by.subresource, namespace: object.metadata.namespace ?? '', name: object.metadata.name,
      dryRun: false, body: by.subresource === 'binding' ? { target: { kind: 'Node', name: (object.spec as { readonly nodeName?: string }).nodeName ?? '' } } : before === undefined ? object : undefined,
      stages: [], answeredAt: audit ? this.clock(this.local(audit.answeredAt)) : undefined, code: audit?.code ?? (verb === 'create' ? 201 : 200), revision: revisionOf(object), before, answer: type === 'DELETED' ? undefined : object, warnings: [],
    };
    this.add(request, audit ? { kind: 'observed', source: `the audit log: ${audit.user || 'somebody'}${audit.userAgent ? `, ${audit.userAgent.split(' ')[0] ?? ''}` : ''}` } : { kind: 'inferred', source: `a watch brought the change; ${by.source}${by.time ? `, at ${new Date(by.time).toISOString().slice(11, 19)} UTC (to the second)` : ''}` });
    this.stored(request, object, type === 'DELETED' ? 'deleted' : before === undefined ? 'created' : 'modified', audit ? this.local(audit.answeredAt) : at, 'the watch event has the new resourceVersion');
  }

  /** A Kubernetes Event: written by the one it names, and a sign of work that leaves no other trace. */
  private event({ observation: { object, resource, at, type }, audit }: Change): void {
    if (type === 'DELETED') return;
    const event = object as unknown as { readonly reason?: string; readonly message?: string; readonly count?: number; readonly source?: { readonly component?: string; readonly host?: string }; readonly reportingComponent?: string; readonly involvedObject?: { readonly kind?: string; readonly namespace?: string; readonly name?: string; readonly uid?: string } };
    const component = event.source?.component || event.reportingComponent || 'somebody';
    const actor = componentActor(component, event.source?.host);
    const about = event.involvedObject;
    const when = audit ? this.local(audit.receivedAt) : at;
    const trigger = this.newest.get(about?.uid ?? '');
    const heard = trigger ? this.heard(trigger, actor, when) : undefined;
    const work = event.reason && WORKS[event.reason] ? this.work(actor, WORKS[event.reason] as string, event.message ?? '', about, heard, when) : undefined;
    const request: RequestMessage = {
      ...this.base((work ?? heard)?.id ?? 0, when), kind: 'request', actor, user: audit?.user ?? '', verb: audit?.verb ?? ((event.count ?? 1) > 1 ? 'patch' : 'create'), group: resource.group, version: resource.version, resource: 'events', subresource: '', namespace: object.metadata.namespace ?? '', name: object.metadata.name, dryRun: false,
      body: { reason: event.reason, message: event.message }, stages: [], answeredAt: audit ? this.clock(this.local(audit.answeredAt)) : undefined, code: audit?.code ?? 201, revision: revisionOf(object), before: undefined, answer: object, warnings: [],
    };
    this.add(request, audit ? { kind: 'observed', source: 'the audit log' } : { kind: 'inferred', source: `a watch brought the Event, which names ${component}` });
  }

  /** What the scheduler decided, as its Event tells it; the reasons stay in the scheduler. */
  private decision(object: KubernetesObject, events: ReadonlyMap<string, readonly Change[]>, actor: string, heard: WatchMessage | undefined, when: number): WorkMessage {
    const told = events.get(object.metadata.uid ?? '')?.map((c) => c.observation.object as unknown as { readonly reason?: string; readonly message?: string }).find((e) => e.reason === 'Scheduled');
    const node = (object.spec as { readonly nodeName?: string }).nodeName ?? '';
    const work: WorkMessage = {
      ...this.base(heard?.id ?? 0, when), kind: 'work', actor, action: 'schedule', subject: keyOf(object), resource: 'pods', endedAt: this.clock(when), outcome: `chose ${node}`,
      decision: { kind: 'observed', summary: `chose ${node}; why is not visible`, data: { outcome: 'scheduled' } },
    };
    this.add(work, told ? { kind: 'observed', source: 'the Event "Scheduled" tells the outcome; the reasons are not visible' } : { kind: 'inferred', source: 'the pod has a nodeName now; the reasons are not visible' });
    return work;
  }

  private work(actor: string, action: string, message: string, about: { readonly kind?: string; readonly namespace?: string; readonly name?: string } | undefined, heard: WatchMessage | undefined, when: number): WorkMessage {
    const took = /in ([\d.]+)(m?s)\b/.exec(message);
    const milliseconds = took ? Number(took[1]) * (took[2] === 's' ? 1000 : 1) : 0;
    const image = /^Successfully pulled image "([^"]+)"/.exec(message)?.[1];
    const unscheduled = action === 'schedule';
    const work: WorkMessage = {
      ...this.base(heard?.id ?? 0, when - milliseconds), kind: 'work', actor, action, subject: `${about?.namespace ?? ''}/${about?.name ?? ''}`, resource: about?.kind === 'Pod' ? 'pods' : '', endedAt: this.clock(when), outcome: image ? `pulled ${image}` : message,
      decision: unscheduled ? { kind: 'observed', summary: message, data: { outcome: 'unschedulable' } } : undefined,
    };
    this.add(work, { kind: 'observed', source: `an Event tells it${took ? '; it says how long it took' : ', to the moment in which it was written'}` });
    return work;
  }

  /** Refused writes leave no trace but in the audit log. */
  private conflicts(): void {
    const used = new Set(this.changes.map((c) => c.audit).filter((a) => a !== undefined));
    const ours = new Set(this.changes.map((c) => `${c.observation.resource.resource}/${keyOf(c.observation.object)}`));
    for (const audit of this.seen.audit) {
      if (used.has(audit) || audit.code < 400 || !ours.has(`${audit.resource}/${audit.namespace ? `${audit.namespace}/` : ''}${audit.name}`)) continue;
      const at = this.local(audit.receivedAt);
      const actor = actorOfAudit(audit, undefined);
      const trigger = this.lastStored(audit, this.clock(at));
      const heard = trigger && this.heard(trigger, actor, at);
      const answer = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: audit.message, reason: audit.reason, code: audit.code } as unknown as Status;
      const request: RequestMessage = {
        ...this.base(heard?.id ?? 0, at), kind: 'request', actor, user: audit.user, verb: audit.verb, group: audit.group, version: audit.version, resource: audit.resource, subresource: audit.subresource, namespace: audit.namespace, name: audit.name,
        dryRun: audit.dryRun, body: undefined, stages: [], answeredAt: this.clock(this.local(audit.answeredAt)), code: audit.code, revision: 0, before: undefined, answer, warnings: [],
      };
      this.add(request, { kind: 'observed', source: 'the audit log' });
    }
  }

  /** Whose change made this one necessary: the owner's for a new object, a dependant's for a status, else the object's own last one. */
  private triggerOf({ observation: { object }, before, by }: Change): StorageMessage | undefined {
    const owner = controllerOf(object)?.uid;
    if (before === undefined && owner !== undefined) return this.newest.get(owner);
    const own = this.newest.get(object.metadata.uid ?? '');
    if (by.subresource !== 'status' || object.kind === 'Pod') return own;
    const dependants = this.changes.filter((c) => controllerOf(c.observation.object)?.uid === object.metadata.uid).map((c) => this.newest.get(c.observation.object.metadata.uid ?? '')).filter((m) => m !== undefined);
    return [...dependants, ...(own ? [own] : [])].sort((a, b) => b.revision - a.revision)[0];
  }

  /** The newest state of an object that somebody could have heard of by then. */
  private lastStored({ resource, namespace, name }: AuditEvent, by: number): StorageMessage | undefined {
    const key = `/registry/${resource}/${namespace ? `${namespace}/` : ''}${name}`;
    return this.messages.filter((m): m is StorageMessage => m.kind === 'storage' && m.key === key && m.at <= by).at(-1);
  }

  /** A component's own watch: it must have been there, but nobody else sees it. */
  private heard(trigger: StorageMessage, actor: string, when: number): WatchMessage {
    const known = this.told.get(`${trigger.id} ${actor}`);
    if (known) return known;
    const cause = this.byId.get(trigger.cause);
    const request = cause as RequestMessage;
    const watch: WatchMessage = {
      ...this.base(trigger.id, Math.min(when, this.start + trigger.answeredAt)), kind: 'watch', actor, group: request.group, resource: request.resource, type: trigger.change === 'created' ? 'ADDED' : trigger.change === 'deleted' ? 'DELETED' : 'MODIFIED', namespace: request.namespace, name: request.name,
      revision: trigger.revision, object: request.answer as WatchMessage['object'],
    };
    this.told.set(`${trigger.id} ${actor}`, watch);
    this.add(watch, { kind: 'hidden', source: `how ${actor} heard of it is not visible from outside; it watches ${request.resource}` });
    return watch;
  }

  private stored(request: RequestMessage, object: KubernetesObject, change: 'created' | 'modified' | 'deleted', when: number, source: string): void {
    const at = Math.max(request.at, this.clock(when));
    const storage: StorageMessage = {
      id: this.next++, cause: request.id, at, background: false, kind: 'storage', operation: 'txn', change, revision: revisionOf(object), succeeded: true, answeredAt: at,
      key: `/registry/${request.resource}/${object.metadata.namespace ? `${object.metadata.namespace}/` : ''}${object.metadata.name}`,
    };
    this.messages.push(storage);
    this.byId.set(storage.id, storage);
    this.evidence.set(storage.id, { kind: 'inferred', source });
    if (object.metadata.uid) this.newest.set(object.metadata.uid, storage);
  }

  private base(cause: number, when: number): { readonly id: number; readonly cause: number; readonly at: number; readonly background: false } {
    // Nothing happens before what led to it, whatever the clocks say.
    const after = cause === 0 ? 0 : this.byId.get(cause)?.at ?? 0;
    return { id: this.next++, cause, at: Math.max(after, this.clock(when)), background: false };
  }

  private add(message: Message, evidence: Evidence): void {
    this.messages.push(message);
    this.byId.set(message.id, message);
    this.evidence.set(message.id, evidence);
    // Looking at the outcome is no part of it.
    if (message.kind !== 'request' || message.verb !== 'get') this.end = Math.max(this.end, this.start + message.at);
  }

  /** Milliseconds since the first request. */
  private clock(at: number): number { return Math.max(0, at - this.start); }
  /** The server's clock by ours. */
  private local(server: number): number { return server - this.clockOffset; }

  /** In order of time; causes keep their names. */
  private numbered(): readonly TraceMessage[] { return [...this.messages].sort((a, b) => a.id - b.id); }
}

const keyOf = (object: KubernetesObject): string => (object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name);

/** Reasons of Events that tell of work. */
const WORKS: { readonly [reason: string]: string } = {
  Pulled: 'pull', Started: 'start', Killing: 'stop', FailedScheduling: 'schedule', Failed: 'pull', BackOff: 'restart', Unhealthy: 'probe', FailedMount: 'mounting a volume', FailedCreatePodSandBox: 'making the sandbox', Provisioning: 'provisioning', ProvisioningSucceeded: 'provisioning', Preempted: 'preempt',
};

function componentActor(component: string, host: string | undefined): string {
  if (component === 'default-scheduler') return 'kube-scheduler';
  if (component === 'kubelet') return host ? `kubelet/${host}` : 'kubelet';
  return component;
}

/** Service accounts of the controller manager are called as its controllers are. */
function actorOfAudit({ user, userAgent }: AuditEvent, by: Attribution | undefined): string {
  const account = /^system:serviceaccount:kube-system:(.+)$/.exec(user)?.[1];
  if (user.startsWith('system:node:')) return `kubelet/${user.slice('system:node:'.length)}`;
  if (user === 'system:kube-scheduler') return 'kube-scheduler';
  if (account !== undefined && account.endsWith('-controller')) return account;
  if (user === 'system:kube-controller-manager' || account !== undefined) return by?.actor ?? account ?? 'kube-controller-manager';
  return by?.actor ?? (userAgent.split('/')[0] || user || 'somebody');
}

function groupByUid(events: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  const by = new Map<string, Change[]>();
  for (const change of events) {
    const uid = (change.observation.object as unknown as { readonly involvedObject?: { readonly uid?: string } }).involvedObject?.uid ?? '';
    const those = by.get(uid);
    if (those) those.push(change); else by.set(uid, [change]);
  }
  return by;
}

/** Each observation with the object before it, in the order of the revisions: several watches have no order among themselves. */
function changesOf({ observations, sent }: Seen): readonly Change[] {
  const before = new Map<string, KubernetesObject>();
  for (const s of sent) if (s.verb === 'create' && !isStatus(s.answer)) { const o = s.answer as KubernetesObject; if (o.metadata?.uid) before.set(o.metadata.uid, o); }
  const ordered = [...observations].sort((a, b) => revisionOf(a.object) - revisionOf(b.object) || a.at - b.at);
  return ordered.map((observation) => {
    const uid = observation.object.metadata.uid ?? '';
    const was = before.get(uid);
    before.set(uid, observation.object);
    return { observation, before: was, by: attribute(was, observation.object) };
  });
}
