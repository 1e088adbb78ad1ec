import * as vscode from 'vscode';
import type { Fault } from '../../engine/faults';
import type { ControlPlaneStatus } from '../../worker/protocol';
import { complain, perform, type CommandContext } from '../commands/context';

interface Choice extends vscode.QuickPickItem {
  readonly fault?: Fault;
  /** Virtual milliseconds that are shown of what comes of it. */
  readonly follow?: number;
}

/** A leader is elected within two seconds, a Lease runs out within some twenty. */
const ELECTION = 5000;
const LEASE = 30_000;

/** Breaks or repairs a part of the control plane. */
export function breakOrRepair(context: CommandContext): (given?: unknown, follow?: unknown) => Promise<void> {
  return async (given, follow) => {
    try {
      const fault = isFault(given) ? { fault: given, follow: typeof follow === 'number' ? follow : ELECTION, label: given.type } : await ask(await context.engine.request('controlPlane', null));
      if (fault?.fault) await perform(context, fault.label, 'operate', { type: 'fault', fault: fault.fault, follow: fault.follow ?? ELECTION });
    } catch (thrown) {
      complain(context, thrown);
    }
  };
}

const isFault = (given: unknown): given is Fault => typeof given === 'object' && given !== null && 'type' in given;

async function ask(status: ControlPlaneStatus): Promise<Choice | undefined> {
  const standing = status.members.filter((m) => m.up);
  const placeHolder = status.members.length === 1
    ? `etcd has one member${standing.length === 0 ? ', which is down' : ''}; setting controlplane.etcd.members gives it three or five`
    : `etcd: ${standing.length} of ${status.members.length} members up, ${standing.find((m) => m.role === 'leader')?.id ?? 'nobody'} leads`;
  return vscode.window.showQuickPick(choices(status), { title: 'Break or Repair the Control Plane', placeHolder, matchOnDescription: true });
}

const separator = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });

/** What can break now, and what is to be repaired. */
export function choices({ members, components }: ControlPlaneStatus): readonly Choice[] {
  const up = members.filter((m) => m.up), down = members.filter((m) => !m.up);
  const leader = up.find((m) => m.role === 'leader');
  const several = members.length > 1;
  const hurt = down.length > 0 || members.some((m) => m.cutFrom.length > 0 || m.slowness !== 1);
  const others = members.map((m) => m.id).filter((id) => id !== leader?.id);
  return [
    ...(hurt ? [separator('repair'), { label: '$(heart) Repair etcd', description: 'all members, links and disks work again', fault: { type: 'heal' } as const }] : []),
    ...down.map((m): Choice => ({ label: `$(debug-start) Start ${m.id}`, description: 'with what its disk has', fault: { type: 'restartMember', member: m.id } })),
    ...components.filter((c) => !c.running).map((c): Choice => ({ label: `$(debug-start) Start ${c.name}`, description: 'it lists everything and catches up', fault: { type: 'start', component: c.name }, follow: LEASE })),
    separator('etcd'),
    ...up.map((m): Choice => ({ label: `$(debug-stop) Kill ${m.id}`, description: m.role === 'leader' ? (several ? 'the leader: another is elected' : 'the only member: nothing can be written') : 'a follower', fault: { type: 'killMember', member: m.id } })),
    ...(several && leader ? [
      { label: '$(debug-stop) Lose the quorum', description: `${up.length - (members.length >> 1)} members die: nothing can be written`, fault: { type: 'loseQuorum' } as const },
      { label: '$(debug-disconnect) Cut the leader off', description: `${leader.id} | ${others.join(', ')}, kube-apiserver`, fault: { type: 'partition', groups: [[leader.id], [...others, 'kube-apiserver']] } as const },
      { label: '$(watch) Slow link', description: `50 ms more between ${leader.id} and ${others[0] ?? ''}`, fault: { type: 'slowLink', between: [leader.id, others[0] ?? ''], milliseconds: 50 } as const },
      { label: '$(warning) Lossy link', description: `30 % lost between ${leader.id} and ${others[0] ?? ''}`, fault: { type: 'lossyLink', between: [leader.id, others[0] ?? ''], percent: 30 } as const },
    ] : []),
    ...(leader ? [{ label: '$(database) Slow disk', description: `${leader.id} takes 100 times as long to sync`, fault: { type: 'slowDisk', member: leader.id, times: 100 } as const }] : []),
    ...(up.length > 0 ? [{ label: '$(flame) Lose all members', description: several ? 'only a snapshot or their disks bring the cluster back' : 'nothing can be written', fault: { type: 'loseAll' } as const }] : []),
    separator('control plane'),
    ...components.filter((c) => c.running).map((c): Choice => ({ label: `$(debug-stop) Kill ${c.name}`, description: EFFECTS[c.name], fault: { type: 'kill', component: c.name } })),
  ];
}

const EFFECTS: { readonly [name: string]: string } = {
  'kube-apiserver': 'every connection is refused', 'kube-scheduler': 'new pods stay Pending', 'kube-controller-manager': 'nothing is reconciled',
};

const FILTERS = { 'etcd snapshot': ['json'] };

/** Saves what etcd holds as a file. */
export function saveSnapshot(context: CommandContext): (uri?: unknown) => Promise<void> {
  return async (uri) => {
    try {
      const { text, revision } = await context.engine.request('snapshot', null);
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      const name = `etcd-revision-${revision}.snapshot.json`;
      const target = uri instanceof vscode.Uri ? uri : await vscode.window.showSaveDialog({ title: 'Save etcd Snapshot', saveLabel: 'Save Snapshot', filters: FILTERS, defaultUri: folder && vscode.Uri.joinPath(folder.uri, name) });
      if (!target) return;
      await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
      vscode.window.setStatusBarMessage(`$(check) etcd at revision ${revision} is saved in ${vscode.workspace.asRelativePath(target)}`, 8000);
    } catch (thrown) {
      complain(context, thrown);
    }
  };
}

/** etcd starts again from a snapshot file. */
export function restoreSnapshot(context: CommandContext): (uri?: unknown) => Promise<void> {
  return async (uri) => {
    try {
      const chosen = uri instanceof vscode.Uri ? uri : await askSnapshot();
      if (!chosen) return;
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(chosen));
      await perform(context, `Restoring ${vscode.workspace.asRelativePath(chosen)}`, 'operate', { type: 'restore', snapshot: { file: chosen.toString(), text } });
    } catch (thrown) {
      complain(context, thrown);
    }
  };
}

/** Snapshots of the workspace first; any other by a dialog. */
async function askSnapshot(): Promise<vscode.Uri | undefined> {
  const found = (await vscode.workspace.findFiles('**/*.snapshot.json', '**/node_modules/**', 50)).sort((a, b) => b.path.localeCompare(a.path, 'en', { numeric: true }));
  const other = { label: '$(folder-opened) Another file…', uri: undefined };
  if (found.length > 0) {
    const picked = await vscode.window.showQuickPick([...found.map((file) => ({ label: `$(database) ${vscode.workspace.asRelativePath(file)}`, uri: file })), other], { title: 'Restore etcd Snapshot', placeHolder: 'What is in the cluster now is replaced by what was in it then.' });
    if (!picked || picked !== other) return picked?.uri;
  }
  const [chosen] = (await vscode.window.showOpenDialog({ title: 'Restore etcd Snapshot', openLabel: 'Restore', filters: FILTERS })) ?? [];
  return chosen;
}
