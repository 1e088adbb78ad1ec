import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Engine } from '../../src/worker/engine';
import type { Outline } from '../../src/worker/protocol';

/** What the editor shows of a text while it is being written: the API server's verdict, or nothing at all. */
const outline = (text: string, file = 'file:///a.yaml'): Promise<Outline> => new Engine(() => undefined).outline({ file, text, check: true }, { canceled: () => false, progress: () => undefined });

describe('a file that is no Kubernetes object is left alone', () => {
  const FILES: readonly (readonly [name: string, text: string])[] = [
    ['a Compose file', 'services:\n  web: {image: nginx, ports: ["80:80"]}\n'],
    ['a workflow', 'name: build\non: push\njobs: {a: {runs-on: ubuntu-latest}}\n'],
    ['a chart', 'apiVersion: v2\nname: chart\nversion: 1.0.0\n'],
    ['values of a chart', 'replicaCount: 1\nimage: {repository: nginx}\n'],
    ['a kustomization', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n'],
    ['a kubeconfig', 'apiVersion: v1\nkind: Config\nclusters: []\n'],
    ['a kind cluster', 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n'],
    ['a scheduler configuration', 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles: 7\n'],
    ['an audit policy', 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []\n'],
    ['a broken file', 'a: [1\nb: }\n'],
    ['an empty file', ''],
    ['a list', '- a\n- b\n'],
  ];
  for (const [name, text] of FILES) test(name, async () => { assert.deepEqual(await outline(text), { documents: [], problems: [] }); });
});

describe('the API server\'s verdict stands on the field that it is about', () => {
  const SELECTOR = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: -1\n  selector:\n    matchLabels: {app: x}\n  template:\n    metadata:\n      labels: {app: other}\n    spec:\n      containers:\n      - name: c\n        image: nginx\n';
  test('each cause on its own', async () => {
    const { problems } = await outline(SELECTOR);
    assert.deepEqual(problems.map((p) => [p.severity, p.range.start.line, p.message]), [
      ['error', 5, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
      ['error', 10, 'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`'],
    ]);
  });

  test('a rule of a policy that is in the same file does not apply to it yet, a wrong expression is told', async () => {
    const { problems } = await outline('apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: p}\nspec:\n  matchConstraints:\n    resourceRules:\n    - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}\n  validations:\n  - expression: objekt.x == 1\n');
    assert.deepEqual(problems.map((p) => [p.range.start.line, p.message.split('\n')[0]]), [[8, "spec.validations[0].expression: Invalid value: \"objekt.x == 1\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'objekt' (in container '')"]]);
  });

  test('what is right has no problems', async () => { assert.deepEqual((await outline(SELECTOR.replace('-1', '1').replace('other', 'x'))).problems, []); });
});
