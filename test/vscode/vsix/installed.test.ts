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

  void test('is used by right-click', async () => {
    const menu = await workbench.explorerMenu('hello-deployment.yaml');
    await menu.getByText('Create', { exact: true }).waitFor();
    await workbench.chooseFromMenu('Create');
    await workbench.runCommand('Control Plane: Create');
    await workbench.screenshot('vsix-create');
    assert.deepEqual((await workbench.notifications()).filter((n) => /not found|failed|error/i.test(n)), []);
  });

  void test('logs no error of its own', () => {
    assert.deepEqual(workbench.consoleErrors, []);
  });
});
