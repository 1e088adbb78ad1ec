import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { closeBrowser, openWorkspace, type Workbench } from '../workbench';

after(closeBrowser);

void describe('the window', () => {
  let workbench: Workbench;
  before(async () => { workbench = await openWorkspace({ theme: 'dark' }); });
  after(() => workbench?.close());

  void test('opens hello-deployment.yaml', async () => {
    const editor = await workbench.openFile('hello-deployment.yaml');
    assert.match((await editor.innerText()).replaceAll('\u00a0', ' '), /kind: Deployment/);
  });

  void test('offers Create on a right-click in the explorer', async () => {
    await workbench.chooseFromMenu(workbench.explorerRow('hello-deployment.yaml'), 'Create', () => workbench.screenshot('smoke-menu'));
  });

  void test('offers Create in the palette', async () => {
    await workbench.runCommand('Control Plane: Create');
    assert.deepEqual((await workbench.notifications()).filter((n) => /not found|failed|error/i.test(n)), []);
  });

  void test('shows webviews', async () => {
    writeFileSync(join(workbench.folder, 'notes.md'), '# A heading of the preview\n');
    await workbench.openFile('notes.md');
    await workbench.runCommand('Markdown: Open Preview');
    await workbench.webviewFrame().getByText('A heading of the preview').waitFor();
  });

  void test('logs no error of its own', () => {
    assert.deepEqual(workbench.consoleErrors, []);
  });
});

for (const [theme, type] of [['light', 'vs'], ['dark', 'vs-dark'], ['contrast', 'hc-black']] as const) {
  void test(`the window starts in the ${theme} theme`, async () => {
    const workbench = await openWorkspace({ theme, size: 'large', extension: 'none' });
    try {
      await workbench.page.locator(`.monaco-workbench.${type}`).waitFor();
      await workbench.screenshot(`smoke-${theme}`);
    } finally {
      await workbench.close();
    }
  });
}
