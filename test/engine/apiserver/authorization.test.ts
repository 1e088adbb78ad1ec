import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterRole, Pod } from '../../../src/engine/api/generated/types';
import type { KubernetesObject } from '../../../src/engine/api/object';
import type { ApiRequest, Sender } from '../../../src/engine/apiserver/request';
import { uncovered } from '../../../src/engine/apiserver/authorization/ruleCoverage';
import { rule, urls } from '../../../src/engine/apiserver/authorization/rules';
import { systemObjects } from '../../../src/engine/bootstrap/objects';
import { bootstrapRbac } from '../../../src/engine/bootstrap/rbac';
import { create, created, pod, send, senderOf, verdict, type Json } from './admissionSupport';
import { ServerWorld } from './world';

const NOW = '2026-01-01T00:00:00Z';
const world = (): ServerWorld => new ServerWorld([...systemObjects(), ...bootstrapRbac(NOW)]);
const ask = (w: ServerWorld, sender: Sender, request: Omit<ApiRequest, 'version'>): string => verdict(w.do(w.api.request(sender, { version: 'v1', ...request })));
const RBAC = 'rbac.authorization.k8s.io/v1';
const roleBinding = (subject: Json, roleRef: Json, name = 'b'): Json => ({ apiVersion: RBAC, kind: 'RoleBinding', metadata: { name }, subjects: [subject], roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef } });
const alice = senderOf('alice', 'dev', 'system:authenticated');
const ALICE: Json = { kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' };

test('every cluster is born with the same roles and bindings, shared between worlds', () => {
  const objects = bootstrapRbac(NOW);
  assert.equal(objects, bootstrapRbac(NOW));
  const count = (kind: string): number => objects.filter((o) => o.kind === kind).length;
  assert.deepEqual(['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'].map(count), [69, 50, 7, 7]);
  assert.equal(new Set(objects.map((o) => o.metadata.uid)).size, objects.length);
  for (const o of objects) assert.match(o.metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a role that aggregates has the rules of the others', () => {
  const role = (name: string): ClusterRole => bootstrapRbac(NOW).find((o) => o.kind === 'ClusterRole' && o.metadata.name === name) as unknown as ClusterRole;
  assert.equal(role('view').rules?.length, role('system:aggregate-to-view').rules?.length);
  assert.deepEqual(uncovered(role('admin').rules ?? [], [...(role('edit').rules ?? []), ...(role('view').rules ?? [])]), []);
  assert.deepEqual(role('edit').aggregationRule, { clusterRoleSelectors: [{ matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' } }] });
});

const REQUESTS: readonly (readonly [who: Sender, request: Omit<ApiRequest, 'version'>, answer: string])[] = [
  [alice, { verb: 'get', group: '', resource: 'pods', namespace: 'default', name: 'p' }, 'pods "p" is forbidden: User "alice" cannot get resource "pods" in API group "" in the namespace "default"'],
  [alice, { verb: 'get', group: '', resource: 'nodes', name: 'n' }, 'nodes "n" is forbidden: User "alice" cannot get resource "nodes" in API group "" at the cluster scope'],
  [alice, { verb: 'update', group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'default', name: 'd' }, 'deployments.apps "d" is forbidden: User "alice" cannot update resource "deployments/scale" in API group "apps" in the namespace "default"'],
  [senderOf('system:kube-scheduler'), { verb: 'delete', group: '', resource: 'nodes', name: 'n' }, 'nodes "n" is forbidden: User "system:kube-scheduler" cannot delete resource "nodes" in API group "" at the cluster scope'],
  [senderOf('system:serviceaccount:kube-system:replicaset-controller', 'system:serviceaccounts'), { verb: 'get', group: '', resource: 'secrets', namespace: 'default', name: 's' },
    'secrets "s" is forbidden: User "system:serviceaccount:kube-system:replicaset-controller" cannot get resource "secrets" in API group "" in the namespace "default"'],
  [senderOf('system:serviceaccount:kube-system:replicaset-controller'), { verb: 'delete', group: '', resource: 'pods', namespace: 'default', name: 'p' }, 'pods "p" not found'],
];
for (const [who, request, answer] of REQUESTS) test(`RBAC: ${answer}`, () => assert.equal(ask(world(), who, request), answer));

test('verdicts follow the bindings and roles as they change', () => {
  const w = world();
  const read = { verb: 'get', group: '', resource: 'configmaps', namespace: 'default', name: 'kube-root-ca.crt' } as const;
  const refused = 'configmaps "kube-root-ca.crt" is forbidden: User "alice" cannot get resource "configmaps" in API group "" in the namespace "default"';
  assert.equal(ask(w, alice, read), refused);
  created(w, roleBinding(ALICE, { kind: 'Role', name: 'reader' }));
  assert.equal(ask(w, alice, read), `${refused}: RBAC: role.rbac.authorization.k8s.io "reader" not found`);
  created(w, { apiVersion: RBAC, kind: 'Role', metadata: { name: 'reader' }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }] });
  assert.equal(ask(w, alice, read), 'passed');
  assert.equal(ask(w, alice, { ...read, namespace: 'kube-system' }), refused.replace('"default"', '"kube-system"'));
  const reason = w.trace.messages().flatMap((m) => (m.kind === 'request' && m.user === 'alice' ? m.stages : [])).filter((s) => s.name === 'authorization' && s.verdict === 'passed').at(-1)?.detail;
  assert.equal(reason, 'RBAC: allowed by RoleBinding "b/default" of Role "reader" to User "alice"');
  send(w, 'delete', { apiVersion: RBAC, kind: 'RoleBinding', metadata: { name: 'b' } }, { body: undefined });
  assert.equal(ask(w, alice, read), refused);
});

test('nobody gives away rights that they do not have', () => {
  const w = world();
  created(w, roleBinding(ALICE, { kind: 'ClusterRole', name: 'admin' }));
  const role = (rules: readonly Json[], name = 'r'): Json => ({ apiVersion: RBAC, kind: 'Role', metadata: { name }, rules });
  assert.equal(create(w, role([{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }], 'fine'), {}, alice), 'passed');
  const message = create(w, role([{ apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list'] }, { apiGroups: ['apps'], resources: ['x'], resourceNames: ['n'], verbs: ['*'] }]), {}, alice);
  assert.equal(message, [
    'roles.rbac.authorization.k8s.io "r" is forbidden: user "alice" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
    '{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}', '{APIGroups:["apps"], Resources:["x"], ResourceNames:["n"], Verbs:["*"]}',
  ].join('\n'));
  const bound = create(w, roleBinding({ kind: 'User', name: 'bob', apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'ClusterRole', name: 'cluster-admin' }, 'c'), {}, alice);
  assert.match(bound, /^rolebindings\.rbac\.authorization\.k8s\.io "c" is forbidden: user "alice" .* not currently held:\n\{APIGroups:\["\*"\], Resources:\["\*"\], Verbs:\["\*"\]\}\n\{NonResourceURLs:\["\*"\], Verbs:\["\*"\]\}$/);
  assert.equal(create(w, roleBinding({ kind: 'User', name: 'bob', apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'ClusterRole', name: 'view' }, 'v'), {}, alice), 'passed');
  assert.equal(create(w, roleBinding({ kind: 'User', name: 'bob', apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'Role', name: 'gone' }, 'g'), {}, alice), 'role.rbac.authorization.k8s.io "gone" not found');
});

test('bind and escalate are rights of their own', () => {
  const w = world();
  created(w, { apiVersion: RBAC, kind: 'ClusterRole', metadata: { name: 'granter' }, rules: [
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create'] }, { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['escalate'] },
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], resourceNames: ['edit'], verbs: ['bind'] },
  ] });
  created(w, roleBinding(ALICE, { kind: 'ClusterRole', name: 'granter' }));
  assert.equal(create(w, { apiVersion: RBAC, kind: 'Role', metadata: { name: 'r' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }, {}, alice), 'passed');
  assert.equal(create(w, roleBinding(ALICE, { kind: 'ClusterRole', name: 'edit' }, 'e'), {}, alice), 'passed');
  assert.match(create(w, roleBinding(ALICE, { kind: 'ClusterRole', name: 'admin' }, 'a'), {}, alice), /not currently held/);
});

test('what rules cover', () => {
  assert.deepEqual(uncovered([rule('get', '*', '*/scale')], [rule('get', 'apps', 'deployments/scale deployments')]), [rule('get', 'apps', 'deployments')]);
  assert.deepEqual(uncovered([rule('*', 'core', 'pods', 'a')], [rule('get', 'core', 'pods', 'a b')]), [rule('get', 'core', 'pods', 'b')]);
  assert.deepEqual(uncovered([urls('get', '/api/*')], [urls('get', '/api/v1 /apis')]), [urls('get', '/apis')]);
});

const node = senderOf('system:node:n1', 'system:nodes', 'system:authenticated');
function nodeWorld(): ServerWorld {
  const w = world();
  for (const name of ['used', 'other']) created(w, { apiVersion: 'v1', kind: 'Secret', metadata: { name } });
  created(w, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
  created(w, pod('mine', { nodeName: 'n1', volumes: [{ name: 'v', secret: { secretName: 'used' } }, { name: 'c', persistentVolumeClaim: { claimName: 'claim' } }] }));
  created(w, pod('foreign', { nodeName: 'n2' }));
  return w;
}
const why = (text: string, reason = ''): string => `${text}${reason ? `: ${reason}` : ''}`;
const unrelated = "no relationship found between node 'n1' and this object";
const NODE_REQUESTS: readonly (readonly [request: Omit<ApiRequest, 'version'>, answer: string])[] = [
  [{ verb: 'get', group: '', resource: 'secrets', namespace: 'default', name: 'used' }, 'passed'],
  [{ verb: 'get', group: '', resource: 'secrets', namespace: 'default', name: 'other' }, why('secrets "other" is forbidden: User "system:node:n1" cannot get resource "secrets" in API group "" in the namespace "default"', unrelated)],
  [{ verb: 'get', group: '', resource: 'configmaps', namespace: 'default', name: 'kube-root-ca.crt' }, 'passed'],
  [{ verb: 'get', group: '', resource: 'pods', namespace: 'default', name: 'mine' }, 'passed'],
  [{ verb: 'get', group: '', resource: 'pods', namespace: 'default', name: 'foreign' }, why('pods "foreign" is forbidden: User "system:node:n1" cannot get resource "pods" in API group "" in the namespace "default"', unrelated)],
  [{ verb: 'get', group: '', resource: 'persistentvolumeclaims', namespace: 'default', name: 'claim' }, 'persistentvolumeclaims "claim" not found'],
  [{ verb: 'get', group: '', resource: 'nodes', name: 'n2' }, why('nodes "n2" is forbidden: User "system:node:n1" cannot get resource "nodes" in API group "" at the cluster scope', "node 'n1' cannot read 'n2', only its own Node object")],
  [{ verb: 'delete', group: '', resource: 'nodes', name: 'n1' }, 'nodes "n1" is forbidden: User "system:node:n1" cannot delete resource "nodes" in API group "" at the cluster scope'],
  [{ verb: 'get', group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-node-lease', name: 'n2' },
    why('leases.coordination.k8s.io "n2" is forbidden: User "system:node:n1" cannot get resource "leases" in API group "coordination.k8s.io" in the namespace "kube-node-lease"', 'can only access node lease with the same name as the requesting node')],
  [{ verb: 'delete', group: '', resource: 'pods', namespace: 'default', name: 'foreign' }, 'pods "foreign" is forbidden: node "n1" can only delete pods with spec.nodeName set to itself'],
  [{ verb: 'delete', group: '', resource: 'pods', namespace: 'default', name: 'mine' }, 'passed'],
  [{ verb: 'create', group: '', resource: 'pods', namespace: 'default', body: pod('p') }, 'pods "p" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods'],
  [{ verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token', namespace: 'default', name: 'default', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec: { audiences: [] } } }, 'serviceaccounts "default" is forbidden: node requested token not bound to a pod'],
  [{ verb: 'patch', group: '', resource: 'nodes', name: 'n1', patchType: 'application/merge-patch+json', body: { spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } } }, 'nodes "n1" is forbidden: node "n1" is not allowed to modify taints'],
  [{ verb: 'patch', group: '', resource: 'nodes', name: 'n1', patchType: 'application/merge-patch+json', body: { metadata: { labels: { 'node-restriction.kubernetes.io/a': 'b', mine: 'c', 'kubernetes.io/os': 'linux' } } } },
    'nodes "n1" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/a'],
  [{ verb: 'patch', group: '', resource: 'nodes', name: 'n2', patchType: 'application/merge-patch+json', body: {} }, 'nodes "n2" not found'],
];
for (const [request, answer] of NODE_REQUESTS) {
  test(`a kubelet: ${request.verb} ${request.resource} ${request.name ?? ''}: ${answer}`, () => assert.equal(ask(nodeWorld(), node, request), answer));
}

test('a kubelet lists the pods of its node and the one node that is its own', () => {
  const w = nodeWorld();
  const list = (resource: string, fieldSelector: string): unknown => {
    const answer = w.do(w.api.list(node, { verb: 'list', group: '', version: 'v1', resource, options: { fieldSelector } }));
    return 'items' in answer ? answer.items.map((o: KubernetesObject) => o.metadata.name) : answer.message;
  };
  assert.deepEqual(list('pods', 'spec.nodeName=n1'), ['mine']);
  assert.equal(list('pods', 'spec.nodeName=n2'), 'pods is forbidden: User "system:node:n1" cannot list resource "pods" in API group "" at the cluster scope: can only list/watch pods with spec.nodeName field selector');
  assert.deepEqual(list('nodes', 'metadata.name=n1'), ['n1']);
});

test('a pod is told the zone of the node that it is bound to', () => {
  const w = world();
  created(w, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { 'topology.kubernetes.io/zone': 'z1' } } });
  created(w, pod('p'));
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } };
  assert.equal(ask(w, senderOf('system:kube-scheduler'), { verb: 'create', group: '', resource: 'pods', subresource: 'binding', namespace: 'default', name: 'p', body }), 'passed');
  assert.deepEqual((w.api.peek('', 'pods')?.get('default/p') as unknown as Pod).metadata.labels, { 'topology.kubernetes.io/zone': 'z1' });
});
