// The first story as a user lives it: right-click, Create, diagram, tree, hover.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { closeBrowser, openWorkspace, type Workbench } from '../workbench';

after(closeBrowser);

const themes = (process.env['CONTROLPLANE_THEMES'] ?? 'light,dark,contrast').split(',') as ('light' | 'dark' | 'contrast')[];

for (const theme of themes) {
  void describe(`the first story in the ${theme} theme`, () => {
    let workbench: Workbench;
    const word = (text: string): Locator => workbench.page.locator('.monaco-editor .view-line span').getByText(text, { exact: true }).first();
    before(async () => { workbench = await openWorkspace({ theme, size: 'large' }); });
    after(() => workbench?.close());

    void test('a right-click and Create draw the diagram', async () => {
      await workbench.openFile('hello-deployment.yaml');
      await workbench.chooseFromMenu(workbench.explorerRow('hello-deployment.yaml'), 'Create');
      await workbench.webviewFrame().getByText(/1 of 1 pods? running on node-\d/).first().waitFor({ timeout: 60_000 });
      await workbench.page.getByText(/1 pod running on node-\d/).first().waitFor();
      await workbench.page.waitForTimeout(800);
      await workbench.screenshot(`create-${theme}`);
    });

    void test('the hover on kind says where the pod is', async () => {
      await word('Deployment').hover();
      await workbench.page.locator('.monaco-hover:visible').getByText(/1 pod running on/).first().waitFor();
      await workbench.screenshot(`hover-${theme}`);
      await workbench.page.mouse.move(5, 5);
    });

    void test('the tree shows nodes and workloads', async () => {
      await workbench.page.locator('.activitybar').getByRole('tab', { name: /Control Plane/ }).click();
      await workbench.page.locator('.pane-body .monaco-list-row').filter({ hasText: 'node-1' }).first().waitFor();
      await workbench.page.locator('.pane-body .monaco-list-row').filter({ hasText: 'helloworld-deployment' }).first().waitFor();
      await workbench.page.waitForTimeout(500);
      await workbench.screenshot(`tree-${theme}`);
    });

    void test('nothing complains', async () => {
      assert.deepEqual(await workbench.notifications(), []);
      assert.deepEqual(workbench.consoleErrors, []);
    });
  });
}
