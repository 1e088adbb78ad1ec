import { ResourceRegistry } from '../../../src/engine/api/resources/registry';
import type { KubernetesObject } from '../../../src/engine/api/object';
import { AdmissionChain } from '../../../src/engine/apiserver/admission/chain';
import { ADMISSION_PLUGINS } from '../../../src/engine/apiserver/admission/plugins';
import { Authenticator } from '../../../src/engine/apiserver/authentication';
import { BuiltInKinds } from '../../../src/engine/apiserver/kinds';
import { LazyFields } from '../../../src/engine/apiserver/fieldManagement';
import { BuiltInPatching } from '../../../src/engine/apiserver/patching';
import type { Sender } from '../../../src/engine/apiserver/request';
import { KubeApiServer } from '../../../src/engine/apiserver/server';
import { storageKey } from '../../../src/engine/apiserver/storageKey';
import { systemObjects } from '../../../src/engine/bootstrap/objects';
import { Client } from '../../../src/engine/client/client';
import { SingleMemberEtcd } from '../../../src/engine/etcd/singleMember';
import { RECORDED_LATENCIES } from '../../../src/engine/simulation/latency';
import type { Process } from '../../../src/engine/simulation/process';
import { Simulation } from '../../../src/engine/simulation/simulation';
import { TraceRecorder } from '../../../src/engine/trace/recorder';

export const ADMIN: Sender = { actor: 'kubectl', userAgent: 'kubectl/v1.36.2', credentials: { type: 'certificate', user: { username: 'admin', groups: ['system:masters'] } } };

/** An API server and etcd, and nothing else. */
export class ServerWorld {
  readonly simulation = new Simulation({ seed: 1, epoch: Date.UTC(2026, 0, 1) });
  readonly trace = new TraceRecorder(this.simulation);
  readonly etcd = new SingleMemberEtcd(this.simulation, this.trace, RECORDED_LATENCIES);
  readonly api: KubeApiServer;
  readonly kinds: BuiltInKinds;
  readonly client: Client;

  constructor(objects: readonly KubernetesObject[] = systemObjects()) {
    const kinds = this.kinds = new BuiltInKinds({ random: this.simulation.random, services: () => this.api.peek('', 'services')?.list() ?? [] });
    this.api = new KubeApiServer({
      simulation: this.simulation, trace: this.trace, latencies: RECORDED_LATENCIES, etcd: this.etcd, registry: new ResourceRegistry(), kinds,
      patching: new BuiltInPatching(kinds), fields: new LazyFields(), admission: new AdmissionChain(ADMISSION_PLUGINS), authenticator: new Authenticator(), throwing: true,
    });
    for (const object of objects) {
      const definition = this.api.registry.forObject(object.apiVersion, object.kind);
      if (!definition) throw new Error(`no ${object.kind}`);
      const value = { ...object, metadata: { ...object.metadata, uid: this.simulation.random.uuid(), creationTimestamp: this.simulation.timestamp() } };
      this.etcd.store.txn({ compares: [], success: [{ type: 'put', key: storageKey(definition, object.metadata.namespace ?? '', object.metadata.name), value }], failure: [] });
    }
    this.client = new Client(this.api, ADMIN);
  }

  /** Runs one process to its end and gives its result. */
  do<T>(process: Process<T>): T {
    const task = this.simulation.spawn('test', process);
    for (let i = 0; i < 1_000_000 && !task.done; i++) if (!this.simulation.step()) break;
    if (!task.done) throw new Error('the process never ended');
    return task.result as T;
  }
}
