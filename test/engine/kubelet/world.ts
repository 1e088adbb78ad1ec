import type { KubernetesObject, NewObject } from '../../../src/engine/api/object';
import type { Pod } from '../../../src/engine/api/generated/types';
import { Client } from '../../../src/engine/client/client';
import { PODS } from '../../../src/engine/client/resources';
import { Cluster, KUBECTL } from '../../../src/engine/cluster';
import { startKubelet, type Kubelet } from '../../../src/engine/kubelet/kubelet';
import type { KubeletSettings } from '../../../src/engine/kubelet/options';
import type { Process } from '../../../src/engine/simulation/process';
import { DEFAULT_LIMITS, type Simulation } from '../../../src/engine/simulation/simulation';
import type { RequestMessage, WorkMessage } from '../../../src/engine/trace/message';
import type { TraceRecorder } from '../../../src/engine/trace/recorder';

export function node(name: string, more: { readonly cpu?: string; readonly memory?: string; readonly labels?: { readonly [key: string]: string }; readonly annotations?: { readonly [key: string]: string } } = {}): KubernetesObject {
  const amounts = { cpu: more.cpu ?? '4', memory: more.memory ?? '16Gi', pods: '110' };
  const off = (type: string, reason: string, message: string): object => ({ type, status: 'False', reason, message });
  return {
    apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels }, ...(more.annotations ? { annotations: more.annotations } : {}) }, spec: {},
    status: {
      capacity: amounts, allocatable: amounts, addresses: [{ type: 'InternalIP', address: '192.0.2.2' }],
      conditions: [off('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'), off('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        off('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'), { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }],
    },
  } as unknown as KubernetesObject;
}

/** An API server and kubelets, and nothing else: pods are created bound to their nodes. */
export class KubeletWorld {
  readonly simulation: Simulation;
  readonly trace: TraceRecorder;
  readonly api: Cluster['api'];
  readonly kubectl: Client;
  readonly kubelets = new Map<string, Kubelet>();

  constructor(options: { readonly seed?: number; readonly objects?: readonly KubernetesObject[]; readonly settings?: Partial<KubeletSettings> } = {}) {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } } as KubernetesObject;
    const objects = [account, ...(options.objects ?? [node('node-1')])];
    const cluster = new Cluster({ seed: options.seed ?? 1, objects, components: { controllers: false, scheduler: false, kubelets: false } });
    this.simulation = cluster.simulation;
    this.trace = cluster.trace;
    this.api = cluster.api;
    this.kubectl = new Client(this.api, KUBECTL);
    const { simulation, trace, api, latencies } = cluster;
    for (const object of objects) {
      if (object.kind !== 'Node') continue;
      this.kubelets.set(object.metadata.name, startKubelet({ simulation, trace, api, latencies, nodeName: object.metadata.name, ...(options.settings ? { settings: options.settings } : {}) }));
    }
    this.simulation.runUntil(100);
  }

  kubelet(name = 'node-1'): Kubelet {
    const kubelet = this.kubelets.get(name);
    if (!kubelet) throw new Error(`no kubelet ${name}`);
    return kubelet;
  }

  /** Does something as a person would, and waits for its answer alone. */
  do<T>(process: Process<T>): T {
    const task = this.simulation.spawn('person', process, { cause: 0, background: false });
    while (!task.done && this.simulation.step());
    return task.result as T;
  }

  create(pod: NewObject<Pod>): void {
    const answer = this.do(this.kubectl.create(PODS, 'default', pod));
    if (answer.kind === 'Status') throw new Error(JSON.stringify(answer));
  }

  /** To rest, or so many milliseconds on. */
  run(milliseconds?: number): void {
    if (milliseconds === undefined) this.simulation.run(DEFAULT_LIMITS); else this.simulation.runUntil(this.simulation.now + milliseconds);
  }

  pod(name: string): Pod | undefined { return this.api.peek('', 'pods')?.get(`default/${name}`) as unknown as Pod | undefined; }
  need(name: string): Pod {
    const pod = this.pod(name);
    if (!pod) throw new Error(`no pod ${name}`);
    return pod;
  }

  /** The kubelet's writes about pods so far: "patch status p", "delete p". */
  writes(): readonly string[] {
    return this.requests().map((m) => [m.verb, m.subresource, m.name, m.code >= 300 ? String(m.code) : ''].filter(Boolean).join(' '));
  }
  requests(): readonly RequestMessage[] {
    return this.trace.messages().filter((m): m is RequestMessage => m.kind === 'request' && m.actor.startsWith('kubelet/') && m.resource === 'pods' && m.verb !== 'list' && m.verb !== 'watch');
  }
  works(action: string): readonly WorkMessage[] { return this.trace.messages().filter((m): m is WorkMessage => m.kind === 'work' && m.action === action); }
}

export function pod(name: string, more: { readonly spec?: object; readonly annotations?: { readonly [key: string]: string }; readonly container?: object; readonly node?: string } = {}): NewObject<Pod> {
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', ...(more.annotations ? { annotations: more.annotations } : {}) },
    spec: { nodeName: more.node ?? 'node-1', containers: [{ name: 'main', image: 'nginx:1.27', ...more.container }], ...more.spec },
  } as unknown as NewObject<Pod>;
}

/** The state of a container of the pod in a word or two: "running", "waiting CrashLoopBackOff", "terminated Error 1". */
export function state(pod: Pod, name = 'main'): string {
  const status = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find((s) => s.name === name);
  const { running, waiting, terminated } = status?.state ?? {};
  return running ? 'running' : waiting ? `waiting ${waiting.reason ?? ''}` : terminated ? `terminated ${terminated.reason ?? ''} ${terminated.exitCode}` : 'none';
}

/** "Ready=False ContainersNotReady" … */
export const conditions = (pod: Pod): readonly string[] => (pod.status?.conditions ?? []).map((c) => `${c.type}=${c.status}${c.reason ? ` ${c.reason}` : ''}`);
