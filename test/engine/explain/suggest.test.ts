import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../../src/engine/api/object';
import { explainPod, manifestOf, suggestFor } from '../../../src/engine/explain/explain';
import { yamlEdits } from '../../../src/engine/explain/yamlEdits';
import { applied } from '../../../src/engine/manifest/textEdit';
import { parseManifest } from '../../../src/engine/manifest/parse';
import { reportOf } from '../../../src/engine/report/report';
import { storyOf } from '../../../src/engine/report/text';
import { parseConfiguration } from '../../../src/engine/scheduler/configuration';
import { PLUGINS } from '../../../src/engine/scheduler/plugins/registry';
import { Session } from '../../../src/engine/session';
import type { Pod } from '../../../src/engine/api/generated/types';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: main
        image: nginx
        resources:
          requests:
            cpu: 3 # much
`;

function created(text: string, options: ConstructorParameters<typeof Session>[0] = {}): { readonly session: Session; readonly story: string; readonly documents: ReturnType<typeof parseManifest>['documents'] } {
  const { documents } = parseManifest(text, 'web.yaml');
  const session = new Session(options);
  const action = session.create(documents);
  return { session, documents, story: storyOf(reportOf(session, action, { suggestions: true, documents })) };
}

const pendingOf = (session: Session): readonly Pod[] => (session.cluster.api.peek('', 'pods')?.list() as unknown as readonly Pod[]).filter((p) => !p.spec.nodeName);

test('a replica without a node: edits of the Deployment, and no replica in the place of another', () => {
  const { session, documents, story } = created(DEPLOYMENT);
  const [pod] = pendingOf(session);
  assert.ok(pod);
  assert.deepEqual(manifestOf(session, pod, documents), { index: 0, prefix: 'spec.template.' });
  const suggestions = suggestFor(session, 'default', pod.metadata.name, { documents });
  assert.deepEqual(suggestions.map((s) => s.kind), ['lowerRequest', 'addNode']);
  const [lower] = suggestions;
  assert.deepEqual(lower?.edits, [{ document: 0, fieldPath: 'spec.template.spec.containers[0].resources.requests.cpu', operation: 'set', value: '1' }]);
  const edits = yamlEdits(DEPLOYMENT, lower.edits);
  assert.ok(edits);
  const changed = applied(DEPLOYMENT, edits);
  assert.equal(changed, DEPLOYMENT.replace('cpu: 3 #', 'cpu: "1" #'));
  assert.equal(pendingOf(created(changed).session).length, 0);
  assert.match(story, /What would help \(each of these was tried\):\n +- Lower the CPU request of container main from 3 to 1: the pod then runs on node-\d\./);
  assert.equal(explainPod(session, 'default', pod.metadata.name)?.queue?.pool, 'unschedulable');
});

test('looking for help leaves the world as it is, and can be stopped', () => {
  const { session } = created(DEPLOYMENT);
  const [pod] = pendingOf(session);
  const before = [session.cluster.simulation.now, session.cluster.trace.next, session.cluster.simulation.eventsRun];
  const first = suggestFor(session, 'default', pod?.metadata.name ?? '');
  assert.deepEqual(suggestFor(session, 'default', pod?.metadata.name ?? ''), first);
  assert.deepEqual([session.cluster.simulation.now, session.cluster.trace.next, session.cluster.simulation.eventsRun], before);
  assert.deepEqual(suggestFor(session, 'default', pod?.metadata.name ?? '', { proceed: () => false }), []);
  assert.deepEqual(JSON.parse(JSON.stringify(first)), first, 'plain data');
});

test('a configuration of the scheduler decides, and its suggestions too', () => {
  const { configuration, errors } = parseConfiguration({
    apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration',
    profiles: [{ schedulerName: 'default-scheduler', plugins: { multiPoint: { disabled: [{ name: 'NodeResourcesFit' }] } } }],
  }, new Set(PLUGINS.keys()));
  assert.deepEqual(errors, []);
  assert.equal(pendingOf(created(DEPLOYMENT, { schedulerConfiguration: configuration, components: { kubelets: false } }).session).length, 0);
});

const node = (name: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name } }, spec: {}, status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' }, capacity: { cpu: '4', memory: '8Gi', pods: '110' } } }) as unknown as KubernetesObject;
const low = (name: string, cpu: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu } } }] } }) as unknown as KubernetesObject;

test('preemption: victims end, then the pod is bound; while they are being deleted it is not tried', () => {
  const text = 'apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: important}\nspec:\n  priorityClassName: high\n  containers: [{name: main, image: nginx, resources: {requests: {cpu: "3"}}}]\n';
  const { session } = created(text, { objects: [node('node-1'), low('low-1', '2'), low('low-2', '2')] });
  const pods = session.cluster.api.peek('', 'pods')?.list() as unknown as readonly Pod[];
  assert.deepEqual(pods.map((p) => [p.metadata.name, p.spec.nodeName]), [['important', 'node-1']]);
  const actions = [...session.cluster.trace.messages({ from: 1 })].flatMap((m) => (m.kind === 'request' && m.actor === 'kube-scheduler' && m.resource === 'pods' ? [`${m.verb} ${m.name}${m.subresource ? `/${m.subresource}` : ''}`] : []));
  const deletions = actions.flatMap((action, i) => (action.startsWith('delete ') ? [i] : []));
  assert.equal(deletions.length, 2, 'each victim once');
  assert.ok((deletions[0] ?? 0) < actions.findLastIndex((action) => /low-\d\/status/.test(action)), 'the last victim is told only when the other is being deleted');
  assert.ok(actions.indexOf('create important/binding') > (deletions[1] ?? 0));
});

test('a pod that a plugin keeps out of the queue before any attempt is explained too', () => {
  const text = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  resourceClaims: [{name: gpu, resourceClaimName: nope}]\n  containers: [{name: main, image: nginx}]\n';
  const { session, story } = created(text);
  const explained = explainPod(session, 'default', 'p');
  assert.equal(explained?.outcome, 'gated');
  assert.equal(explained?.whyNot?.sentence, "The pod's ResourceClaim default/nope does not exist");
  assert.equal(explained?.blamed?.fieldPath, 'spec.resourceClaims');
  assert.deepEqual(explained?.queue?.wakers.map((w) => w.plugin), ['DynamicResources']);
  assert.match(story, /default\/p: Pending on no node: The pod's ResourceClaim default\/nope does not exist/);
});
