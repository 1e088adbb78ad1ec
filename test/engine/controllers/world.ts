import assert from 'node:assert/strict';
import type { KubernetesObject } from '../../../src/engine/api/object';
import { isStatus } from '../../../src/engine/api/status';
import { Client } from '../../../src/engine/client/client';
import type { Resource } from '../../../src/engine/client/resources';
import { Cluster, KUBECTL } from '../../../src/engine/cluster';
import type { Process } from '../../../src/engine/simulation/process';

const START = 3000;

/** A world after its start-up, and what a person asks of it. */
export class World {
  readonly cluster = new Cluster({});
  readonly client = new Client(this.cluster.api, KUBECTL);

  constructor() { this.cluster.simulation.runUntil(START); }

  ask<T>(body: (client: Client) => Process<T>): T {
    const task = this.cluster.simulation.spawn('kubectl', body(this.client), { cause: 0, background: false });
    this.cluster.run();
    return task.result as T;
  }

  create(resource: Resource<never>, object: object): void {
    const created = this.ask((client) => client.create(resource as Resource<KubernetesObject>, 'default', object as KubernetesObject));
    assert.equal(isStatus(created), false, JSON.stringify(created));
  }

  list<T extends KubernetesObject>(resource: Resource<never>, namespace = 'default'): readonly T[] {
    const list = this.ask((client) => client.list(resource as Resource<KubernetesObject>, namespace));
    assert.ok('items' in list);
    return list.items as readonly T[];
  }

  after(milliseconds: number): void { this.cluster.simulation.runUntil(this.cluster.simulation.now + milliseconds); }
}
