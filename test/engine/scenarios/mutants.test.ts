import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../../src/engine/api/generated/types';
import type { ApiRequest, ApiResponse, Sender } from '../../../src/engine/apiserver/request';
import { failure } from '../../../src/engine/api/status';
import type { Cluster } from '../../../src/engine/cluster';
import type { Process } from '../../../src/engine/simulation/process';
import { runScenario, type Mutation } from './run';

/** Seeds in which a planted fault must show. */
const SEEDS = 40;

type Meddle = (actor: string, request: ApiRequest) => ApiRequest | 'swallow' | 'fail' | undefined;

/** A component with a fault: what it sends is changed, or answered as done and not done, or failed. */
const meddling = (meddle: Meddle): Mutation => (cluster) => {
  const honest = cluster.api.request.bind(cluster.api);
  cluster.api.request = function* (sender: Sender, request: ApiRequest): Process<ApiResponse> {
    const changed = meddle(sender.actor, request);
    if (changed === 'swallow') return { ...(yield* honest(sender, { ...request, options: { ...request.options, dryRun: true } })) };
    if (changed === 'fail') { yield* honest(sender, { verb: 'get', group: '', version: 'v1', resource: 'namespaces', name: 'default' }); return { code: 500, object: failure(500, 'InternalError', 'planted') } as unknown as ApiResponse; }
    return yield* honest(sender, changed ?? request);
  };
};

const is = (request: ApiRequest, verb: string, resource: string, subresource = ''): boolean => request.verb === verb && request.resource === resource && (request.subresource ?? '') === subresource;

/** Rewrites pods in the store behind everybody's back, once each. */
const rewriting = (when: (pod: Pod) => boolean, rewrite: (pod: Pod) => Pod): Mutation => (cluster: Cluster) => {
  const done = new Set<string>();
  cluster.etcd.store.subscribe(({ type, keyValue }) => {
    const pod = keyValue.value as Pod;
    if (type !== 'put' || !keyValue.key.startsWith('/registry/pods/') || done.has(keyValue.key) || !when(pod)) return;
    done.add(keyValue.key);
    cluster.simulation.after(1, () => {
      const [now] = (cluster.etcd.store.range({ key: keyValue.key }) as { keyValues: readonly { value: object }[] }).keyValues;
      if (now) cluster.etcd.store.txn({ compares: [], success: [{ type: 'put', key: keyValue.key, value: rewrite(now.value as Pod) }], failure: [] });
    });
  });
};

const MUTANTS: readonly (readonly [string, Mutation, RegExp])[] = [
  ['a garbage collector that deletes nothing', meddling((actor, r) => (actor === 'generic-garbage-collector' && r.verb === 'delete' ? 'swallow' : undefined)), /is owned by .* which does not exist/],
  ['a replica set controller that does not shrink', meddling((actor, r) => (actor === 'replicaset-controller' && is(r, 'delete', 'pods') ? 'swallow' : undefined)), /wants \d+ pods and has \d+/],
  ['a replica set controller that counts one too many', meddling((actor, r) => (actor === 'replicaset-controller' && is(r, 'update', 'replicasets', 'status') ? oneMore(r) : undefined)), /status\.replicas is \d+, counted/],
  ['a scheduler that forgets to bind', meddling((actor, r) => (actor === 'kube-scheduler' && is(r, 'create', 'pods', 'binding') ? 'swallow' : undefined)), /has no node and nobody says why|although .* has room/],
  ['kubelets that never finish', meddling((actor, r) => (actor.startsWith('kubelet/') && is(r, 'delete', 'pods') ? 'swallow' : undefined)), /is still being deleted/],
  ['an endpoints controller that writes once', meddling((actor, r) => (actor === 'endpoint-controller' && is(r, 'update', 'endpoints') ? 'swallow' : undefined)), /Endpoints .* ready are/],
  ['a quota controller that writes once', meddling((actor, r) => (actor === 'resourcequota-controller' && is(r, 'update', 'resourcequotas', 'status') && !isFirst(r) ? 'swallow' : undefined)), /ResourceQuota .* (counted|nobody counts)/],
  ['a job controller that never counts', meddling((actor, r) => (actor === 'job-controller' && is(r, 'patch', 'pods') ? 'swallow' : undefined)), /Job .*(never counted|keeps the finalizer|should have)|Job .* is still being deleted|job-tracking/],
  ['an attach/detach controller that does not tell the nodes', meddling((actor, r) => (actor === 'attachdetach-controller' && is(r, 'patch', 'nodes', 'status') ? 'swallow' : undefined)), /the status of .* is wrong about/],
  ['an API server that fails whoever makes replica sets', meddling((actor, r) => (actor === 'deployment-controller' && is(r, 'create', 'replicasets') ? 'fail' : undefined)), /its sets none/],
  ['pods that move', rewriting((pod) => Boolean(pod.spec.nodeName) && pod.metadata.deletionTimestamp === undefined, (pod) => ({ ...pod, spec: { ...pod.spec, nodeName: 'node-elsewhere' } })), /was bound to .* and then to/],
  ['pods that ask for more once they are bound', rewriting((pod) => Boolean(pod.spec.nodeName), (pod) => ({ ...pod, spec: { ...pod.spec, containers: pod.spec.containers.map((c) => ({ ...c, resources: { requests: { cpu: '9' } } })) } })), /cpu requested \d+m of/],
  ['pods that rise from the dead', rewriting((pod) => pod.status?.phase === 'Failed' && pod.metadata.deletionTimestamp === undefined, (pod) => ({ ...pod, status: { ...pod.status, phase: 'Running' } })), /was Failed and became Running/],
  ['a controller that answers itself for ever', looping(), /never came to rest|writes in \d+ s/],
];

function oneMore(r: ApiRequest): ApiRequest {
  const body = r.body as { readonly status: { readonly replicas?: number } };
  return { ...r, body: { ...body, status: { ...body.status, replicas: (body.status.replicas ?? 0) + 1 } } };
}

/** The first time a quota is written, which has to come through. */
const isFirst = (r: ApiRequest): boolean => r.body !== undefined && Object.values((r.body as { readonly status: { readonly used?: { readonly [name: string]: string } } }).status.used ?? {}).every((used) => used === '0');

/** Every change of a deployment makes somebody change it again. */
function looping(): Mutation {
  return (cluster) => {
    cluster.etcd.store.subscribe(({ type, keyValue }) => {
      if (type !== 'put' || !keyValue.key.startsWith('/registry/deployments/')) return;
      cluster.simulation.after(290, () => {
        const [now] = (cluster.etcd.store.range({ key: keyValue.key }) as { keyValues: readonly { value: object }[] }).keyValues;
        if (now) cluster.etcd.store.txn({ compares: [], success: [{ type: 'put', key: keyValue.key, value: { ...now.value } }], failure: [] });
      });
    });
  };
}

for (const [name, mutation, expected] of MUTANTS) {
  test(`the invariants notice ${name}`, () => {
    const said: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { broken } = runScenario(seed, mutation);
      if (broken.some((b) => expected.test(b))) return;
      said.push(...broken);
    }
    assert.fail(`${SEEDS} seeds went by; other faults: ${[...new Set(said)].slice(0, 5).join('; ') || 'none'}`);
  });
}
