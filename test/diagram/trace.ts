// Traces made by hand, in few words.
import type { RunRecord } from '../../src/diagram/record';
import type { RequestMessage, StorageMessage, TraceMessage, WatchMessage, WorkMessage } from '../../src/engine/trace/message';

const KINDS: { readonly [resource: string]: string } = { deployments: 'Deployment', replicasets: 'ReplicaSet', pods: 'Pod', events: 'Event', nodes: 'Node', services: 'Service' };

/** Writes down messages in order; each gets the next id and, unless said otherwise, one more millisecond. */
export class TraceWriter {
  readonly messages: TraceMessage[] = [];
  private at = 0;

  request(actor: string, verb: string, resource: string, name: string, more: Partial<RequestMessage> = {}): number {
    return this.add({
      kind: 'request', actor, user: actor, verb, group: resource === 'deployments' || resource === 'replicasets' ? 'apps' : '', version: 'v1', resource, subresource: '', namespace: 'default', name, dryRun: false, body: undefined,
      stages: [], answeredAt: this.at + 1.5, code: verb === 'create' ? 201 : 200, revision: 0, before: undefined, answer: undefined, warnings: [], ...more,
    } as Omit<RequestMessage, 'id' | 'at'>);
  }

  storage(cause: number, more: Partial<StorageMessage> = {}): number {
    return this.add({ kind: 'storage', cause, operation: 'txn', key: '/registry/x', change: 'created', revision: this.messages.length, succeeded: true, answeredAt: this.at + 1.2, ...more } as Omit<StorageMessage, 'id' | 'at'>);
  }

  watch(cause: number, actor: string, resource: string, name: string, type: WatchMessage['type'] = 'ADDED'): number {
    return this.add({ kind: 'watch', cause, actor, group: '', resource, type, namespace: 'default', name, revision: 1, object: object(resource, name) } as Omit<WatchMessage, 'id' | 'at'>);
  }

  work(cause: number, actor: string, action: string, subject: string, more: Partial<WorkMessage> = {}): number {
    return this.add({ kind: 'work', cause, actor, action, subject, resource: 'pods', endedAt: this.at + 1, outcome: '', decision: undefined, ...more } as Omit<WorkMessage, 'id' | 'at'>);
  }

  /** A write with its storing. Returns the id of the storage message. */
  write(actor: string, verb: string, resource: string, name: string, more: Partial<RequestMessage> = {}): number {
    return this.storage(this.request(actor, verb, resource, name, more), { change: verb === 'create' ? 'created' : 'modified' });
  }

  /** Lets time pass. */
  wait(milliseconds: number): this {
    this.at += milliseconds;
    return this;
  }

  record(more: Partial<RunRecord> = {}): RunRecord {
    return {
      title: 'kubectl create', messages: this.messages, startedAt: 0, endedAt: this.at, settled: true, waiting: [], stoppedBy: 'rest', documents: [], objects: [], refusal: undefined, pods: [], missing: 0,
      podOf: () => undefined, explain: () => undefined, kindOf: (_, resource) => KINDS[resource] ?? resource, tableOf: (o) => ({ columns: ['Name', 'Ready', 'Age'], cells: [o.metadata.name, '1/1', '1s'] }), ...more,
    };
  }

  private add(message: object): number {
    const id = this.messages.length + 1;
    this.messages.push({ cause: 0, background: false, ...message, id, at: this.at } as unknown as TraceMessage);
    this.at += 1;
    return id;
  }
}

export const object = (resource: string, name: string, more: object = {}): { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name: string; readonly namespace: string } } =>
  ({ apiVersion: 'v1', kind: KINDS[resource] ?? resource, metadata: { name, namespace: 'default' }, ...more });

export const scheduled = (node: string): WorkMessage['decision'] => ({ kind: 'test', summary: `3 of 3 nodes fit; chose ${node}`, data: { outcome: 'scheduled' } });

/** A replica set's controller making pods, each placed and started, in turn. `failing` are those that no node takes. */
export function podsTrace(count: number, failing: ReadonlySet<number> = new Set()): TraceWriter {
  const trace = new TraceWriter();
  const created = trace.write('kubectl', 'create', 'replicasets', 'web');
  const sync = trace.work(trace.watch(created, 'kube-controller-manager', 'replicasets', 'web'), 'replicaset-controller', 'sync', 'default/web', { resource: 'replicasets.apps' });
  for (let i = 0; i < count; i++) {
    const name = `web-${'abcdefghij'[i % 10] ?? ''}${i}`;
    const stored = trace.write('replicaset-controller', 'create', 'pods', name, { cause: sync });
    const heard = trace.watch(stored, 'kube-scheduler', 'pods', name);
    if (failing.has(i)) {
      trace.work(heard, 'kube-scheduler', 'schedule', `default/${name}`, { decision: { kind: 'test', summary: '0/3 nodes are available: 3 Insufficient cpu.', data: { outcome: 'unschedulable' } } });
      continue;
    }
    const node = `node-${1 + (i % 3)}`;
    const decided = trace.work(heard, 'kube-scheduler', 'schedule', `default/${name}`, { decision: scheduled(node) });
    const bound = trace.write('kube-scheduler', 'create', 'pods', name, { cause: decided, subresource: 'binding', body: { target: { name: node } } });
    const pull = trace.work(trace.watch(bound, `kubelet/${node}`, 'pods', name), `kubelet/${node}`, 'pull', `default/${name}`, { outcome: 'pulled nginx (70 MB) in 1.0 s', endedAt: undefined });
    trace.write(`kubelet/${node}`, 'patch', 'pods', name, {
      cause: pull, subresource: 'status', before: object('pods', name, { status: { phase: 'Pending' } }) as never, answer: object('pods', name, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }) as never,
    });
  }
  return trace;
}
