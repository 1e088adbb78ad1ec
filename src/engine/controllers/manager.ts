import type { ResourceRegistry } from '../api/resources/registry';
import { Client } from '../client/client';
import type { Controller, ControllerContext } from '../client/controller';
import { EventRecorder } from '../client/eventRecorder';
import { InformerFactory } from '../client/informer';
import { Future, type Process } from '../simulation/process';
import type { Latencies } from '../simulation/latency';
import type { Simulation } from '../simulation/simulation';
import type { TraceRecorder } from '../trace/recorder';
import { deploymentController } from './deployment/controller';
import { endpointsController } from './endpoints/controller';
import { endpointSliceController } from './endpointslice/controller';
import { garbageCollector } from './garbage/controller';
import { podGarbageCollector } from './podGarbage';
import { namespaceController } from './namespace/controller';
import { rootCertificatePublisher, SIMULATED_ROOT_CA } from './rootCertificates';
import { serviceAccountController } from './serviceAccount';
import { nodeLifecycleController } from './nodelifecycle/controller';
import { statefulSetController } from './statefulset/controller';
import { daemonSetController } from './daemonset/controller';
import { jobController } from './job/controller';
import { cronJobController } from './cronjob/controller';
import { disruptionController } from './disruption';
import { ttlAfterFinishedController } from './ttlAfterFinished';
import { resourceQuotaController } from './quota/controller';
import { clusterRoleAggregationController } from './clusterRoleAggregation';
import { attachDetachController } from './volume/attachDetach';
import { SIMULATED_ATTACHER, type Attacher } from './volume/attacher';
import { persistentVolumeBinder } from './volume/binder';
import { ephemeralVolumeController } from './volume/ephemeral';
import { claimProtectionController, volumeProtectionController } from './volume/protection';
import { SIMULATED_PROVISIONER, type Provisioner } from './volume/provisioner';
import { annotatedMetrics } from './autoscaling/annotated';
import { horizontalPodAutoscaler } from './autoscaling/controller';
import type { MetricsSource } from './autoscaling/metrics';
import { endpointSliceMirroringController } from './endpointslice/mirroring';
import { taintEvictionController } from './taintEviction';
import { replicaSetController, replicationController } from './replicaSet';

export interface ControllerManagerOptions {
  readonly simulation: Simulation;
  readonly trace: TraceRecorder;
  readonly latencies: Latencies;
  /** Its registry is what discovery would tell: which kinds can be deleted, listed and watched. */
  readonly api: ApiServer & { readonly registry: ResourceRegistry };
  /** What namespaces get as the API server's certificate authority, in PEM. */
  readonly rootCA?: string;
  /** Stands for the external provisioners; without it a simulated one serves every class that names one. */
  readonly provisioner?: Provisioner;
  /** Stands for the external attachers; without it a simulated one serves every CSI driver. */
  readonly attacher?: Attacher;
  /** What autoscalers go by; without it what pods say of themselves in annotations, and where none does, nothing, as in a cluster without metrics-server. */
  readonly metrics?: MetricsSource;
}

export interface ControllerManager {
  /** Done when every informer has its first list and the workers run. */
  readonly started: Future<true>;
  /** Ends the watches. What is under way comes to its end. */
  stop(): void;
}

type ApiServer = ConstructorParameters<typeof Client>[0];
type Sender = Client['sender'];

const USER_AGENT = 'kube-controller-manager/v1.36.2';

interface Entry {
  /** The name of the service account, which is the actor in traces and audit logs. */
  readonly account: string;
  /** The component that its events name, where that is another. */
  readonly eventSource?: string;
  readonly make: (context: ControllerContext, options: ControllerManagerOptions) => Controller;
}

/** Every controller of the process, in the order in which it starts them. */
const CONTROLLERS: readonly Entry[] = [
  { account: 'endpoint-controller', make: endpointsController },
  { account: 'endpointslice-controller', eventSource: 'endpoint-slice-controller', make: endpointSliceController },
  { account: 'replication-controller', make: replicationController },
  { account: 'namespace-controller', make: (context, { api }) => namespaceController(context, api.registry) },
  { account: 'service-account-controller', make: serviceAccountController },
  { account: 'root-ca-cert-publisher', make: (context, { rootCA }) => rootCertificatePublisher(context, rootCA ?? SIMULATED_ROOT_CA) },
  { account: 'generic-garbage-collector', eventSource: 'garbage-collector-controller', make: (context, { api }) => garbageCollector(context, api.registry) },
  { account: 'pod-garbage-collector', make: podGarbageCollector },
  { account: 'node-controller', make: nodeLifecycleController },
  { account: 'node-controller', eventSource: 'taint-eviction-controller', make: taintEvictionController },
  { account: 'statefulset-controller', make: statefulSetController },
  { account: 'daemon-set-controller', eventSource: 'daemonset-controller', make: daemonSetController },
  { account: 'job-controller', make: jobController },
  { account: 'cronjob-controller', make: cronJobController },
  { account: 'ttl-after-finished-controller', make: ttlAfterFinishedController },
  { account: 'disruption-controller', eventSource: 'controllermanager', make: disruptionController },
  { account: 'resourcequota-controller', make: (context, { api }) => resourceQuotaController(context, api.registry) },
  { account: 'persistent-volume-binder', eventSource: 'persistentvolume-controller', make: (context, { provisioner }) => persistentVolumeBinder(context, provisioner ?? SIMULATED_PROVISIONER) },
  { account: 'attachdetach-controller', make: (context, { attacher }) => attachDetachController(context, attacher ?? SIMULATED_ATTACHER) },
  { account: 'pvc-protection-controller', make: claimProtectionController },
  { account: 'pv-protection-controller', make: volumeProtectionController },
  { account: 'ephemeral-volume-controller', eventSource: 'ephemeral_volume', make: ephemeralVolumeController },
  { account: 'clusterrole-aggregation-controller', make: clusterRoleAggregationController },
  { account: 'horizontal-pod-autoscaler', make: (context, { api, metrics }) => horizontalPodAutoscaler(context, api.registry, metrics ?? annotatedMetrics(context)) },
  { account: 'endpointslicemirroring-controller', eventSource: 'endpoint-slice-mirroring-controller', make: endpointSliceMirroringController },
  { account: 'deployment-controller', make: deploymentController },
  { account: 'replicaset-controller', make: replicaSetController },
];

/** kube-controller-manager: one set of informers, a service account and an event recorder for each controller. */
export function startControllerManager(options: ControllerManagerOptions): ControllerManager {
  const { simulation, trace, latencies, api } = options;
  const client = new Client(api, senderOf('kube-controller-manager', 'system:kube-controller-manager', ['system:authenticated']));
  const informers = new InformerFactory(simulation, client);
  const controllers = CONTROLLERS.map(({ account, eventSource, make }) => {
    const own = client.as(serviceAccount(account));
    const events = new EventRecorder(simulation, own, { component: eventSource ?? account });
    return make({ simulation, trace, latencies, client: own, informers, events, name: account }, options);
  });
  const started = new Future<true>();
  simulation.spawn('kube-controller-manager', run(informers, controllers, started), { cause: 0, background: true });
  return { started, stop: () => informers.stop() };
}

function* run(informers: InformerFactory, controllers: readonly Controller[], started: Future<true>): Process {
  informers.start();
  yield* informers.waitForSync();
  for (const controller of controllers) controller.start();
  started.resolve(true);
}

const senderOf = (actor: string, username: string, groups: readonly string[]): Sender => ({ actor, userAgent: USER_AGENT, credentials: { type: 'certificate', user: { username, groups } } });

const serviceAccount = (name: string): Sender =>
  senderOf(name, `system:serviceaccount:kube-system:${name}`, ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated']);
