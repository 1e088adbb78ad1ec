import { SCHEMA } from './api/generated/schema';
import { deepFreeze, type KubernetesObject } from './api/object';
import { isStatus } from './api/status';
import { ResourceRegistry } from './api/resources/registry';
import { AdmissionChain } from './apiserver/admission/chain';
import { ADMISSION_PLUGINS } from './apiserver/admission/plugins';
import { Authenticator } from './apiserver/authentication';
import { BuiltInKinds } from './apiserver/kinds';
import { LazyFields } from './apiserver/fieldManagement';
import { BuiltInPatching } from './apiserver/patching';
import type { ApiServer, Sender } from './apiserver/request';
import { KubeApiServer, type AuditRecord } from './apiserver/server';
import { storageKey } from './apiserver/storageKey';
import { DEFAULT_NODES, readyNode } from './bootstrap/nodes';
import { contentsOfNewNamespaces, missingNamespaces, systemObjects } from './bootstrap/objects';
import { withPriorities } from './bootstrap/priorities';
import { bootstrapRbac } from './bootstrap/rbac';
import { ReplicatedEtcd } from './etcd/cluster/replicated';
import type { Etcd } from './etcd/etcd';
import { SingleMemberEtcd } from './etcd/singleMember';
import type { EtcdSnapshot } from './etcd/snapshot';
import { Component } from './component';
import { startControllerManager } from './controllers/manager';
import { startKubelet, type Kubelet } from './kubelet/kubelet';
import type { SchedulerConfiguration } from './scheduler/configuration';
import { startScheduler, type SchedulerHandle } from './scheduler/scheduler';
import { RECORDED_LATENCIES, type Latencies } from './simulation/latency';
import { DEFAULT_LIMITS, Simulation, type RunLimits, type RunResult } from './simulation/simulation';
import { DEFAULT_TRACE_LIMITS, TraceRecorder, type TraceLimits } from './trace/recorder';

/** The Kubernetes that this control plane behaves as. */
export const KUBERNETES_VERSION = 'v1.36.2';

/** The virtual clock of a world begins here unless said otherwise, so that runs are the same whenever they are made. */
export const DEFAULT_EPOCH = Date.UTC(2026, 0, 1);

export interface ClusterOptions {
  readonly seed?: number;
  /** Milliseconds since 1970 at the start of the virtual clock. */
  readonly epoch?: number;
  /** What the cluster holds at the start: nodes, pods and anything else, as stored. Without it three ready nodes. */
  readonly objects?: readonly KubernetesObject[];
  /** Which components run besides API server and etcd. */
  readonly components?: { readonly controllers?: boolean; readonly scheduler?: boolean; readonly kubelets?: boolean };
  readonly latencies?: Latencies;
  readonly traceLimits?: TraceLimits;
  /** How often the scheduler tries each pod; without it as often as its queue says. */
  readonly schedulingAttempts?: number;
  /** Members of etcd: 1, 3 or 5. One without it. */
  readonly etcdMembers?: number;
  /** Bytes that etcd may hold until it refuses writes; without it as much as there is memory. */
  readonly etcdQuotaBytes?: number;
  /** The scheduler and the controller manager work only while they hold their Leases; without it, as soon as they run. */
  readonly leaderElection?: boolean;
  /** What etcd holds at the start, instead of anything else: nothing is added to it. */
  readonly snapshot?: EtcdSnapshot;
  /** Profiles, plugins and their weights, as from a KubeSchedulerConfiguration (parseConfiguration). */
  readonly schedulerConfiguration?: SchedulerConfiguration;
  /** Nodes whose kubelet is not running at the start, as after a kill. */
  readonly deadNodes?: ReadonlySet<string>;
  /** Namespaces that exist besides the usual ones and those of the objects. */
  readonly namespaces?: readonly string[];
  /** Namespaces that are going to be created where no controllers run: what controllers would put in them is there already. */
  readonly newNamespaces?: readonly string[];
  /** Refuse removed API versions as v1.36 does, instead of converting them. */
  readonly refuseRemovedVersions?: boolean;
  /** Hears of every request that is answered, from the first one of the first component on. */
  readonly audit?: (record: AuditRecord) => void;
}

/** The person at the keyboard. */
export const KUBECTL: Sender = {
  actor: 'kubectl', userAgent: 'kubectl/v1.36.2',
  credentials: { type: 'certificate', user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] } },
};

/** A cluster description that cannot be loaded: one of its objects is not what it says it is. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}

/** What every stored object of a kind has, though a description may leave it out. */
function emptyParts(schema: string): object {
  const fields = SCHEMA[schema] ?? {};
  return { ...('spec' in fields ? { spec: {} } : {}), ...('status' in fields ? { status: {} } : {}) };
}

/** A world: etcd, the API server, the controller manager, the scheduler, a kubelet for each node, on one virtual clock. */
export class Cluster {
  readonly simulation: Simulation;
  readonly trace: TraceRecorder;
  readonly etcd: Etcd;
  readonly api: KubeApiServer;
  readonly latencies: Latencies;
  readonly kubelets = new Map<string, Kubelet>();
  scheduler: SchedulerHandle | undefined;
  /** kube-scheduler and kube-controller-manager, as far as they are part of this world. */
  readonly processes = new Map<string, Component<KubeApiServer>>();
  readonly seed: number;

  constructor(readonly options: ClusterOptions = {}) {
    this.seed = options.seed ?? 1;
    this.simulation = new Simulation({ seed: this.seed, epoch: options.epoch ?? (options.snapshot ? Date.parse(options.snapshot.savedAt) : DEFAULT_EPOCH) });
    this.latencies = options.latencies ?? RECORDED_LATENCIES;
    this.trace = new TraceRecorder(this.simulation, options.traceLimits ?? DEFAULT_TRACE_LIMITS);
    const { etcdMembers = 1, etcdQuotaBytes: quota } = options;
    const parts = { simulation: this.simulation, trace: this.trace, latencies: this.latencies };
    // One member needs no majority: the short way is as fast as there is one (bench/etcd.ts).
    this.etcd = etcdMembers === 1 && !quota ? new SingleMemberEtcd(parts.simulation, parts.trace, parts.latencies) : new ReplicatedEtcd({ ...parts, members: etcdMembers, quota });
    const kinds = new BuiltInKinds({ random: this.simulation.random, services: () => this.api.peek('', 'services')?.list() ?? [] });
    this.api = new KubeApiServer({
      simulation: this.simulation, trace: this.trace, latencies: this.latencies, etcd: this.etcd, registry: new ResourceRegistry(), kinds,
      patching: new BuiltInPatching(kinds), fields: new LazyFields(), admission: new AdmissionChain(ADMISSION_PLUGINS), authenticator: new Authenticator(),
    });
    if (options.audit) this.api.onAudit(options.audit);
    if (options.snapshot) this.etcd.loadSnapshot(options.snapshot); else this.fill();
    this.start();
  }

  /** A new cluster's contents. */
  private fill(): void {
    const { options } = this;
    const given = options.objects ?? this.defaultNodes();
    for (const object of bootstrapRbac(this.simulation.timestamp())) this.put(object);
    this.load(withPriorities([...systemObjects(), ...given, ...missingNamespaces(given, options.namespaces ?? []), ...contentsOfNewNamespaces(options.newNamespaces ?? [])]));
  }

  /** Runs until nothing but background work is left, or a limit is hit. */
  run(limits: RunLimits = DEFAULT_LIMITS, proceed?: () => boolean): RunResult { return this.simulation.run(limits, proceed); }

  /** Puts objects into etcd as they are, as if they had always been there: no request, no admission, no time. */
  private load(objects: readonly KubernetesObject[]): void {
    const now = this.simulation.timestamp();
    for (const given of objects) {
      const definition = this.api.registry.forObject(given.apiVersion, given.kind);
      if (!definition) continue;
      const namespace = definition.namespaced ? given.metadata.namespace || 'default' : undefined;
      const { resourceVersion: _, ...said } = given.metadata;
      const metadata = { ...said, ...(namespace ? { namespace } : {}), uid: said.uid || this.simulation.random.uuid(), creationTimestamp: said.creationTimestamp || now };
      const object = this.api.complete(definition, { ...emptyParts(definition.schema), ...given, metadata } as unknown as KubernetesObject);
      if (isStatus(object)) throw new ClusterError(`${given.kind} ${given.metadata.name}: ${object.message ?? ''}`);
      const { resourceVersion: __, ...kept } = object.metadata;
      const value = { ...object, metadata: kept } as KubernetesObject;
      this.put(DEVELOPMENT ? deepFreeze(value) : value);
    }
  }

  /** Stores an object that is complete. */
  private put(value: KubernetesObject): void {
    const definition = this.api.registry.forObject(value.apiVersion, value.kind);
    if (definition) this.etcd.load({ compares: [], success: [{ type: 'put', key: storageKey(definition, value.metadata.namespace ?? '', value.metadata.name), value }], failure: [] });
  }

  private defaultNodes(): readonly KubernetesObject[] {
    return DEFAULT_NODES.map((template) => readyNode(template, KUBERNETES_VERSION, this.simulation.timestamp()));
  }

  private start(): void {
    const { simulation, trace, latencies, api } = this;
    const { controllers = true, scheduler = true, kubelets = true } = this.options.components ?? {};
    const { leaderElection = false } = this.options;
    this.etcd.start();
    const component = (name: string, work: (gate: ApiServer) => void): void => {
      const made = new Component({ simulation, trace, api, name, leaderElection, work });
      this.processes.set(name, made);
      made.start();
    };
    if (controllers) component('kube-controller-manager', (gate) => { startControllerManager({ simulation, trace, latencies, api: Object.assign(gate, { registry: api.registry }) }); });
    if (scheduler) component('kube-scheduler', (gate) => { this.scheduler = startScheduler({ simulation, trace, latencies, api: gate, attempts: this.options.schedulingAttempts, configuration: this.options.schedulerConfiguration }); });
    if (!kubelets) return;
    for (const { metadata: { name } } of api.peek('', 'nodes')?.list() ?? []) {
      const kubelet = startKubelet({ simulation, trace, latencies, api, nodeName: name });
      if (this.options.deadNodes?.has(name)) kubelet.kill();
      this.kubelets.set(name, kubelet);
    }
  }
}
