import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeBrowser, openWorkspace, type Workbench } from '../workbench';

void describe('the window', () => {
  let workbench: Workbench;
  before(async () => { workbench = await openWorkspace({ theme: 'dark' }); });
  after(async () => { await workbench?.close(); await closeBrowser(); });

  void test('opens hello-deployment.yaml', async () => {
    const editor = await workbench.openFile('hello-deployment.yaml');
    assert.match((await editor.innerText()).replaceAll('\u00a0', ' '), /kind: Deployment/);
    await workbench.screenshot('smoke-editor');
  });

  void test('offers Create on a right-click in the explorer', async () => {
    const menu = await workbench.explorerMenu('hello-deployment.yaml');
    await menu.getByText('Create', { exact: true }).waitFor();
    await workbench.screenshot('smoke-menu');
    await workbench.chooseFromMenu('Create');
  });

  void test('offers Create in the palette', async () => {
    await workbench.runCommand('Control Plane: Create');
    await workbench.screenshot('smoke-palette');
  });

  void test('logs no error of its own', () => {
    assert.deepEqual(workbench.consoleErrors, []);
  });
});
