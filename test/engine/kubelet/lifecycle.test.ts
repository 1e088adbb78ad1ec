import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../../src/engine/api/generated/types';
import type { KubernetesObject } from '../../../src/engine/api/object';
import { PODS, CONFIG_MAPS, NODES } from '../../../src/engine/client/resources';
import { conditions, KubeletWorld, node, pod, state } from './world';

const READY = ['PodReadyToStartContainers=True', 'Initialized=True', 'Ready=True', 'ContainersReady=True', 'PodScheduled=True'];

test('a pod is reported pending, then its sandbox, then running and ready; deleted, it is reported ended and then removed', () => {
  const world = new KubeletWorld();
  world.create(pod('p'));
  world.run(60);
  assert.deepEqual(conditions(world.need('p')), ['PodReadyToStartContainers=False', 'Initialized=True', 'Ready=False ContainersNotReady', 'ContainersReady=False ContainersNotReady', 'PodScheduled=True']);
  assert.equal(world.need('p').status?.conditions?.[2]?.message, 'containers with unready status: [main]');
  assert.equal(state(world.need('p')), 'waiting ContainerCreating');
  world.run();
  const p = world.need('p');
  assert.deepEqual(world.writes(), ['patch status p', 'patch status p', 'patch status p']);
  assert.deepEqual(conditions(p), READY);
  assert.equal(state(p), 'running');
  assert.equal(p.status?.phase, 'Running');
  assert.equal(p.status?.podIP, p.status?.podIPs?.[0]?.ip);
  assert.match(world.works('pull')[0]?.outcome ?? '', /^pulled nginx:1\.27 \(67 MB\) in \d\.\d s$/);
  const bodies = world.requests().map((r) => r.body as { metadata: { uid: string }; status: { [field: string]: unknown } });
  assert.ok(bodies.every((b) => b.metadata.uid === p.metadata.uid));
  assert.deepEqual(Object.keys(bodies[1]?.status ?? {}).sort(), ['$setElementOrder/conditions', 'conditions']);
  world.do(world.kubectl.delete(PODS, 'default', 'p'));
  world.run();
  assert.equal(world.pod('p'), undefined);
  assert.deepEqual(world.writes().slice(3), ['patch status p', 'patch status p', 'delete p']);
  const last = world.requests().at(-2)?.answer as unknown as Pod;
  assert.equal(state(last), 'terminated Completed 0');
  assert.equal(last.status?.phase, 'Succeeded');
  assert.ok(conditions(last).includes('Ready=False PodCompleted'));
});

test('every message of a kubelet about a pod follows from what caused it', () => {
  const world = new KubeletWorld();
  world.create(pod('p'));
  world.run();
  const created = world.trace.messages().find((m) => m.kind === 'request' && m.verb === 'create' && m.resource === 'pods');
  for (const request of world.requests()) {
    let cause = request.cause;
    for (let steps = 0; cause !== created?.id && steps < 50; steps++) cause = world.trace.get(cause)?.cause ?? -1;
    assert.equal(cause, created?.id);
  }
});

test('a second pod with the same image starts without a pull, and pods share their node\'s queue', () => {
  const world = new KubeletWorld();
  world.create(pod('a'));
  world.simulation.runUntil(world.simulation.now + 50);
  world.create(pod('b', { container: { image: 'redis:7' } }));
  world.run();
  world.create(pod('c'));
  world.run();
  assert.deepEqual(world.works('pull').map((w) => w.outcome.replace(/\d+\.\d s/g, 'N s')), ['pulled nginx:1.27 (67 MB) in N s', 'pulled redis:7 (45 MB) in N s, after N s in the node\'s queue']);
  assert.equal(new Set(['a', 'b', 'c'].map((n) => world.need(n).status?.podIP)).size, 3);
  world.run(20_000);
  const images = (world.api.peek('', 'nodes')?.get('node-1') as unknown as { status: { images: { names: string[] }[] } }).status.images;
  assert.deepEqual(images.map((i) => i.names), [['nginx:1.27'], ['redis:7']]);
});

test('a crashing container is restarted at once, then after 10 s doubling', () => {
  const world = new KubeletWorld();
  world.create(pod('p', { annotations: { 'controlplane.dev/run': '1s exit 1', 'controlplane.dev/message': 'no database' } }));
  world.run(6500);
  const p = world.need('p');
  assert.equal(state(p), 'waiting CrashLoopBackOff');
  assert.equal(p.status?.containerStatuses?.[0]?.state?.waiting?.message, `back-off 10s restarting failed container=main pod=p_default(${p.metadata.uid})`);
  assert.equal(p.status?.containerStatuses?.[0]?.restartCount, 1);
  const { exitCode, reason, message } = p.status?.containerStatuses?.[0]?.lastState?.terminated ?? {};
  assert.deepEqual({ exitCode, reason, message }, { exitCode: 1, reason: 'Error', message: 'no database' });
  assert.equal(p.status?.phase, 'Running');
  world.run(12_000);
  assert.equal(world.need('p').status?.containerStatuses?.[0]?.restartCount, 2);
  assert.match(world.need('p').status?.containerStatuses?.[0]?.state?.waiting?.message ?? '', /^back-off 20s /);
  world.run(1_200_000);
  assert.match(world.need('p').status?.containerStatuses?.[0]?.state?.waiting?.message ?? '', /^back-off 5m0s /);
});

test('a run ends before a long back-off and says what it waits for', () => {
  const world = new KubeletWorld();
  world.create(pod('p', { annotations: { 'controlplane.dev/run': '0s exit 1' } }));
  const result = world.simulation.run();
  assert.equal(result.settled, true);
  assert.match(result.waiting[0]?.reason ?? '', /restart back-off of container main of pod default\/p/);
});

for (const [policy, run, phase, restarts] of [
  ['Never', '2s', 'Succeeded', 0], ['Never', '2s exit 3', 'Failed', 0], ['OnFailure', '2s', 'Succeeded', 0], ['OnFailure', '2s exit 1, 1s', 'Succeeded', 1],
] as const) {
  test(`restartPolicy ${policy}, run "${run}": ${phase}`, () => {
    const world = new KubeletWorld();
    world.create(pod('p', { spec: { restartPolicy: policy }, annotations: { 'controlplane.dev/run': run } }));
    world.run();
    const p = world.need('p');
    assert.equal(p.status?.phase, phase);
    assert.equal(p.status?.containerStatuses?.[0]?.restartCount, restarts);
    const reason = phase === 'Failed' ? 'PodFailed' : 'PodCompleted';
    assert.deepEqual(conditions(p), ['PodReadyToStartContainers=False', phase === 'Failed' ? 'Initialized=True' : 'Initialized=True PodCompleted', `Ready=False ${reason}`, `ContainersReady=False ${reason}`, 'PodScheduled=True']);
    world.do(world.kubectl.delete(PODS, 'default', 'p'));
    world.run();
    assert.equal(world.pod('p'), undefined);
  });
}

test('init containers run in order, a sidecar beside the others, and it ends last', () => {
  const world = new KubeletWorld();
  const init = (name: string, more: object = {}): object => ({ name, image: 'busybox:1.36', ...more });
  world.create(pod('p', {
    spec: { restartPolicy: 'Never', initContainers: [init('one'), init('side', { restartPolicy: 'Always' }), init('two')] },
    annotations: { 'controlplane.dev/run.main': '5s', 'controlplane.dev/run.one': '1s', 'controlplane.dev/run.two': '1s' },
  }));
  world.run(1400);
  assert.ok(conditions(world.need('p')).includes('Initialized=False ContainersNotInitialized'));
  assert.equal(world.need('p').status?.conditions?.find((c) => c.type === 'Initialized')?.message, 'containers with incomplete status: [one side two]');
  assert.equal(state(world.need('p')), 'waiting PodInitializing');
  world.run(6000);
  assert.equal(world.need('p').status?.phase, 'Running');
  assert.deepEqual(conditions(world.need('p')), READY);
  world.run();
  assert.equal(world.need('p').status?.phase, 'Succeeded');
  assert.deepEqual(world.works('start').map((w) => w.outcome), ['started container one (busybox:1.36)', 'started container side (busybox:1.36)', 'started container two (busybox:1.36)', 'started container main (nginx:1.27)']);
  assert.equal(state(world.need('p'), 'side'), 'terminated Completed 0');
});

test('an init container that fails is retried, or fails the pod', () => {
  const world = new KubeletWorld();
  const spec = { initContainers: [{ name: 'init', image: 'busybox:1.36' }] };
  world.create(pod('never', { spec: { ...spec, restartPolicy: 'Never' }, annotations: { 'controlplane.dev/run.init': '1s exit 1' } }));
  world.create(pod('always', { spec, annotations: { 'controlplane.dev/run.init': '1s exit 1, 1s exit 1, 1s' } }));
  world.run(6000);
  assert.equal(world.need('never').status?.phase, 'Failed');
  assert.equal(state(world.need('always'), 'init'), 'waiting CrashLoopBackOff');
  assert.equal(world.need('always').status?.phase, 'Pending');
  world.run();
  assert.equal(world.need('always').status?.phase, 'Running');
});

test('readiness follows its probe', () => {
  const world = new KubeletWorld();
  const readinessProbe = { httpGet: { path: '/', port: 80 }, periodSeconds: 5 };
  world.create(pod('p', { container: { readinessProbe }, annotations: { 'controlplane.dev/readiness': 'failure 12s, success 60s, failure' } }));
  world.run(5000);
  assert.ok(conditions(world.need('p')).includes('Ready=False ContainersNotReady'));
  assert.equal(world.need('p').status?.containerStatuses?.[0]?.started, true);
  world.run(15_000);
  assert.deepEqual(conditions(world.need('p')), READY);
  world.run(75_000);
  assert.ok(conditions(world.need('p')).includes('Ready=False ContainersNotReady'));
  assert.equal(world.need('p').status?.containerStatuses?.[0]?.restartCount, 0);
});

test('a failing liveness probe restarts its container, a startup probe holds the others back', () => {
  const world = new KubeletWorld();
  const probe = { httpGet: { path: '/', port: 80 }, periodSeconds: 2, failureThreshold: 3 };
  world.create(pod('live', { container: { livenessProbe: probe }, annotations: { 'controlplane.dev/liveness': 'success 20s, failure' } }));
  world.create(pod('slow', { container: { startupProbe: { ...probe, failureThreshold: 30 }, livenessProbe: probe, readinessProbe: probe }, annotations: { 'controlplane.dev/startup': 'failure 15s, success', 'controlplane.dev/liveness': 'failure 14s, success' } }));
  world.run(10_000);
  assert.equal(world.need('slow').status?.containerStatuses?.[0]?.started, false);
  world.run(10_000);
  assert.deepEqual(conditions(world.need('slow')), READY);
  assert.equal(world.need('slow').status?.containerStatuses?.[0]?.restartCount, 0);
  world.run(20_000);
  assert.equal(world.need('live').status?.containerStatuses?.[0]?.restartCount, 1);
  assert.deepEqual(world.works('stop').map((w) => w.outcome), ['Container main failed liveness probe, will be restarted']);
});

test('a missing image: ErrImagePull, then ImagePullBackOff, and it starts when the image comes', () => {
  const world = new KubeletWorld();
  world.create(pod('p', { annotations: { 'controlplane.dev/image': 'missing, missing, ok' } }));
  world.run(3000);
  const error = 'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.27": failed to resolve reference "docker.io/library/nginx:1.27": docker.io/library/nginx:1.27: not found';
  const told = world.requests().map((r) => r.answer as unknown as Pod).map((p) => [state(p), p.status?.containerStatuses?.[0]?.state?.waiting?.message]);
  assert.ok(told.some(([s, m]) => s === 'waiting ErrImagePull' && m === error));
  assert.equal(state(world.need('p')), 'waiting ImagePullBackOff');
  assert.equal(world.need('p').status?.containerStatuses?.[0]?.state?.waiting?.message, `Back-off pulling image "nginx:1.27": ErrImagePull: ${error}`);
  assert.equal(world.need('p').status?.phase, 'Pending');
  world.run(60_000);
  assert.equal(state(world.need('p')), 'running');
});

test('images that cannot be: a host that does not exist, a name that is none, a policy that never pulls', () => {
  const world = new KubeletWorld({ settings: { missingImages: ['corp/*'] } });
  world.create(pod('host', { container: { image: 'registry.invalid/a:1' } }));
  world.create(pod('name', { container: { image: 'Nginx:1' } }));
  world.create(pod('never', { container: { imagePullPolicy: 'Never' } }));
  world.create(pod('setting', { container: { image: 'corp/app:2' } }));
  world.run(3000);
  const message = (name: string): string => world.need(name).status?.containerStatuses?.[0]?.state?.waiting?.message ?? '';
  assert.match(message('host'), /dial tcp: lookup registry\.invalid: no such host$/);
  assert.equal(state(world.need('name')), 'waiting InvalidImageName');
  assert.equal(message('name'), 'Failed to apply default image tag "Nginx:1": couldn\'t parse image name "Nginx:1": invalid reference format: repository name (library/Nginx) must be lowercase');
  assert.equal(state(world.need('never')), 'waiting ErrImageNeverPull');
  assert.match(message('setting'), /docker\.io\/corp\/app:2: not found$/);
});

test('termination: pre-stop hook and stop script within the grace period, SIGKILL after it', () => {
  const world = new KubeletWorld();
  const at = (name: string): number => { const from = world.simulation.now; world.do(world.kubectl.delete(PODS, 'default', name)); while (world.pod(name)) world.run(100); return world.simulation.now - from; };
  world.create(pod('hook', { container: { lifecycle: { preStop: { sleep: { seconds: 4 } } } } }));
  world.create(pod('stubborn', { spec: { terminationGracePeriodSeconds: 6 }, annotations: { 'controlplane.dev/stop': 'never' } }));
  world.create(pod('polite', { annotations: { 'controlplane.dev/stop': '2s exit 143' } }));
  world.run();
  for (const [name, seconds] of [['hook', 4], ['stubborn', 6], ['polite', 2]] as const) {
    const took = at(name);
    assert.ok(took >= seconds * 1000 && took < seconds * 1000 + 1300, `${name} took ${took}`);
  }
  const ends = world.requests().filter((r) => r.verb === 'patch' && r.answer?.kind === 'Pod').map((r) => state(r.answer as unknown as Pod)).filter((s) => s.startsWith('terminated'));
  assert.deepEqual(ends, ['terminated Completed 0', 'terminated Error 137', 'terminated Error 143']);
});

test('a shorter grace period and a forced deletion cut a termination short', () => {
  const world = new KubeletWorld();
  for (const name of ['a', 'b']) world.create(pod(name, { annotations: { 'controlplane.dev/stop': 'never' } }));
  world.run();
  for (const name of ['a', 'b']) world.do(world.kubectl.delete(PODS, 'default', name));
  world.run(3000);
  assert.ok(world.pod('a'));
  world.do(world.kubectl.delete(PODS, 'default', 'a', { gracePeriodSeconds: 1 }));
  world.do(world.kubectl.delete(PODS, 'default', 'b', { gracePeriodSeconds: 0 }));
  world.run(3000);
  assert.equal(world.pod('a'), undefined);
  assert.equal(world.pod('b'), undefined);
  world.run();
  world.create(pod('b'));
  world.run();
  assert.equal(state(world.need('b')), 'running');
});

test('a pod deleted while its image is pulled goes at once', () => {
  const world = new KubeletWorld();
  world.create(pod('p', { annotations: { 'controlplane.dev/image': 'slow 60s' } }));
  world.run(5000);
  world.do(world.kubectl.delete(PODS, 'default', 'p'));
  world.run(1500);
  assert.equal(world.pod('p'), undefined);
  world.create(pod('q'));
  world.run(3000);
  assert.equal(state(world.need('q')), 'running');
});

test('activeDeadlineSeconds', () => {
  const world = new KubeletWorld();
  world.create(pod('p', { spec: { activeDeadlineSeconds: 5 } }));
  world.run();
  const p = world.need('p');
  assert.deepEqual([p.status?.phase, p.status?.reason, p.status?.message], ['Failed', 'DeadlineExceeded', 'Pod was active on the node longer than the specified deadline']);
  assert.ok(conditions(p).includes('Ready=False PodFailed'));
});

test('admission on the node', () => {
  const world = new KubeletWorld({ objects: [node('node-1', { cpu: '1' })] });
  const cpu = (amount: string): object => ({ resources: { requests: { cpu: amount } } });
  world.create(pod('first', { container: cpu('800m') }));
  world.create(pod('second', { container: cpu('500m') }));
  world.create(pod('elsewhere', { spec: { nodeSelector: { disk: 'ssd' } } }));
  world.create(pod('third', { container: cpu('200m') }));
  world.run();
  const told = (name: string): readonly unknown[] => { const s = world.need(name).status; return [s?.phase, s?.reason, s?.message]; };
  assert.deepEqual(told('second'), ['Failed', 'OutOfcpu', "Pod was rejected: Node didn't have enough resource: cpu, requested: 500, used: 800, capacity: 1000"]);
  assert.deepEqual(told('elsewhere'), ['Failed', 'NodeAffinity', "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"]);
  assert.equal(told('third')[0], 'Running');
  world.do(world.kubectl.delete(PODS, 'default', 'first'));
  world.run();
  world.create(pod('fourth', { container: cpu('800m') }));
  world.run();
  assert.equal(told('fourth')[0], 'Running');
});

test('a missing config map keeps a pod from starting until it is there', () => {
  const world = new KubeletWorld();
  world.create(pod('env', { container: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'cm', key: 'a' } } }] } }));
  world.create(pod('volume', { spec: { volumes: [{ name: 'v', configMap: { name: 'cm' } }] } }));
  world.run(3000);
  assert.equal(state(world.need('env')), 'waiting CreateContainerConfigError');
  assert.equal(world.need('env').status?.containerStatuses?.[0]?.state?.waiting?.message, 'configmap "cm" not found');
  assert.equal(state(world.need('volume')), 'waiting ContainerCreating');
  world.do(world.kubectl.create(CONFIG_MAPS, 'default', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm', namespace: 'default' }, data: { a: '1' } }));
  world.run(30_000);
  assert.equal(state(world.need('env')), 'running');
  assert.equal(state(world.need('volume')), 'running');
});

test('a node that fails and comes back starts its pods anew, and ends those deleted meanwhile', () => {
  const world = new KubeletWorld();
  for (const name of ['kept', 'deleted', 'forced']) world.create(pod(name));
  world.create(pod('once', { spec: { restartPolicy: 'Never' } }));
  world.run();
  world.kubelet().kill();
  const before = world.writes().length;
  world.do(world.kubectl.delete(PODS, 'default', 'deleted'));
  world.do(world.kubectl.delete(PODS, 'default', 'forced', { gracePeriodSeconds: 0 }));
  world.run(60_000);
  assert.equal(world.writes().length, before);
  assert.ok(world.pod('deleted')?.metadata.deletionTimestamp);
  world.kubelet().start();
  world.run(10_000);
  assert.equal(world.pod('deleted'), undefined);
  assert.equal(world.need('kept').status?.containerStatuses?.[0]?.restartCount, 1);
  assert.equal(state(world.need('kept')), 'running');
  assert.equal(world.need('once').status?.phase, 'Failed');
});

test('a kubelet that restarts finds its containers running and changes nothing', () => {
  const world = new KubeletWorld();
  world.create(pod('p', { container: { readinessProbe: { tcpSocket: { port: 80 } } } }));
  world.run(15_000);
  const before = world.writes().length;
  world.kubelet().stop();
  world.run(5000);
  world.kubelet().start();
  world.run(30_000);
  assert.equal(world.writes().length, before);
  assert.equal(world.need('p').status?.containerStatuses?.[0]?.restartCount, 0);
});

test('leases are renewed every ten seconds, and not by a dead node', () => {
  const world = new KubeletWorld();
  const renewed = (): string => (world.api.peek('coordination.k8s.io', 'leases')?.get('kube-node-lease/node-1') as unknown as { spec: { renewTime: string } } | undefined)?.spec.renewTime ?? '';
  world.run(15_000);
  const first = renewed();
  world.run(12_000);
  assert.ok(renewed() > first);
  world.kubelet().kill();
  const last = renewed();
  world.run(30_000);
  assert.equal(renewed(), last);
});

test('pods of a loaded cluster run on as they are', () => {
  const running = {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'old', namespace: 'default' }, spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'nginx:1.27' }] },
    status: { phase: 'Running', podIP: '10.0.0.9', podIPs: [{ ip: '10.0.0.9' }], startTime: '2025-01-01T00:00:00Z', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ name: 'main', image: 'nginx:1.27', imageID: 'x', containerID: 'fakeRuntime://old', ready: true, restartCount: 2, state: { running: { startedAt: '2025-01-01T00:00:01Z' } } }] },
  } as unknown as KubernetesObject;
  const world = new KubeletWorld({ objects: [node('node-1'), running] });
  world.run(5000);
  assert.deepEqual(world.writes(), []);
  world.do(world.kubectl.delete(PODS, 'default', 'old'));
  world.run();
  assert.equal(world.pod('old'), undefined);
});

test('under memory pressure pods are evicted, the greediest first', () => {
  const world = new KubeletWorld();
  world.create(pod('modest', { container: { resources: { requests: { memory: '256Mi' }, limits: { memory: '256Mi' } } } }));
  world.create(pod('greedy', { annotations: { 'controlplane.dev/memory': '2Gi' } }));
  world.run();
  world.do(world.kubectl.patch(NODES, '', 'node-1', 'application/merge-patch+json', { metadata: { annotations: { 'controlplane.dev/pressure': 'memory 1' } } }));
  world.run(5000);
  const greedy = world.need('greedy');
  assert.deepEqual([greedy.status?.phase, greedy.status?.reason], ['Failed', 'Evicted']);
  assert.equal(greedy.status?.message, 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 98304Ki. Container main was using 2097152Ki, request is 0, has larger consumption of memory. ');
  assert.ok(conditions(greedy).includes('DisruptionTarget=True TerminationByKubelet'));
  assert.equal(world.need('modest').status?.phase, 'Running');
  const pressed = (): string | undefined => (world.api.peek('', 'nodes')?.get('node-1') as unknown as { status: { conditions: { type: string; status: string }[] } }).status.conditions.find((c) => c.type === 'MemoryPressure')?.status;
  assert.equal(pressed(), 'True');
  world.create(pod('late'));
  world.run(2000);
  assert.equal(world.need('late').status?.message, 'Pod was rejected: The node had condition: [MemoryPressure]. ');
  world.run(400_000);
  assert.equal(pressed(), 'False');
});

test('events are written when asked for', () => {
  const world = new KubeletWorld({ settings: { events: 'full' } });
  world.create(pod('p'));
  world.run();
  const reasons = [...(world.api.peek('', 'events')?.list() ?? [])].map((e) => (e as unknown as { reason: string }).reason);
  assert.deepEqual(reasons, ['Pulling', 'Pulled', 'Created', 'Started']);
});

test('two runs with one seed are the same, message for message', () => {
  const run = (): string => {
    const world = new KubeletWorld({ seed: 7 });
    for (const name of ['a', 'b']) world.create(pod(name, { annotations: { 'controlplane.dev/run': '1s exit 1' } }));
    world.run();
    return JSON.stringify(world.trace.messages().map((m) => [m.id, m.at, m.cause, m.kind]));
  };
  assert.equal(run(), run());
});

test('a condition that somebody else changed is set right again', () => {
  const world = new KubeletWorld();
  world.create(pod('p'));
  world.run();
  const conditions = [{ type: 'Ready', status: 'False' }];
  world.do(world.kubectl.patch(PODS, 'default', 'p', 'application/strategic-merge-patch+json', { status: { conditions } }, 'status'));
  world.run();
  assert.equal(world.need('p').status?.conditions?.find((c) => c.type === 'Ready')?.status, 'True');
  world.kubelet().stop();
  world.do(world.kubectl.patch(PODS, 'default', 'p', 'application/strategic-merge-patch+json', { status: { conditions } }, 'status'));
  world.kubelet().start();
  world.run(3000);
  assert.equal(world.need('p').status?.conditions?.find((c) => c.type === 'Ready')?.status, 'True');
});

test('a pod with a finalizer is deleted once and waits for it', () => {
  const world = new KubeletWorld();
  const made = pod('p');
  world.create({ ...made, metadata: { ...made.metadata, finalizers: ['example.com/f'] } });
  world.run();
  world.do(world.kubectl.delete(PODS, 'default', 'p'));
  world.run();
  assert.ok(world.pod('p'));
  world.do(world.kubectl.patch(PODS, 'default', 'p', 'application/merge-patch+json', { metadata: { labels: { a: 'b' } } }));
  world.run();
  assert.equal(world.writes().filter((w) => w === 'delete p').length, 1);
});

test('a changed image restarts its container, an ephemeral container is added, the host network gives the host\'s address', () => {
  const world = new KubeletWorld();
  world.create(pod('p', { spec: { hostNetwork: true } }));
  world.run();
  assert.equal(world.need('p').status?.podIP, '192.0.2.2');
  world.do(world.kubectl.patch(PODS, 'default', 'p', 'application/strategic-merge-patch+json', { spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] } }));
  world.run();
  const [main] = world.need('p').status?.containerStatuses ?? [];
  assert.deepEqual([main?.image, main?.restartCount, state(world.need('p'))], ['nginx:1.28', 1, 'running']);
  world.do(world.kubectl.patch(PODS, 'default', 'p', 'application/strategic-merge-patch+json', { spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox:1.36' }] } }, 'ephemeralcontainers'));
  world.run();
  assert.ok(world.need('p').status?.ephemeralContainerStatuses?.[0]?.state?.running);
});

test('a world may let Jobs complete', () => {
  const world = new KubeletWorld({ settings: { completeAfterSeconds: 3 } });
  world.create(pod('job', { spec: { restartPolicy: 'OnFailure' } }));
  world.create(pod('server'));
  world.run();
  assert.deepEqual(['job', 'server'].map((n) => world.need(n).status?.phase), ['Succeeded', 'Running']);
});

test('resizing in place: done where there is room, deferred where others take it, infeasible where the node is too small', () => {
  const world = new KubeletWorld({ objects: [node('node-1', { cpu: '2' })] });
  const cpu = (amount: string): object => ({ resources: { requests: { cpu: amount } } });
  world.create(pod('p', { container: cpu('500m') }));
  world.create(pod('other', { container: cpu('1') }));
  world.run();
  const resize = (amount: string): void => {
    const answer = world.do(world.kubectl.patch(PODS, 'default', 'p', 'application/strategic-merge-patch+json', { spec: { containers: [{ name: 'main', ...cpu(amount) }] } }, 'resize'));
    assert.equal(answer.kind, 'Pod', JSON.stringify(answer));
    world.run();
  };
  const told = (): readonly unknown[] => {
    const status = world.need('p').status;
    const pending = status?.conditions?.find((c) => c.type === 'PodResizePending');
    return [status?.containerStatuses?.[0]?.resources?.requests?.cpu, status?.containerStatuses?.[0]?.allocatedResources?.cpu, pending?.reason, pending?.message];
  };
  resize('1');
  assert.deepEqual(told(), ['1', '1', undefined, undefined]);
  assert.equal(world.need('p').status?.containerStatuses?.[0]?.restartCount, 0);
  resize('1500m');
  assert.deepEqual(told(), ['1', '1', 'Deferred', 'Node didn\'t have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000']);
  resize('3');
  assert.deepEqual(told(), ['1', '1', 'Infeasible', 'Node didn\'t have enough capacity: cpu, requested: 3000, capacity: 2000']);
  resize('1500m');
  world.do(world.kubectl.delete(PODS, 'default', 'other'));
  world.run();
  assert.deepEqual(told(), ['1500m', '1500m', undefined, undefined]);
});
