import * as vscode from 'vscode';
import type { ContextInfo } from '../../live/protocol';
import { withProgress } from '../progress';
import type { LiveMode } from './service';

/** Namespaces that are looked at one by one at the most: each costs some watches. */
const MAX_NAMESPACES = 20;
const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

interface ContextItem extends vscode.QuickPickItem { readonly context: ContextInfo }

/** Asks which context, and connects. Nothing is contacted before one is chosen. */
export async function connect(live: LiveMode): Promise<void> {
  const { contexts, problems } = await live.request('contexts', null);
  for (const problem of problems) void vscode.window.showWarningMessage(problem);
  if (contexts.length === 0) {
    void vscode.window.showInformationMessage('There is no kubeconfig: neither in KUBECONFIG nor in the home folder (.kube/config). kubectl would find no cluster either.');
    return;
  }
  const items: ContextItem[] = [...contexts].sort((a, b) => Number(b.current) - Number(a.current) || a.name.localeCompare(b.name)).map((context) => ({
    label: `$(vm-connect) ${context.name}`, description: `${context.current ? "kubectl's current context · " : ''}${context.user ? `as ${context.user}` : ''}`, detail: `${context.cluster} at ${context.server || 'no address'} · ${context.source}`, context,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Connect to a Live Cluster', placeHolder: 'Which context? It is only read; the kubeconfig is never changed.', matchOnDetail: true, matchOnDescription: true });
  if (picked) await connectTo(live, picked.context.name, []);
}

export async function connectTo(live: LiveMode, context: string, namespaces: readonly string[]): Promise<void> {
  await vscode.commands.executeCommand('controlplane.live.focus').then(undefined, () => undefined);
  await withProgress(`Connecting to ${context}`, ({ token, report }) => live.request('connect', { context, namespaces }, { token, progress: report }));
}

/** Asks which namespaces are to be looked at, and connects anew with them. */
export async function chooseNamespaces(live: LiveMode): Promise<void> {
  const { context, namespaces } = live.state;
  if (context === '') { await connect(live); return; }
  const chosen = await pickNamespaces(live, namespaces) ?? undefined;
  if (chosen) await connectTo(live, context, chosen);
}

async function pickNamespaces(live: LiveMode, now: readonly string[]): Promise<readonly string[] | undefined> {
  let names: readonly string[];
  try {
    names = await withProgress('Reading namespaces', ({ token }) => live.request('namespaces', null, { token }));
  } catch {
    return askNamespaces(now);
  }
  const items = names.map((label) => ({ label, picked: now.includes(label) }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Namespaces', placeHolder: `At most ${MAX_NAMESPACES}; none for all`, canPickMany: true });
  return limited(picked?.map((p) => p.label));
}

/** Who may not list namespaces can still name them. */
async function askNamespaces(now: readonly string[]): Promise<readonly string[] | undefined> {
  const parse = (text: string): readonly string[] => text.split(/[\s,]+/).filter((n) => n !== '');
  const text = await vscode.window.showInputBox({
    title: 'Namespaces', prompt: 'You may not list the namespaces of this cluster: name those you may look at, with commas between them. Nothing for all.', value: now.join(', '), validateInput: (t) => { const bad = parse(t).find((n) => !NAME.test(n)); return bad === undefined ? undefined : `${bad} is no name of a namespace`; },
  });
  return text === undefined ? undefined : limited(parse(text));
}

function limited(names: readonly string[] | undefined): readonly string[] | undefined {
  if (!names || names.length <= MAX_NAMESPACES) return names;
  void vscode.window.showWarningMessage(`Only the first ${MAX_NAMESPACES} namespaces are looked at; choose none for all of them.`);
  return names.slice(0, MAX_NAMESPACES);
}
