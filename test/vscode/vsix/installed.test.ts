// The packaged extension, installed into a fresh VS Code and used through its interface as a user would.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { vsix } from '../environment';
import { closeBrowser, openWorkspace, type Workbench } from '../workbench';

void describe('the installed extension', () => {
  let workbench: Workbench;
  before(async () => {
    assert.ok(vsix, 'no package was built');
    workbench = await openWorkspace({ theme: 'light', size: 'large', extension: { vsix } });
  });
  after(async () => { await workbench?.close(); await closeBrowser(); });

  void test('draws the diagram after a right-click', async () => {
    await workbench.chooseFromMenu(workbench.explorerRow('hello-deployment.yaml'), 'Create');
    await workbench.webviewFrame().getByText(/1 of 1 pods? running on node-\d/).first().waitFor({ timeout: 60_000 });
    await workbench.screenshot('vsix-create');
  });

  void test('offers its commands in the palette', async () => {
    await workbench.runCommand('Control Plane: Reset');
    assert.deepEqual(await workbench.notifications(), []);
  });

  void test('logs no error of its own', () => {
    assert.deepEqual(workbench.consoleErrors, []);
  });
});
