import * as vscode from 'vscode';
import { FIRST_VIEW } from '../../../src/diagram/model';
import { eventually, isNode, ok, same, test } from './harness';
import { api, entries, run, startOver, tree } from './support';

/** The kubectl terminal: the window's own world over HTTP, as kubectl sees it. */
const skip = isNode ? undefined : 'nothing can listen in a browser';
const terminals = (): readonly vscode.Terminal[] => vscode.window.terminals.filter((t) => t.name === 'kubectl');

const DEPLOYMENT = {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'from-kubectl' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'k' } }, template: { metadata: { labels: { app: 'k' } }, spec: { containers: [{ name: 'c', image: 'nginx:1.29' }] } } },
};

async function read(path: string): Promise<string> { return (await import('node:fs')).readFileSync(path, 'utf8'); }

async function opened(): Promise<{ readonly url: string; readonly kubeconfig: string; send(method: string, path: string, body?: unknown): Promise<Response> }> {
  await startOver();
  await run('openKubectlTerminal');
  const server = await (await api()).request('startKubectl', null);
  const { users } = JSON.parse(await read(server.kubeconfig)) as { users: readonly { user: { token: string } }[] };
  const headers = { Authorization: `Bearer ${users[0]?.user.token ?? ''}`, 'Content-Type': 'application/json', 'Kubectl-Command': 'kubectl create', 'Kubectl-Session': '1' };
  return { ...server, send: (method, path, body) => fetch(`${server.url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }) };
}

test('what kubectl does appears in the trees and in the diagram', async () => {
  const { send } = await opened();
  same(terminals().length, 1);
  const options = terminals()[0]?.creationOptions as vscode.TerminalOptions;
  ok(options.env?.['KUBECONFIG'], 'the terminal knows the cluster');
  const before = (await api()).currentRun;
  same((await send('POST', '/apis/apps/v1/namespaces/default/deployments', DEPLOYMENT)).status, 201);
  await eventually(async () => ((await tree('workloads'))[0]?.includes('2 pods running') ? true : undefined), 'the tree shows the pods');
  const shown = await eventually(async () => { const run = (await api()).currentRun; return run === before ? undefined : run; }, 'a diagram is shown');
  await eventually(async () => {
    const model = await (await api()).request('diagram', { run: shown, view: FIRST_VIEW });
    return model?.answer.text.startsWith('kubectl create: 2 of 2 pods running') ? true : undefined;
  }, 'the diagram tells how it ended');

  // The window's own actions and kubectl's act on one world.
  const [entry] = await entries('workloads');
  await run('scale', entry, 1);
  const scaled = await (await send('GET', '/apis/apps/v1/namespaces/default/deployments/from-kubectl')).json() as { spec: { replicas: number } };
  same(scaled.spec.replicas, 1);
  await run('openKubectlTerminal');
  same(terminals().length, 1, 'the terminal that is open is shown again');
}, { skip, timeout: 60_000 });

test('the real kubectl in the terminal\'s environment', async () => {
  const { kubeconfig } = await opened();
  const { execFile } = await import('node:child_process');
  const kubectl = (...args: readonly string[]): Promise<string> => new Promise((resolve, reject) => {
    execFile('kubectl', args, { env: { ...(globalThis as unknown as { process: { env: { [key: string]: string } } }).process.env, KUBECONFIG: kubeconfig } }, (error, out, err) => { if (error) reject(new Error(err || error.message)); else resolve(out); });
  });
  const { hasKubectl } = await (await api()).request('startKubectl', null);
  if (!hasKubectl) { console.log('kubectl is not on this machine: not tried'); return; }
  await kubectl('create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=3');
  ok((await kubectl('rollout', 'status', 'deployment/web', '--timeout=30s')).includes('successfully rolled out'), 'it rolls out in the time of the clock');
  await eventually(async () => ((await tree('workloads'))[0]?.includes('3 pods running') ? true : undefined), 'the tree shows the pods');
  await kubectl('delete', 'deployment', 'web');
  await eventually(async () => ((await entries('workloads')).length === 0 ? true : undefined), 'and that they went');
}, { skip, timeout: 60_000 });

test('closing the terminal ends the server and takes the kubeconfig away; so does a reset', async () => {
  const { kubeconfig, send } = await opened();
  same((await send('GET', '/readyz')).status, 200);
  terminals()[0]?.dispose();
  const { existsSync } = await import('node:fs');
  await eventually(() => (existsSync(kubeconfig) ? undefined : true), 'the kubeconfig goes', 20_000);
  ok(await send('GET', '/readyz').then(() => false, () => true), 'nobody listens any more');
  const again = await opened();
  await run('reset');
  await eventually(() => (existsSync(again.kubeconfig) ? undefined : true), 'the kubeconfig goes with the world');
  await eventually(() => (terminals().length === 0 ? true : undefined), 'and the terminal');
}, { skip, timeout: 60_000 });

test('a browser has no kubectl terminal, and says why', async () => {
  const refused = await (await api()).request('startKubectl', null).then(() => '', (thrown: unknown) => (thrown as Error).message);
  ok(/needs VS Code on the desktop or on a server/.test(refused), refused);
}, { skip: isNode ? 'this is no browser' : undefined });
