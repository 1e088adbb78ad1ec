import type { Pod } from '../../../src/engine/api/generated/types';
import type { Cluster } from '../../../src/engine/cluster';
import type { EtcdEvent } from '../../../src/engine/etcd/types';
import type { RequestMessage } from '../../../src/engine/trace/message';

/** Refusals that mean a component wrote what nobody may write. */
const NEVER = new Set([400, 401, 405, 406, 415, 500, 501, 503, 504]);

/** What must hold at every moment: looked at with every commit and every answer. */
export class Journey {
  private readonly violations = new Set<string>();
  /** Successful writes by sender and object. */
  readonly writes = new Map<string, number>();
  private readonly requests: RequestMessage[] = [];

  constructor(cluster: Cluster) {
    cluster.etcd.store.subscribe((event) => this.committed(event));
    cluster.trace.subscribe((message) => { if (message.kind === 'request' && message.verb !== 'list' && message.verb !== 'watch' && message.verb !== 'get') this.requests.push(message); });
  }

  /** What did not hold so far. */
  get broken(): readonly string[] {
    for (const request of this.requests.splice(0)) this.judge(request);
    return [...this.violations].slice(0, 20);
  }

  private judge(r: RequestMessage): void {
    const what = `${r.actor} ${r.verb} ${r.resource}${r.subresource ? `/${r.subresource}` : ''} ${r.namespace}/${r.name}`;
    const message = (r.answer as { readonly message?: string } | undefined)?.message ?? '';
    if (NEVER.has(r.code)) this.violations.add(`${what} was answered ${r.code}: ${message}`);
    // A component may be told that something is gone, taken or not allowed by policy; never that it may not ask, or that it wrote nonsense.
    if (r.actor !== 'kubectl' && r.code === 403 && / cannot /.test(message)) this.violations.add(`${what} was answered 403: ${message}`);
    if (r.actor !== 'kubectl' && r.code === 422 && !isExpected(message)) this.violations.add(`${what} was answered 422: ${message}`);
    if (r.code < 300 && r.resource !== 'leases' && r.resource !== 'events') this.writes.set(what, (this.writes.get(what) ?? 0) + 1);
  }

  private committed(event: EtcdEvent): void {
    const { key, value } = event.keyValue;
    if (event.type !== 'put' || !key.startsWith('/registry/pods/')) return;
    const before = event.previous?.value as Pod | undefined, pod = value as Pod;
    if (before === undefined || before.metadata.uid !== pod.metadata.uid) return;
    if (before.spec.nodeName && before.spec.nodeName !== pod.spec.nodeName) this.violations.add(`${key} was bound to ${before.spec.nodeName} and then to ${pod.spec.nodeName}`);
    if ((before.status?.phase === 'Succeeded' || before.status?.phase === 'Failed') && before.status.phase !== pod.status?.phase) this.violations.add(`${key} was ${before.status.phase} and became ${pod.status?.phase}`);
    if (before.metadata.deletionTimestamp !== undefined && pod.metadata.deletionTimestamp === undefined) this.violations.add(`${key} was being deleted and is no more`);
    for (const status of pod.status?.containerStatuses ?? []) {
      const earlier = before.status?.containerStatuses?.find((s) => s.name === status.name);
      if (earlier && earlier.restartCount > status.restartCount) this.violations.add(`${key} container ${status.name} had ${earlier.restartCount} restarts and has ${status.restartCount}`);
    }
  }
}

/**
 * Refusals as invalid that happen to blameless components: a patch that says whose it is (metadata.uid) meets another object of that name; a pod
 * asks for more than the limit that a LimitRange gave it.
 */
const isExpected = (message: string): boolean => /metadata\.uid|uid mismatch|Precondition failed|must be less than or equal to (cpu|memory) limit/i.test(message);
