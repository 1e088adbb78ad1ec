import * as vscode from 'vscode';
import { ok, same, test } from './harness';

const ID = 'controlplane.kubernetes-control-plane-visualizer';

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(ID);
  ok(found, `${ID} is not among the extensions of this host`);
  return found;
}

test('the extension is there, and not active before its first use', () => {
  same(extension().isActive, false, 'it is active already');
});

test('it activates', async () => {
  await extension().activate();
  ok(extension().isActive, 'it is not active');
});

test('every command of the manifest is registered', async () => {
  const manifest = extension().packageJSON as { contributes?: { commands?: { command: string }[] } };
  const declared = (manifest.contributes?.commands ?? []).map((c) => c.command);
  const known = new Set(await vscode.commands.getCommands(true));
  ok(declared.includes('controlplane.create'), 'controlplane.create is not declared');
  same(declared.filter((c) => !known.has(c)), [], 'commands without a handler');
});

test('the workspace holds the first story', async () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  ok(folder, 'no folder is open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, 'hello-deployment.yaml'));
  same(document.languageId, 'yaml');
  ok(document.getText().includes('helloworld-deployment'), 'hello-deployment.yaml is not the expected file');
});
