import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CoreEvent, Deployment, V2HorizontalPodAutoscaler } from '../../../src/engine/api/generated/types';
import { usageAt } from '../../../src/engine/controllers/autoscaling/annotated';
import { Session } from '../../../src/engine/session';

const deployment = (annotations: { readonly [name: string]: string }): { readonly [field: string]: unknown } => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
  spec: {
    replicas: 1, selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' }, annotations }, spec: { containers: [{ name: 'main', image: 'nginx:1.27', resources: { requests: { cpu: '100m', memory: '64Mi' } } }] } },
  },
});
const autoscaler = {
  apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 6, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }] },
};

function world(annotations: { readonly [name: string]: string }): Session {
  const session = new Session({});
  session.create([{ file: 'a', index: 0, value: deployment(annotations) }, { file: 'a', index: 1, value: autoscaler }]);
  return session;
}
const replicas = (session: Session): number | undefined => (session.cluster.api.peek('apps', 'deployments')?.get('default/web') as unknown as Deployment).spec.replicas;
const hpa = (session: Session): V2HorizontalPodAutoscaler => session.cluster.api.peek('autoscaling', 'horizontalpodautoscalers')?.get('default/web') as unknown as V2HorizontalPodAutoscaler;
const rescales = (session: Session): readonly (string | undefined)[] =>
  ((session.cluster.api.peek('', 'events')?.list() ?? []) as unknown as readonly CoreEvent[]).filter((e) => e.reason === 'SuccessfulRescale').map((e) => e.message);

test('usage over a pod\'s life', () => {
  const cases: readonly (readonly [string, number, number | undefined])[] = [['250m', 0, 250], ['900m 5m, 100m', 299_000, 900], ['900m 5m, 100m', 300_000, 100], ['1 10s, 2 10s', 50_000, 2000], ['nonsense', 0, undefined]];
  for (const [text, age, expected] of cases) assert.equal(usageAt(text, age), expected, `${text} at ${age}`);
});

test('an autoscaler follows what pods say they use: up as fast as its policy allows, down after its window', () => {
  const session = world({ 'controlplane.dev/cpu': '200m 4m, 20m' });
  session.advance(100_000);
  assert.equal(replicas(session), 6);
  assert.deepEqual(rescales(session)[0], 'New size: 4; reason: cpu resource utilization (percentage of request) above target');
  assert.deepEqual(hpa(session).status?.conditions?.find((c) => c.type === 'ScalingLimited')?.reason, 'TooManyReplicas');
  session.advance(12 * 60_000);
  assert.ok((replicas(session) ?? 9) <= 3, `${replicas(session)} replicas`);
  assert.ok(rescales(session).some((m) => m?.endsWith('All metrics below target')), rescales(session).join());
});

test('where no pod says anything there is no metrics API', () => {
  const session = world({});
  session.advance(40_000);
  assert.equal(replicas(session), 1);
  assert.match(hpa(session).status?.conditions?.find((c) => c.type === 'ScalingActive')?.message ?? '', /the server could not find the requested resource \(get pods\.metrics\.k8s\.io\)/);
});
