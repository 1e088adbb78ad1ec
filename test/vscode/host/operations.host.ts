import { ok, same, test } from './harness';
import { FIRST_VIEW } from '../../../src/diagram/model';
import { api, deployment, entries, pod, run, startOver, tree, untitled } from './support';

const nodes = async (): Promise<readonly string[]> => (await tree('nodes')).filter((l) => /^\S/.test(l));
const state = async (name: string): Promise<string> => (await nodes()).find((l) => l.startsWith(`${name}  `)) ?? `no ${name}`;

async function twoPods(): Promise<void> {
  await startOver();
  await run('create', (await untitled(deployment('web', 2))).uri);
}

test('Scale changes the number of pods', async () => {
  await twoPods();
  const [web] = await entries('workloads');
  await run('scale', web, 5);
  ok((await tree('workloads'))[0]?.includes('5 pods running'), (await tree('workloads')).join('\n'));
  await run('scale', web, 0);
  ok((await tree('workloads'))[0]?.includes('no pods wanted'), (await tree('workloads')).join('\n'));
});

test('a cordoned node takes no pods until it is uncordoned', async () => {
  await twoPods();
  await run('cordon', 'node-1');
  ok((await state('node-1')).includes('cordoned'), await state('node-1'));
  const [web] = await entries('workloads');
  await run('scale', web, 9);
  const here = (await entries('nodes', 'node:node-1')).length;
  ok(here <= 2, `${here} pods came to a cordoned node`);
  await run('uncordon', 'node-1');
  ok(!(await state('node-1')).includes('cordoned'), await state('node-1'));
});

test('Drain empties a node, and the pods come up elsewhere', async () => {
  await twoPods();
  const busy = (await entries('nodes')).find((n) => n.expandable)?.label ?? '';
  await run('drain', busy);
  same((await entries('nodes', `node:${busy}`)).length, 0);
  ok((await tree('workloads'))[0]?.includes('2 pods running'), (await tree('workloads')).join('\n'));
});

test('a taint keeps pods off, and can be taken away', async () => {
  await startOver();
  for (const node of ['node-1', 'node-2', 'node-3']) await run('taint', node, 'dedicated=other:NoSchedule');
  await run('create', (await untitled(deployment('web', 1))).uri);
  const before = await tree('nodes');
  ok(before[0]?.startsWith('Unscheduled  1 pod'), before.join('\n'));
  await run('taint', 'node-2', 'dedicated:NoSchedule-');
  same((await entries('nodes', 'node:node-2')).length, 1);
  ok(!(await tree('nodes'))[0]?.startsWith('Unscheduled'), (await tree('nodes')).join('\n'));
});

test('Add Node makes room', async () => {
  await startOver();
  await run('create', (await untitled(deployment('large', 1).replace('image: nginx:1.29', 'image: nginx:1.29\n        resources: {requests: {cpu: "6"}}'))).uri);
  ok((await tree('nodes'))[0]?.startsWith('Unscheduled  1 pod'), (await tree('nodes')).join('\n'));
  await run('addNode', undefined, '8 CPU, 32 GiB');
  ok((await state('node-4')).includes('1 pod'), (await tree('nodes')).join('\n'));
});

test('Kill Node: after its toleration the pods are replaced; Start Node brings it back', async () => {
  await twoPods();
  const victim = (await entries('nodes')).find((n) => n.expandable)?.label ?? '';
  await run('killNode', victim);
  ok((await state(victim)).includes('down'), await state(victim));
  const running = (await tree('workloads')).filter((l) => l.includes('Running') && !l.includes(victim));
  ok(running.length >= 2, (await tree('workloads')).join('\n'));
  await run('startNode', victim);
  ok(!/down|not ready/.test(await state(victim)), await state(victim));
}, { timeout: 40_000 });

test('Let Time Pass moves the clock only', async () => {
  await twoPods();
  const before = await tree('workloads');
  await run('letTimePass', undefined, 60);
  same(await tree('workloads'), before);
});

test('Delete Object takes away an object and what it owns', async () => {
  await twoPods();
  const [web] = await entries('workloads');
  await run('deleteObject', web);
  same(await tree('workloads'), []);
});

test('the tree knows where an object came from', async () => {
  await twoPods();
  const [web] = await entries('workloads');
  ok(web?.object, 'no object');
  const origin = await (await api()).request('origin', web.object);
  same(origin?.document, 0);
});

test('a step of the diagram has its place in the trees and in the manifest', async () => {
  await startOver();
  const document = await untitled(deployment('web', 2));
  await run('create', document.uri);
  const { currentRun, request } = await api();
  const model = await request('diagram', { run: currentRun, view: FIRST_VIEW });
  const decision = model?.items.find((i) => i.kind === 'decision');
  const place = await request('place', { run: currentRun, message: decision?.message ?? 0 });
  same(place?.link?.file, document.uri.toString());
  same(place?.trails.workloads.map((e) => e.id.replace(/^.*\/(\w+):.*$/, '$1')), ['Deployment', 'ReplicaSet', 'pod']);
  same(place?.trails.nodes.length, 2);
  // The trees show these very lines.
  const [node, leaf] = place?.trails.nodes ?? [];
  ok((await entries('nodes', node?.id)).some((e) => e.id === leaf?.id), `${leaf?.id} is not below ${node?.id}`);
  const [, replicaSet, pod] = place?.trails.workloads ?? [];
  ok((await entries('workloads', replicaSet?.id)).some((e) => e.id === pod?.id), `${pod?.id} is not below ${replicaSet?.id}`);
  same(await request('place', { run: 'gone', message: 1 }), null);
});

test('a pod without a node has its place under Unscheduled', async () => {
  await startOver();
  await run('create', (await untitled(pod('huge', '  nodeSelector: {disk: none}\n'))).uri);
  const { currentRun, request } = await api();
  const model = await request('diagram', { run: currentRun, view: FIRST_VIEW });
  const place = await request('place', { run: currentRun, message: model?.items.find((i) => i.kind === 'decision')?.message ?? 0 });
  same(place?.trails.nodes.map((e) => e.label), ['Unscheduled', 'huge']);
  same(place?.trails.workloads.map((e) => e.label), ['huge']);
});
