import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../../../src/engine/api/generated/types';
import type { KubernetesObject } from '../../../src/engine/api/object';
import { coreOf, objectsOf } from '../../../src/engine/explain/cluster';
import type { ClusterAction } from '../../../src/engine/explain/help/candidate';
import { explainPod, suggestFor } from '../../../src/engine/explain/explain';
import { templatePrefix } from '../../../src/engine/explain/help/edits';
import type { Suggestion } from '../../../src/engine/explain/help/suggest';
import { yamlEdits } from '../../../src/engine/explain/yamlEdits';
import { applied } from '../../../src/engine/manifest/textEdit';
import { parseManifest } from '../../../src/engine/manifest/parse';
import { Session } from '../../../src/engine/session';
import { admitted, readCases, type GoldenCase } from '../scheduler/goldenCase';

const LIMITS = { milliseconds: 10_000, events: 1_000_000, patience: 0 };

function sessionOf(cluster: readonly KubernetesObject[], value: object): { readonly session: Session; readonly pod: Pod | undefined; readonly message: string } {
  const { metadata } = value as KubernetesObject;
  const session = new Session({ objects: cluster, components: { controllers: false, kubelets: false }, schedulingAttempts: 1, namespaces: metadata.namespace ? [metadata.namespace] : [] });
  const { documents } = session.create([{ file: '', index: 0, value: value as { readonly [field: string]: unknown } }], { limits: LIMITS });
  return { session, pod: documents[0]?.object as unknown as Pod | undefined, message: documents[0]?.message ?? '' };
}

const nodesOf = (cluster: GoldenCase['cluster']): readonly string[] => cluster.filter((o) => o.kind === 'Node').map((o) => o.metadata.name).sort();
const cases = readCases();
/** Nothing small helps: two bound volumes on different nodes; a claim that only the volume controller could bind. */
const NO_HELP = new Set(['storage-bound-conflict', 'storage-unbound-immediate']);

for (const { id, cluster, pod, expect } of cases.filter((c) => c.expect.outcome !== 'scheduled')) {
  test(`why not: ${id}`, () => {
    const { session, message } = sessionOf(cluster as unknown as readonly KubernetesObject[], pod);
    const explained = explainPod(session, pod.metadata.namespace ?? 'default', pod.metadata.name);
    assert.ok(explained?.whyNot, message);
    const { whyNot, blamed } = explained;
    assert.ok(blamed, 'a field is blamed');
    if (expect.outcome !== 'unschedulable') { assert.deepEqual(whyNot.groups, []); assert.notEqual(whyNot.sentence, ''); return; }
    assert.ok(expect.messages?.includes(whyNot.message), whyNot.message);
    assert.deepEqual(whyNot.groups.flatMap((g) => g.nodes).sort(), nodesOf(cluster), 'every node exactly once');
    for (const { sentence, reasons } of whyNot.groups) {
      assert.doesNotMatch(sentence, /undefined|NaN|\[object/);
      // A sentence of a reader, not the plugin's own words.
      assert.ok(reasons.every((r) => !sentence.includes(r)), sentence);
    }
    const nominated = (expect.preemptions ?? []).every((p) => p.nominatedNode !== null);
    if (nominated && explained.whyNot.preemption) assert.match(explained.whyNot.preemption, /^To make room on /);
  });
}

for (const { id, cluster, pod, expect } of cases.filter((c) => c.expect.outcome === 'scheduled')) {
  test(`why here: ${id}`, () => {
    const { session } = sessionOf(cluster as unknown as readonly KubernetesObject[], pod);
    const here = explainPod(session, pod.metadata.namespace ?? 'default', pod.metadata.name)?.whyHere;
    assert.ok(here);
    assert.ok(expect.winners?.includes(here.node));
    assert.equal(here.table.rows.filter((r) => r.chosen).length, 1);
    if (!expect.totals) return;
    const totals = Object.entries(expect.totals).sort((a, b) => b[1] - a[1]);
    assert.equal(here.ties, totals.length < 2 ? 1 : totals.filter(([, total]) => total === totals[0]?.[1]).length);
    if (here.margin !== undefined) assert.equal(here.margin, (totals[0]?.[1] ?? 0) - (totals[1]?.[1] ?? 0));
    for (const row of here.table.rows) if (row.total !== undefined) assert.equal(row.scores.reduce((a, b) => a + b, 0), expect.totals[row.node]);
  });
}

/** What a person does with a suggestion, written here once more without the code that made it. */
function changedCluster(objects: readonly KubernetesObject[], actions: readonly ClusterAction[], victims: readonly string[]): readonly KubernetesObject[] {
  let result = [...objects];
  const change = (name: string, to: (node: Node) => Node): void => { result = result.map((o) => (o.kind === 'Node' && o.metadata.name === name ? (to(o as unknown as Node) as unknown as KubernetesObject) : o)); };
  const drop = (key: string): void => { result = result.filter((o) => !(o.kind === 'Pod' && `${o.metadata.namespace ?? 'default'}/${o.metadata.name}` === key)); };
  for (const action of actions) {
    if (action.type === 'addNode') result.push(action.node as unknown as KubernetesObject);
    if (action.type === 'create') result.push(action.object);
    if (action.type === 'deletePods') for (const p of action.pods) drop(`${p.namespace}/${p.name}`);
    if (action.type === 'uncordon') change(action.node, (node) => ({ ...node, spec: { ...node.spec, unschedulable: false } }));
    if (action.type === 'label') change(action.node, (node) => ({ ...node, metadata: { ...node.metadata, labels: { ...node.metadata.labels, ...action.labels } } }));
    if (action.type === 'untaint') change(action.node, (node) => ({ ...node, spec: { ...node.spec, taints: node.spec.taints?.filter((t) => t.key !== action.taint.key || t.effect !== action.taint.effect) } }));
  }
  for (const victim of victims) drop(victim);
  return result;
}

/** Runs a new world with the suggestion followed; the manifest goes through its text. */
function follow(cluster: readonly KubernetesObject[], text: string, suggestion: Suggestion): string | undefined {
  const edits = yamlEdits(text, suggestion.edits);
  assert.ok(edits, `${suggestion.title}: its edits can be made`);
  const value = parseManifest(applied(text, edits), 'pod.yaml').documents[0]?.value;
  assert.ok(value, 'still a manifest');
  const { session, pod, message } = sessionOf(changedCluster(cluster, suggestion.actions, suggestion.victims), value);
  assert.ok(pod, `${suggestion.title}: ${message}`);
  const decision = session.cluster.scheduler?.decisionFor(pod.metadata.uid);
  return decision?.outcome === 'scheduled' ? decision.node : undefined;
}

/** All cases are covered; for the sake of time, of every third all suggestions are followed and of the others the first. */
for (const [i, { id, cluster, pod, expect }] of cases.filter((c) => c.expect.outcome !== 'scheduled').entries()) {
  test(`what would help: ${id}`, () => {
    const objects = cluster as unknown as readonly KubernetesObject[];
    const { session } = sessionOf(objects, pod);
    const text = JSON.stringify(pod, undefined, 2);
    const { documents } = parseManifest(text, 'pod.yaml');
    const suggestions = suggestFor(session, pod.metadata.namespace ?? 'default', pod.metadata.name, { documents });
    if (expect.preemptions?.every((p) => p.nominatedNode !== null)) { assert.deepEqual(suggestions, []); return; }
    if (!NO_HELP.has(id)) assert.ok(suggestions.length > 0, 'something helps');
    for (const suggestion of i % 3 === 0 ? suggestions : suggestions.slice(0, 1)) assert.ok(follow(objects, text, suggestion), `${suggestion.title}: the pod has a node`);
  });
}


test('a copy of the cluster decides as the scheduler does', () => {
  for (const { id, cluster, pod, expect } of cases) {
    const { decision } = coreOf(cluster.map((o) => (o.kind === 'Pod' ? admitted(o as Pod, cluster) : o))).attempt(admitted(pod, cluster));
    assert.equal(decision.outcome, expect.outcome, id);
  }
  assert.equal(templatePrefix('CronJob'), 'spec.jobTemplate.spec.template.');
  assert.ok(objectsOf(new Session().cluster.api).some((o) => o.kind === 'Node'));
});
