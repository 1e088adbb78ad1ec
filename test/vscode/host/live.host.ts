import * as vscode from 'vscode';
import { ok, same, test } from './harness';
import { api } from './support';

const inBrowser = (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node === undefined;

test('a live cluster: nothing is started and nothing contacted by activation', async () => {
  const { liveState } = await api();
  same(liveState().phase, 'off');
});

test('a live cluster: in a browser alone it says that it needs the desktop', async () => {
  const { liveRequest } = await api();
  let said = '';
  try { await liveRequest('contexts', null); } catch (thrown) { said = thrown instanceof Error ? thrown.message : String(thrown); }
  ok(said.startsWith('Live clusters need the desktop or a remote window'), `it said: ${said}`);
  // The command tells a person, and does not fail.
  await vscode.commands.executeCommand('controlplane.live.connect');
}, inBrowser ? {} : { skip: 'this host is Node: here it works' });

test('a live cluster: contexts are read without contacting anybody', async () => {
  const { liveRequest, liveState } = await api();
  const { contexts } = await liveRequest('contexts', null);
  ok(Array.isArray(contexts), 'there is no list of contexts');
  same(liveState().phase, 'off');
}, inBrowser ? { skip: 'this host is a browser: there is no kubeconfig' } : {});
