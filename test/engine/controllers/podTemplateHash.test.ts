import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodTemplateSpec } from '../../../src/engine/api/generated/types';
import { computeHash, fnv32, safeEncode } from '../../../src/engine/controllers/podTemplateHash';

const template = (app: string, container: object, spec: object = {}): PodTemplateSpec => ({
  metadata: { labels: { app } },
  spec: {
    containers: [{ terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', resources: {}, ...container }],
    dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler', securityContext: {}, terminationGracePeriodSeconds: 30, ...spec,
  },
} as unknown as PodTemplateSpec);
const nginx = (version: string): object => ({ name: 'main', image: `nginx:${version}`, imagePullPolicy: 'IfNotPresent' });

// Names that a real v1.36.2 control plane gave.
const RECORDED: readonly (readonly [string, PodTemplateSpec])[] = [
  ['7c5b898c98', template('helloworld-pod', { name: 'my-pod', image: 'zxcvbnius/docker-demo:latest', imagePullPolicy: 'Always', ports: [{ containerPort: 3000, protocol: 'TCP' }] })],
  ['cd9dd5985', template('web', nginx('1.27'), { terminationGracePeriodSeconds: 1 })],
  ['66c5c97c56', template('web', nginx('1.28'), { terminationGracePeriodSeconds: 1 })],
  ['557c4f47d7', template('d', nginx('1.27'), { terminationGracePeriodSeconds: 1 })],
  ['c8bb5747c', template('web', nginx('1.27'))],
  ['7f6886cb85', template('web', nginx('1.27'), { nodeSelector: { 'kubernetes.io/hostname': 'node-2' } })],
];

for (const [hash, of] of RECORDED) test(`pod-template-hash ${hash}`, () => assert.equal(computeHash(of, undefined), hash));

test('a collision count changes the hash', () => assert.notEqual(computeHash(RECORDED[1]![1], 1), 'cd9dd5985'));

test('controller revisions of stateful sets are hashed over their data', () => {
  const data = { spec: { template: { $patch: 'replace', metadata: { labels: { app: 'web' } }, spec: {
    containers: [{ image: 'nginx:1.27', imagePullPolicy: 'IfNotPresent', name: 'main', resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' }],
    dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler', securityContext: {}, terminationGracePeriodSeconds: 1 } } } };
  assert.equal(safeEncode(String(fnv32(JSON.stringify(data) + '0'))), '6d97946b6');
});
