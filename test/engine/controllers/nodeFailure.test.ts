import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../../../src/engine/api/generated/types';
import { buildDiagram } from '../../../src/diagram/build';
import { FIRST_VIEW } from '../../../src/diagram/model';
import { toMermaid } from '../../../src/diagram/mermaid';
import { recordOf } from '../../../src/diagram/record';
import { Session, type ActionResult } from '../../../src/engine/session';
import { drive, DEFAULT_LIMITS } from '../../../src/engine/simulation/simulation';
import type { TraceMessage } from '../../../src/engine/trace/message';
import { operating } from '../../../src/worker/actions';
import { LiveView } from '../../../src/worker/runningWorld';
import { nodeEntry } from '../../../src/worker/tree/entries';

const DEPLOYMENT = {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
  spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] } } },
};

/** A node with one of three pods is switched off. */
function fail(): { readonly session: Session; readonly victim: string; readonly action: ActionResult; readonly messages: readonly TraceMessage[] } {
  const session = new Session({ seed: 3 });
  session.create([{ file: 'web.yaml', index: 0, value: DEPLOYMENT }]);
  const victim = (pods(session)[0] as Pod).spec.nodeName as string;
  const action = drive(operating(session, { type: 'killNode', node: victim }, { limits: DEFAULT_LIMITS }));
  return { session, victim, action, messages: session.cluster.trace.messages({ from: action.firstMessage, background: true }).filter((m) => m.id <= action.lastMessage) };
}

const pods = (session: Session): readonly Pod[] => (session.cluster.api.peek('', 'pods')?.list() ?? []) as unknown as readonly Pod[];
const node = (session: Session, name: string): Node => session.cluster.api.peek('', 'nodes')?.get(name) as unknown as Node;

/** The story in lines: what was written and what was found, without names that differ and without times. */
const GOLDEN = [
  'node-controller: NODE missed N lease renewals (N s without one, 50 s of grace): its conditions are Unknown, its pods not ready',
  'node-controller update nodes/status NODE',
  'node-controller: tainted node.kubernetes.io/unreachable:NoSchedule',
  'node-controller patch nodes NODE',
  'node-controller update pods/status web',
  'node-controller: tainted node.kubernetes.io/unreachable:NoExecute: node NODE is Ready=Unknown',
  'node-controller patch nodes NODE',
  'node-controller: node.kubernetes.io/unreachable on NODE: N pods there',
  'node-controller: pod default/web does not tolerate the taints of node NODE: deleted',
  'node-controller patch pods/status web',
  'node-controller delete pods web',
  'replicaset-controller create pods web',
  'kube-scheduler create pods/binding web',
];

function story(messages: readonly TraceMessage[], victim: string): readonly string[] {
  const masked = (text: string): string => text.replaceAll(victim, 'NODE').replace(/web-\w+-\w+/g, 'web').replace(/\d+ (s without|lease|pods)/g, 'N $1');
  const lines: string[] = [];
  for (const m of messages) {
    if (m.kind === 'work' && m.actor === 'node-controller' && m.outcome && !/is reachable|^node \S+ is gone/.test(m.outcome)) lines.push(masked(`${m.actor}: ${m.outcome}`));
    if (m.kind === 'request' && ['create', 'update', 'patch', 'delete'].includes(m.verb) && ['nodes', 'pods'].includes(m.resource) && !m.actor.startsWith('kubelet/') && m.subresource !== 'eviction') lines.push(masked(`${m.actor} ${m.verb} ${m.resource}${m.subresource ? `/${m.subresource}` : ''} ${m.name || m.name}`));
  }
  return lines;
}

test('a node that is switched off: missed leases, NotReady, taints, eviction after the toleration, a replacement elsewhere', () => {
  const { session, victim, messages } = fail();
  const lines = story(messages, victim).filter((line, i, all) => all.indexOf(line) === i);
  for (const [i, line] of GOLDEN.entries()) assert.ok(lines.includes(line), `missing "${line}" (${i}) in:\n${lines.join('\n')}`);
  const at = (line: string): number => lines.indexOf(line);
  for (const [before, after] of [[0, 5], [5, 8], [9, 10], [10, 11], [11, 12]] as const) assert.ok(at(GOLDEN[before] as string) < at(GOLDEN[after] as string), `${GOLDEN[after]} came before ${GOLDEN[before]}`);
  const alive = pods(session).filter((p) => p.metadata.deletionTimestamp === undefined);
  assert.equal(alive.length, 3);
  assert.ok(alive.every((p) => p.spec.nodeName !== victim && p.status?.phase === 'Running'));
  assert.deepEqual((node(session, victim).spec.taints ?? []).map((t) => `${t.key}:${t.effect}`).sort(), ['node.kubernetes.io/unreachable:NoExecute', 'node.kubernetes.io/unreachable:NoSchedule']);
});

test('it happens at the times Kubernetes takes: 50 s of grace seen by a monitor that looks every 5 s, 300 s of toleration', () => {
  const { action, victim, messages } = fail();
  const seconds = (of: (m: TraceMessage) => boolean): number => ((messages.find(of)?.at ?? NaN) - action.startedAt) / 1000;
  const silent = seconds((m) => m.kind === 'request' && m.actor === 'node-controller' && m.resource === 'nodes' && m.subresource === 'status' && m.name === victim);
  const tainted = seconds((m) => m.kind === 'request' && m.actor === 'node-controller' && m.verb === 'patch' && m.resource === 'nodes' && JSON.stringify(m.body).includes('NoExecute'));
  const evicted = seconds((m) => m.kind === 'request' && m.actor === 'node-controller' && m.verb === 'delete' && m.resource === 'pods');
  // The last lease may be up to 10 s old when the power goes.
  assert.ok(silent >= 40 && silent <= 56, `NotReady after ${silent} s`);
  assert.ok(tainted >= silent && tainted <= silent + 6, `tainted ${tainted - silent} s later`);
  assert.ok(Math.abs(evicted - tainted - 300) <= 2, `evicted ${evicted - tainted} s after the taint`);
});

test('the diagram and the tree tell it', () => {
  const { session, victim, action } = fail();
  const text = toMermaid(buildDiagram(recordOf(session, action), FIRST_VIEW)).text.replaceAll('<br/>', ' ');
  for (const words of [/missed \d lease renewals/, /tainted node\.kubernetes\.io\/unreachable/, /does not tolerate the taints/, /NodeNotReady/, /bind Pod/]) assert.match(text, words);
  assert.match(nodeEntry(node(session, victim), new LiveView(session)).description, /^down/);
});
