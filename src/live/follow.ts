import { setMaxListeners } from 'node:events';
import type { KubernetesObject } from '../engine/api/object';
import { isStatus } from '../engine/api/status';
import { count } from '../worker/words';
import { typeOf, type Api, type Resource } from './api';
import { asLiveError, isCanceled } from './errors';
import { withoutSecrets } from './redact';
import type { LiveLimits } from './protocol';
import type { Observation, Sent } from './trace/observation';
import { builtIn } from './watched';

/** What descends from workloads, and what is written about it. */
const FOLLOWED: readonly Resource[] = [
  builtIn('', 'pods'), builtIn('', 'events'), builtIn('apps', 'deployments'), builtIn('apps', 'replicasets'), builtIn('apps', 'statefulsets'), builtIn('apps', 'daemonsets'), builtIn('batch', 'jobs'), builtIn('batch', 'cronjobs'),
  builtIn('', 'persistentvolumeclaims'), builtIn('discovery.k8s.io', 'endpointslices'),
];
/** Kinds whose changes are seen besides those that are created. */
export const FOLLOWED_KINDS: ReadonlySet<string> = new Set(FOLLOWED.map((r) => r.kind));
/** Observations that are held: others in the namespaces are seen, too, until it is known whose they are. */
const MAX_OBSERVATIONS = 40_000;
/** Milliseconds without anything new after everything has come to rest. */
const REST = 2500;

/** Watches the namespaces of a creation from before it is sent until it has come to rest. */
export class Follower {
  readonly observations: Observation[] = [];
  readonly notices: string[] = [];
  private readonly stopper = new AbortController();
  private readonly owned = new Set<string>();
  private readonly latest = new Map<string, KubernetesObject>();
  private last = Date.now();
  private full = false;

  constructor(private readonly api: Api, private readonly limits: LiveLimits) {}

  /** Begins to watch; resolves when every watch has its starting point. */
  async start(namespaces: readonly string[], kinds: readonly Resource[], signal: AbortSignal): Promise<void> {
    // Every request listens for the end: some dozens at a time.
    setMaxListeners(0, this.stopper.signal, signal);
    signal.addEventListener('abort', () => this.stopper.abort(), { once: true });
    const all = new Map([...FOLLOWED, ...kinds].map((r) => [typeOf(r), r]));
    const namespaced = [...all.values()].filter((r) => r.namespaced);
    const begun = namespaces.flatMap((namespace) => namespaced.map((r) => this.begin(r, namespace)));
    begun.push(...kinds.filter((r) => !r.namespaced).map((r) => this.begin(r, '')));
    await Promise.all(begun);
  }

  /** From now on what these own is of interest. */
  own(sent: Sent): void {
    const uid = sent.code < 300 && !isStatus(sent.answer) ? (sent.answer as KubernetesObject).metadata.uid : undefined;
    if (uid) { this.owned.add(uid); this.latest.set(uid, sent.answer as KubernetesObject); }
    for (const o of this.observations) this.consider(o);
    this.last = Date.now();
  }

  /** Until everything that was created has come to rest, or nothing happens any more, or a limit. */
  async untilRest(progress: (text: string) => void, stop: AbortSignal): Promise<'rest' | 'time' | 'stopped'> {
    const [most, quiet] = this.limits.follow;
    const started = Date.now();
    for (;;) {
      if (stop.aborted || this.stopper.signal.aborted) return 'stopped';
      const silent = Date.now() - this.last;
      const objects = [...this.latest.values()];
      const settled = objects.every(isAtRest);
      if (settled && silent >= Math.min(REST, quiet)) return 'rest';
      if (silent >= quiet) return 'time';
      if (Date.now() - started >= most) return 'time';
      const pods = objects.filter((o) => o.kind === 'Pod').length;
      progress(settled ? 'At rest; a moment more' : `Following ${count(objects.length, 'object')}${pods > 0 ? `, ${count(pods, 'pod')}` : ''}: ${Math.round((Date.now() - started) / 1000)} s`);
      await new Promise((resolve) => { setTimeout(resolve, 150); });
    }
  }

  end(): void { this.stopper.abort(); }

  /** What belongs to the creation, in the order in which it came. */
  related(): readonly Observation[] {
    for (const o of this.observations) this.consider(o);
    return this.observations.filter((o) => this.isOurs(o));
  }

  private async begin(resource: Resource, namespace: string): Promise<void> {
    let revision: string;
    try {
      revision = (await this.api.page(resource, 1, '', { namespace, metadataOnly: true, signal: this.stopper.signal })).resourceVersion;
    } catch (thrown) {
      const error = asLiveError(thrown);
      // A kind that is not served has nothing to show; what is denied is not visible.
      if (error.details.code !== 404 && !isCanceled(error)) this.notices.push(`Not visible: ${error.message}`);
      return;
    }
    void this.watch(resource, namespace, revision);
  }

  private async watch(resource: Resource, namespace: string, from: string): Promise<void> {
    let revision = from;
    for (let attempt = 0; attempt < 5 && !this.stopper.signal.aborted; attempt++) {
      try {
        await this.api.watch(resource, revision, ({ type, object }) => {
          revision = object.metadata.resourceVersion ?? revision;
          if (type !== 'BOOKMARK') this.observe({ at: Date.now(), type, resource, object: withoutSecrets(object) });
        }, { namespace, signal: this.stopper.signal, seconds: this.limits.watchSeconds });
      } catch (thrown) {
        if (this.stopper.signal.aborted || isCanceled(thrown)) return;
        const error = asLiveError(thrown);
        if (error.kind === 'forbidden' || error.kind === 'gone') { this.notices.push(`Not visible from some time on: ${error.message}`); return; }
        if (attempt === 4) this.notices.push(`The watch of ${typeOf(resource)} was lost: ${error.message}`);
        await new Promise((resolve) => { setTimeout(resolve, this.limits.backoff[0]); });
      }
    }
  }

  private observe(observation: Observation): void {
    if (this.observations.length >= MAX_OBSERVATIONS) {
      if (!this.full) this.notices.push(`More than ${MAX_OBSERVATIONS} changes were seen in these namespaces; later ones are not shown`);
      this.full = true;
      return;
    }
    this.observations.push(observation);
    this.consider(observation);
  }

  /** Learns of descendants, and notes how things stand. */
  private consider(o: Observation): void {
    const { uid } = o.object.metadata;
    if (!uid || o.resource.resource === 'events') { if (this.isOurs(o)) this.last = Math.max(this.last, o.at); return; }
    if (!this.owned.has(uid) && o.object.metadata.ownerReferences?.some((r) => this.owned.has(r.uid))) this.owned.add(uid);
    if (!this.owned.has(uid)) return;
    this.last = Math.max(this.last, o.at);
    if (o.type === 'DELETED') this.latest.delete(uid);
    else this.latest.set(uid, o.object);
  }

  private isOurs({ object, resource }: Observation): boolean {
    const about = resource.resource === 'events' ? (object as unknown as { readonly involvedObject?: { readonly uid?: string }; readonly regarding?: { readonly uid?: string } }) : undefined;
    const uid = about ? about.involvedObject?.uid ?? about.regarding?.uid : object.metadata.uid;
    return uid !== undefined && this.owned.has(uid);
  }
}

interface Shape {
  readonly spec?: { readonly replicas?: number; readonly completions?: number };
  readonly status?: { readonly observedGeneration?: number; readonly updatedReplicas?: number; readonly availableReplicas?: number; readonly readyReplicas?: number; readonly numberReady?: number; readonly desiredNumberScheduled?: number; readonly phase?: string; readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Nothing more is to be expected of it, as far as it goes well. */
export function isAtRest(object: KubernetesObject): boolean {
  const { spec, status } = object as unknown as Shape;
  const want = spec?.replicas ?? 1;
  const current = (status?.observedGeneration ?? 0) >= (object.metadata.generation ?? 0);
  switch (object.kind) {
    case 'Deployment': return current && (status?.availableReplicas ?? 0) === want && (status?.updatedReplicas ?? 0) === want;
    case 'ReplicaSet': case 'StatefulSet': case 'ReplicationController': return current && (status?.readyReplicas ?? 0) === want;
    case 'DaemonSet': return current && status?.desiredNumberScheduled !== undefined && status.numberReady === status.desiredNumberScheduled;
    case 'Job': return status?.conditions?.some((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True') ?? false;
    case 'Pod': return status?.phase === 'Succeeded' || status?.phase === 'Failed' || (status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false);
    case 'PersistentVolumeClaim': return status?.phase === 'Bound';
    default: return true;
  }
}

