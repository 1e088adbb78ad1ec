// The packaged extension, installed into a fresh VS Code and used through its interface as a user would.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root, vsix } from '../environment';
import { closeBrowser, openWorkspace, type Workbench } from '../workbench';

void describe('the installed extension', () => {
  let workbench: Workbench;
  let server: ChildProcess | undefined;
  before(async () => {
    assert.ok(vsix, 'no package was built');
    const serving = spawn(process.execPath, [join(root, 'dist/cli.js'), 'serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
    server = serving;
    const line = await new Promise<string>((resolve, reject) => { serving.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8'))); serving.once('exit', () => reject(new Error('serve ended'))); });
    process.env['KUBECONFIG'] = (JSON.parse(line) as { kubeconfig: string }).kubeconfig;
    workbench = await openWorkspace({ theme: 'light', size: 'large', extension: { vsix } });
  });
  after(async () => { await workbench?.close(); await closeBrowser(); server?.kill('SIGTERM'); });

  void test('draws the diagram after a right-click', async () => {
    await workbench.chooseFromMenu(workbench.explorerRow('hello-deployment.yaml'), 'Create');
    await workbench.webviewFrame().getByText(/1 of 1 pods? running on node-\d/).first().waitFor({ timeout: 60_000 });
    await workbench.screenshot('vsix-create');
  });

  void test('offers its commands in the palette', async () => {
    await workbench.runCommand('Control Plane: Reset');
    assert.deepEqual(await workbench.notifications(), []);
  });

  void test('connects to a live cluster: its bundle needs nothing that is not packed', async () => {
    await workbench.runCommand('Control Plane: Connect to Live Cluster…');
    await workbench.page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: 'controlplane' }).first().click();
    await workbench.page.locator('.pane-body .monaco-list-row[aria-label^="Live node"]').first().waitFor({ timeout: 20_000 });
    await workbench.page.waitForTimeout(500);
    await workbench.screenshot('vsix-live');
    assert.deepEqual(await workbench.notifications(), []);
  });

  void test('logs no error of its own', () => {
    assert.deepEqual(workbench.consoleErrors, []);
  });
});
