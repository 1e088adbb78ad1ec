// What a user does after the first story: reload, operate on nodes, look at objects.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { closeBrowser, openWorkspace, type Workbench } from '../workbench';

after(closeBrowser);

void describe('in the sidebar', () => {
  let workbench: Workbench;
  const row = (text: string | RegExp): Locator => workbench.page.locator('.pane-body .monaco-list-row').filter({ hasText: text }).first();
  before(async () => { workbench = await openWorkspace({ theme: 'dark', size: 'large' }); });
  after(() => workbench?.close());

  void test('the empty cluster says what to do', async () => {
    await workbench.page.locator('.activitybar').getByRole('tab', { name: /Control Plane/ }).click();
    await row('node-3').waitFor();
    await workbench.page.getByText('Nothing has been created in the simulated cluster yet').first().waitFor();
    await workbench.screenshot('sidebar-empty');
  });

  void test('a node is killed from its menu, and the diagram tells the story', async () => {
    await workbench.page.locator('.activitybar').getByRole('tab', { name: /Explorer/ }).click();
    await workbench.openFile('spread.yaml');
    await workbench.runCommand('Control Plane: Create');
    await workbench.webviewFrame().getByText(/6 of 6 pods running/).first().waitFor({ timeout: 60_000 });
    await workbench.page.locator('.activitybar').getByRole('tab', { name: /Control Plane/ }).click();
    await row(/Running · on node-2/).waitFor();
    // The views are drawn anew while the run goes on.
    await workbench.page.waitForTimeout(1500);
    await workbench.chooseFromMenu(workbench.page.locator('.pane-body .monaco-list-row[aria-label^="Node node-2"]'), 'Kill Node');
    const down = workbench.page.locator('.pane-body .monaco-list-row[aria-label^="Node node-2, down"]');
    await down.waitFor({ timeout: 60_000 });
    await workbench.page.waitForTimeout(1500);
    await workbench.screenshot('sidebar-killed');
  });

  void test('a click opens the YAML of a pod', async () => {
    await workbench.page.keyboard.press('Escape');
    await row(/Running · on/).click();
    await workbench.page.locator('.tabs-container .tab').filter({ hasText: /frontend-.*\.yaml/ }).first().waitFor();
    await workbench.page.getByText('kind: Pod').or(workbench.page.locator('.view-line').filter({ hasText: /kind:\s*Pod/ })).first().waitFor();
    await workbench.screenshot('sidebar-yaml');
  });

  void test('after a reload the diagram is there, and says that its cluster is gone', async () => {
    // A workbench in a browser writes its state, the open editors among it, every few seconds.
    await workbench.page.waitForTimeout(7000);
    await workbench.page.reload();
    await workbench.webviewFrame().getByText(/before the window was reloaded/).first().waitFor({ timeout: 45_000 });
    await workbench.screenshot('sidebar-reloaded');
    assert.deepEqual(await workbench.notifications(), []);
    assert.deepEqual(workbench.consoleErrors, []);
  });
});
