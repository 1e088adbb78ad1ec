import type { KubernetesObject, NewObject } from '../../../src/engine/api/object';
import { isStatus, type Status } from '../../../src/engine/api/status';
import type { Client } from '../../../src/engine/client/client';
import { CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, JOBS, NAMESPACES as NAMESPACE_RESOURCE, NODES, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, REPLICA_SETS, REPLICATION_CONTROLLERS, SERVICES, STATEFUL_SETS, type Resource } from '../../../src/engine/client/resources';
import type { Cluster } from '../../../src/engine/cluster';
import { cordon, drain, taint } from '../../../src/engine/kubectl/operations';
import { sleep, type Process } from '../../../src/engine/simulation/process';
import type { Chance } from './chance';
import { NAMESPACES, randomManifest } from './manifests';
import { podTemplate } from './podManifests';

/** What a scenario acts on. */
export interface Stage {
  readonly cluster: Cluster;
  readonly client: Client;
  readonly chance: Chance;
}

type Any = Resource<KubernetesObject>;
const any = (resource: unknown): Any => resource as Any;
const WORKLOADS = [DEPLOYMENTS, REPLICA_SETS, REPLICATION_CONTROLLERS, STATEFUL_SETS, DAEMON_SETS].map(any);
const SCALABLE = [DEPLOYMENTS, REPLICA_SETS, REPLICATION_CONTROLLERS, STATEFUL_SETS].map(any);
const DELETABLE = [...WORKLOADS, JOBS, CRON_JOBS, SERVICES, PERSISTENT_VOLUME_CLAIMS, PODS].map(any);
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';

/** One thing a person, or fate, does. Answers what it was, for the log of a failing seed. */
export type Operation = (stage: Stage) => Process<string>;

interface Found { readonly resource: Any; readonly object: KubernetesObject }

const objects = (stage: Stage, resource: Any): readonly KubernetesObject[] => [...(stage.cluster.api.peek(resource.group, resource.resource)?.list() ?? [])].filter((o) => !o.metadata.namespace?.startsWith('kube-') && o.metadata.name !== 'kubernetes');

function find(stage: Stage, resources: readonly Any[]): Found | undefined {
  const found = resources.flatMap((resource) => objects(stage, resource).map((object) => ({ resource, object })));
  return found.length === 0 ? undefined : stage.chance.pick(found);
}

const said = (what: string, answer: unknown): string => (isStatus(answer) && answer.status === 'Failure' ? `${what}: ${answer.code} ${answer.message ?? ''}` : what);
const nameOf = ({ resource, object }: Found): string => `${resource.resource} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;

function* change(stage: Stage, found: Found | undefined, what: string, body: object, type: typeof MERGE | typeof STRATEGIC = MERGE, subresource = ''): Process<string> {
  if (found === undefined) return `${what}: nothing there`;
  const { metadata } = found.object;
  const answer: unknown = yield* stage.client.patch(found.resource, metadata.namespace ?? '', metadata.name, type, body, subresource);
  return said(`${what} ${nameOf(found)} ${JSON.stringify(body).slice(0, 300)}`, answer);
}

function* create(stage: Stage): Process<string> {
  const { chance, client, cluster } = stage;
  const namespace = chance.percent(75) ? 'default' : 'team';
  if (!cluster.api.peek('', 'namespaces')?.get(namespace)) return said(`create namespace ${namespace}`, yield* client.create(NAMESPACE_RESOURCE, '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
  const object = randomManifest(chance);
  const definition = cluster.api.registry.forObject(object.apiVersion, object.kind);
  if (!definition) throw new Error(`no kind ${object.kind}`);
  const answer = yield* client.create(definition as unknown as Any, namespace, object as NewObject);
  return said(`create ${namespace} ${JSON.stringify(object)}`, answer);
}

function* scale(stage: Stage): Process<string> { return yield* change(stage, find(stage, SCALABLE), 'scale', { spec: { replicas: stage.chance.between(0, 7) } }, MERGE, 'scale'); }

function* update(stage: Stage): Process<string> {
  const found = find(stage, WORKLOADS);
  const body = stage.chance.weighted<object>([
    [5, { spec: { template: { spec: { containers: [{ name: 'main', image: stage.chance.pick(['nginx:1.28', 'nginx:1.29', 'redis:8']) }] } } } }],
    [2, { spec: { template: { metadata: { annotations: { 'controlplane.dev/run': stage.chance.pick(['1s exit 1', 'forever', '30s']) } } } } }],
    [2, { spec: { template: { metadata: { annotations: { 'controlplane.dev/image': stage.chance.pick(['missing', 'ok']) } } } } }],
    [1, { spec: { template: { metadata: { labels: { tier: stage.chance.pick(['a', 'b']) } } } } }],
    [1, { metadata: { annotations: { note: String(stage.chance.between(1, 9)) } } }],
  ]);
  return yield* change(stage, found, 'update', body, STRATEGIC);
}

/** kubectl rollout undo: the template of one of the deployment's replica sets. */
function* rollback(stage: Stage): Process<string> {
  const found = find(stage, [any(DEPLOYMENTS)]);
  const sets = objects(stage, any(REPLICA_SETS)).filter((set) => set.metadata.ownerReferences?.some((o) => o.uid === found?.object.metadata.uid));
  if (found === undefined || sets.length === 0) return 'rollback: nothing there';
  const template = structuredClone((stage.chance.pick(sets)['spec'] as { template: { metadata: { labels: Record<string, string> } } }).template);
  delete template.metadata.labels['pod-template-hash'];
  const { metadata } = found.object;
  return said(`rollback ${nameOf(found)}`, yield* stage.client.patch(DEPLOYMENTS, metadata.namespace ?? '', metadata.name, 'application/json-patch+json', [{ op: 'replace', path: '/spec/template', value: template }]));
}

function* replaceTemplate(stage: Stage): Process<string> {
  const found = find(stage, WORKLOADS);
  if (found === undefined) return 'replace template: nothing there';
  const { metadata } = found.object;
  const app = metadata.name.replace(/-.*/, '');
  return said(`replace template of ${nameOf(found)}`, yield* stage.client.patch(found.resource, metadata.namespace ?? '', metadata.name, 'application/json-patch+json', [{ op: 'replace', path: '/spec/template', value: podTemplate(stage.chance, app) }]));
}

function* toggle(stage: Stage): Process<string> {
  const on = stage.chance.percent(50);
  if (stage.chance.percent(50)) return yield* change(stage, find(stage, [any(DEPLOYMENTS)]), 'pause', { spec: { paused: on } });
  return yield* change(stage, find(stage, [any(JOBS), any(CRON_JOBS)]), 'suspend', { spec: { suspend: on } });
}

function* remove(stage: Stage): Process<string> {
  const found = find(stage, DELETABLE);
  if (found === undefined) return 'delete: nothing there';
  const { metadata } = found.object;
  const propagationPolicy = stage.chance.pick(['Background', 'Background', 'Foreground', 'Orphan'] as const);
  const options = { propagationPolicy, ...(found.resource.resource === 'pods' ? stage.chance.maybe(15, () => ({ gracePeriodSeconds: 0 })) : {}) };
  return said(`delete ${nameOf(found)} ${JSON.stringify(options)}`, yield* stage.client.delete(found.resource, metadata.namespace ?? '', metadata.name, options));
}

function* removeVolume(stage: Stage): Process<string> {
  const found = find(stage, [any(PERSISTENT_VOLUMES)]);
  return found === undefined ? 'delete volume: nothing there' : said(`delete ${nameOf(found)}`, yield* stage.client.delete(found.resource, '', found.object.metadata.name));
}

function* touchPod(stage: Stage): Process<string> {
  const found = find(stage, [any(PODS)]);
  if (found === undefined) return 'pod: nothing there';
  const { namespace = '', name } = found.object.metadata;
  switch (stage.chance.between(1, 4)) {
    case 1: return yield* change(stage, found, 'release', { metadata: { labels: { app: stage.chance.pick(['other', 'web', 'shop']) } } });
    case 2: return yield* change(stage, found, 'ungate', { spec: { schedulingGates: null } });
    case 3: return said(`evict ${nameOf(found)}`, yield* stage.client.createSubresource(PODS, namespace, name, 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }));
    default: return said(`delete ${nameOf(found)}`, yield* stage.client.delete(PODS, namespace, name));
  }
}

function* namespace(stage: Stage): Process<string> { return said('delete namespace team', yield* stage.client.delete(NAMESPACE_RESOURCE, '', NAMESPACES[1])); }

const nodeNames = (stage: Stage): readonly string[] => objects(stage, any(NODES)).map((n) => n.metadata.name);

function* power(stage: Stage): Process<string> {
  const name = stage.chance.pick([...stage.cluster.kubelets.keys()]);
  const kubelet = stage.cluster.kubelets.get(name);
  if (kubelet?.running === false) { kubelet.start(); return `start ${name}`; }
  if (stage.chance.percent(60)) { kubelet?.kill(); return `kill ${name}`; }
  kubelet?.stop();
  return `stop the kubelet of ${name}`;
}

function* restart(stage: Stage): Process<string> {
  const name = stage.chance.pick([...stage.cluster.kubelets.keys()]);
  const kubelet = stage.cluster.kubelets.get(name);
  if (stage.chance.percent(50)) kubelet?.kill(); else kubelet?.stop();
  yield* sleep(stage.chance.between(10, 20_000));
  kubelet?.start();
  return `restart ${name}`;
}

function* operateNode(stage: Stage): Process<string> {
  const names = nodeNames(stage);
  if (names.length === 0) return 'node: nothing there';
  const name = stage.chance.pick(names);
  const effect = stage.chance.pick(['NoExecute', 'NoSchedule'] as const);
  const { client } = stage;
  switch (stage.chance.between(1, 7)) {
    case 1: return said(`cordon ${name}`, yield* cordon(client, name, true));
    case 2: return said(`drain ${name}`, yield* drain(client, name));
    case 3: return said(`taint ${name} ${effect}`, yield* taint(client, name, { key: 'maintenance', effect }));
    case 4: return said(`untaint ${name} ${effect}`, yield* taint(client, name, { key: 'maintenance', effect }, true));
    case 5: return said(`label ${name}`, yield* client.patch(NODES, '', name, MERGE, { metadata: { labels: { disk: stage.chance.pick(['ssd', null]) } } }));
    case 6: return said(`pressure on ${name}`, yield* client.patch(NODES, '', name, MERGE, { metadata: { annotations: { 'controlplane.dev/pressure': stage.chance.pick(['memory', null]) } } }));
    default: return said(`uncordon ${name}`, yield* cordon(client, name, false));
  }
}

/** A machine that is gone for good, and its object after it. */
function* loseNode(stage: Stage): Process<string> {
  const dead = [...stage.cluster.kubelets].filter(([, kubelet]) => !kubelet.running).map(([name]) => name).filter((name) => nodeNames(stage).includes(name));
  if (dead.length === 0) return 'delete node: none is down';
  const name = stage.chance.pick(dead);
  return said(`delete node ${name}`, yield* stage.client.delete(NODES, '', name) as Process<KubernetesObject | Status>);
}

function* wait(stage: Stage): Process<string> {
  const seconds = stage.chance.weighted([[6, stage.chance.between(1, 20)], [2, 70], [1, 400]]);
  yield* sleep(seconds * 1000);
  return `wait ${seconds} s`;
}

/** What may happen, and how often of 100. */
export const OPERATIONS: readonly (readonly [number, Operation])[] = [
  [34, create], [8, scale], [9, update], [3, rollback], [3, replaceTemplate], [4, toggle], [9, remove], [7, touchPod], [2, namespace], [3, power], [2, restart], [6, operateNode], [1, loseNode], [1, removeVolume], [8, wait],
];
