import * as vscode from 'vscode';
import type { Operation, Taint } from '../../worker/protocol';
import { perform, type CommandContext } from './context';
import { nodeOf } from './pick';

type NodeOperation = Extract<Operation, { type: 'cordon' | 'uncordon' | 'drain' | 'killNode' | 'startNode' }>['type'];

const QUESTIONS: { readonly [O in NodeOperation]: { readonly ask: string; readonly title: string; readonly fits: (context: string) => boolean } } = {
  cordon: { ask: 'Which node is to take no new pods?', title: 'Cordoning', fits: (c) => c.includes('schedulable') },
  uncordon: { ask: 'Which node is to take pods again?', title: 'Uncordoning', fits: (c) => c.includes('cordoned') },
  drain: { ask: 'From which node are all pods to be evicted?', title: 'Draining', fits: () => true },
  killNode: { ask: 'Which node is to fail?', title: 'Killing', fits: (c) => / up$/.test(c) },
  startNode: { ask: 'Which node is to be started again?', title: 'Starting', fits: (c) => / down$/.test(c) },
};

/** What needs nothing but the node. */
export function onNode(context: CommandContext, type: NodeOperation): (given?: unknown) => Promise<void> {
  const { ask, title, fits } = QUESTIONS[type];
  return async (given) => {
    const node = await nodeOf(context, given, ask, fits);
    if (node !== undefined) await perform(context, `${title} ${node}`, 'operate', { type, node });
  };
}

/** Adds or removes a taint. */
export function taintNode(context: CommandContext): (given?: unknown, text?: unknown) => Promise<void> {
  return async (given, text) => {
    const node = await nodeOf(context, given, 'Which node is to be tainted?');
    if (node === undefined) return;
    const said = typeof text === 'string' ? text : await vscode.window.showInputBox({
      title: `Taint ${node}`, prompt: 'key=value:Effect to add a taint, key:Effect- to remove it. Effects: NoSchedule, PreferNoSchedule, NoExecute.', value: 'dedicated=database:NoSchedule', validateInput: (t) => (parseTaint(t) ? undefined : 'For example dedicated=database:NoSchedule, or dedicated:NoSchedule-'),
    });
    const parsed = said === undefined ? undefined : parseTaint(said);
    if (parsed) await perform(context, `Tainting ${node}`, 'operate', { type: 'taint', node, ...parsed });
  };
}

/** kubectl's notation; undefined where it is none. */
export function parseTaint(text: string): { readonly taint: Taint; readonly remove: boolean } | undefined {
  const match = /^\s*([A-Za-z0-9][\w./-]*?)(?:=([\w.-]*))?:(NoSchedule|PreferNoSchedule|NoExecute)(-?)\s*$/.exec(text);
  if (!match) return undefined;
  const [, key = '', value, effect, minus] = match;
  return { taint: { key, ...(value ? { value } : {}), effect: effect as Taint['effect'] }, remove: minus === '-' };
}

const SIZES: readonly { readonly label: string; readonly cpu: string; readonly memory: string }[] = [
  { label: '4 CPU, 16 GiB', cpu: '4', memory: '16Gi' }, { label: '2 CPU, 8 GiB', cpu: '2', memory: '8Gi' }, { label: '8 CPU, 32 GiB', cpu: '8', memory: '32Gi' }, { label: '32 CPU, 128 GiB', cpu: '32', memory: '128Gi' },
];
const ZONES = ['zone-a', 'zone-b', 'zone-c'] as const;

/** Adds a node with the next free name, in the zones by turns. */
export function addNode(context: CommandContext): (given?: unknown, size?: unknown) => Promise<void> {
  return async (_given, size) => {
    const chosen = SIZES.find((s) => s.label === size) ?? await vscode.window.showQuickPick(SIZES, { title: 'Add Node', placeHolder: 'How large is the new node?' });
    if (!chosen) return;
    const { entries } = await context.engine.request('children', { view: 'nodes', parent: '', limit: 10_000 });
    const names = new Set(entries.filter((e) => e.context.startsWith('node ')).map((e) => e.label));
    let n = names.size + 1;
    while (names.has(`node-${n}`)) n++;
    await perform(context, `Adding node-${n}`, 'operate', { type: 'addNode', name: `node-${n}`, cpu: chosen.cpu, memory: chosen.memory, zone: ZONES[(n - 1) % ZONES.length] ?? 'zone-a' });
  };
}

const SPANS: readonly { readonly label: string; readonly description: string; readonly seconds: number }[] = [
  { label: '10 seconds', description: 'readiness, back-offs', seconds: 10 }, { label: '1 minute', description: 'a node that does not report becomes NotReady', seconds: 60 },
  { label: '6 minutes', description: 'pods leave a node that is gone', seconds: 360 }, { label: '10 minutes', description: 'progress deadlines', seconds: 600 }, { label: '1 hour', description: '', seconds: 3600 },
];

/** Lets the virtual clock run. */
export function letTimePass(context: CommandContext): (given?: unknown, seconds?: unknown) => Promise<void> {
  return async (_given, seconds) => {
    const chosen = typeof seconds === 'number' ? { label: `${seconds} seconds`, seconds } : await vscode.window.showQuickPick(SPANS, { title: 'Let Time Pass', placeHolder: 'How much virtual time?' });
    if (chosen) await perform(context, `Letting ${chosen.label} pass`, 'operate', { type: 'advance', milliseconds: chosen.seconds * 1000 });
  };
}
