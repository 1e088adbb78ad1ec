import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autoscalerFromV1, autoscalerToV1 } from '../../../src/engine/api/conversion/autoscaling';
import { convertRemoved, fromStoredVersion, toStoredVersion } from '../../../src/engine/api/conversion/convert';
import { removedVersion, removedVersionWarning } from '../../../src/engine/api/conversion/removed-versions';
import { base64, throughInternalVersion } from '../../../src/engine/api/conversion/round-trip';
import { replacementHint, unknownKindText, unknownResource } from '../../../src/engine/api/conversion/unknown-kind';
import type { V2HorizontalPodAutoscaler } from '../../../src/engine/api/generated/types';
import { deepFreeze, type KubernetesObject } from '../../../src/engine/api/object';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';

const labels = { app: 'a' };
const old = (apiVersion: string, kind: string, spec: object = {}): { readonly [field: string]: unknown } => deepFreeze({ apiVersion, kind, metadata: { name: 'x' }, spec: { template: { metadata: { labels } }, ...spec } });
type Converted = { apiVersion: string; metadata: { labels?: unknown }; spec: { selector?: unknown; revisionHistoryLimit?: number; strategy?: unknown; updateStrategy?: unknown; rollbackTo?: unknown; progressDeadlineSeconds?: number } };
const converted = (object: { readonly [field: string]: unknown }): Converted => convertRemoved(object) as unknown as Converted;

test('apps/v1beta1: selector and labels from the template, short history', () => {
  const { apiVersion, metadata, spec } = converted(old('apps/v1beta1', 'Deployment', { rollbackTo: { revision: 1 } }));
  assert.deepEqual([apiVersion, metadata.labels, spec.selector, spec.revisionHistoryLimit, spec.rollbackTo], ['apps/v1', labels, { matchLabels: labels }, 2, undefined]);
  assert.deepEqual(converted(old('apps/v1beta1', 'StatefulSet')).spec.updateStrategy, { type: 'OnDelete' });
});

test('apps/v1beta2: the defaults of apps/v1', () => {
  const given = old('apps/v1beta2', 'Deployment', { selector: { matchLabels: labels } });
  assert.deepEqual(convertRemoved(given), { ...given, apiVersion: 'apps/v1' });
});

test('extensions/v1beta1: rolls one by one and forgets nothing', () => {
  const { spec } = converted(old('extensions/v1beta1', 'Deployment'));
  assert.deepEqual([spec.strategy, spec.revisionHistoryLimit, spec.progressDeadlineSeconds], [{ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } }, 2147483647, 2147483647]);
  assert.deepEqual(converted(old('extensions/v1beta1', 'DaemonSet')).spec.updateStrategy, { type: 'OnDelete' });
});

test('what is odd or unknown comes back for decoding to judge', () => {
  for (const object of [{}, { apiVersion: 5 }, old('batch/v1beta1', 'CronJob'), { apiVersion: 'apps/v1', kind: 'Deployment' }]) assert.equal(convertRemoved(object), object);
  assert.deepEqual(convertRemoved({ apiVersion: 'apps/v1beta1', kind: 'Deployment', spec: 'x' }), { apiVersion: 'apps/v1', kind: 'Deployment', spec: 'x' });
});

test('removed versions name the release and the replacement', () => {
  const removed = removedVersion('apps/v1beta2', 'Deployment');
  assert.ok(removed);
  assert.equal(removedVersionWarning(removed), 'apps/v1beta2 Deployment is unavailable in v1.16+; use apps/v1 Deployment');
  assert.equal(replacementHint('policy/v1beta1', 'PodSecurityPolicy'), 'PodSecurityPolicy in policy/v1beta1 is not served since Kubernetes v1.25: nothing replaces it');
  assert.equal(replacementHint('v1', 'Pod'), undefined);
  for (const [apiVersion, kind] of [['autoscaling/v2beta2', 'HorizontalPodAutoscaler'], ['networking.k8s.io/v1beta1', 'Ingress'], ['policy/v1beta1', 'PodDisruptionBudget']] as const) assert.ok(removedVersion(apiVersion, kind)?.replacement);
});

test('words for unknown kinds and paths', () => {
  assert.equal(unknownKindText({ apiVersion: 'example.com/v1', kind: 'Gadget', name: 'g', file: 'g.yaml' }),
    'resource mapping not found for name: "g" namespace: "" from "g.yaml": no matches for kind "Gadget" in version "example.com/v1"\nensure CRDs are installed first');
  assert.equal(unknownResource().message, 'the server could not find the requested resource');
});

test('autoscaling/v1 and back', () => {
  const hpa = deepFreeze({
    apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h', uid: 'u', resourceVersion: '1', creationTimestamp: 't' },
    spec: {
      maxReplicas: 3, minReplicas: 1, scaleTargetRef: { kind: 'Deployment', name: 'd' },
      metrics: [
        { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '5' } } },
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
      behavior: { scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }] } },
    },
    status: { desiredReplicas: 0 },
  }) as V2HorizontalPodAutoscaler;
  const v1 = autoscalerToV1(hpa);
  assert.equal(v1.spec.targetCPUUtilizationPercentage, 70);
  assert.equal(v1.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'], '[{"type":"Pods","pods":{"metricName":"rps","targetAverageValue":"5"}}]');
  assert.deepEqual(autoscalerFromV1(v1), hpa);
});

test('events.k8s.io and back', () => {
  const registry = new ResourceRegistry();
  const definition = registry.forKind('events.k8s.io', 'v1', 'Event');
  assert.ok(definition);
  const event = deepFreeze({ apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name: 'e' }, regarding: { name: 'p' }, note: 'n', reportingController: 'c', eventTime: 't' }) as unknown as KubernetesObject;
  const stored = toStoredVersion(definition, event);
  assert.deepEqual([stored.apiVersion, stored.involvedObject, stored.message, stored.reportingComponent], ['v1', { name: 'p' }, 'n', 'c']);
  const back = fromStoredVersion(definition, stored);
  assert.deepEqual([back.apiVersion, back.regarding, back.note, back.deprecatedFirstTimestamp], ['events.k8s.io/v1', { name: 'p' }, 'n', null]);
});

test('stringData is written over data', () => {
  assert.equal(base64('grüße €'), Buffer.from('grüße €').toString('base64'));
  for (const text of ['', 'a', 'ab', 'abc', 'abcd']) assert.equal(base64(text), Buffer.from(text).toString('base64'));
  assert.deepEqual(throughInternalVersion('Secret', deepFreeze({ metadata: {}, data: { a: 'eA==', b: 'eQ==' }, stringData: { a: 'z' } })), { metadata: {}, data: { a: 'eg==', b: 'eQ==' } });
});

test('old aliases agree', () => {
  const pod = throughInternalVersion('Pod', deepFreeze({ metadata: { annotations: { 'pod.beta.kubernetes.io/init-containers': '[]' } }, spec: { serviceAccount: 'bot', terminationGracePeriodSeconds: -5 }, status: { podIP: '10.0.0.1' } }));
  assert.deepEqual(pod, { metadata: {}, spec: { serviceAccount: 'bot', serviceAccountName: 'bot', terminationGracePeriodSeconds: 1 }, status: { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }] } });
});
