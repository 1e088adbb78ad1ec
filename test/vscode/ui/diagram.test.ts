// The diagram inside VS Code: what only the real window can show, the page itself is tested in test/diagram.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeBrowser, openWorkspace, type Workbench } from '../workbench';

after(closeBrowser);

void describe('the diagram in the window', () => {
  let workbench: Workbench;
  before(async () => { workbench = await openWorkspace({ theme: 'light', size: 'usual' }); });
  after(() => workbench?.close());

  void test('is drawn by Create', async () => {
    await workbench.openFile('hello-deployment.yaml');
    await workbench.runCommand('Control Plane: Create');
    await workbench.webviewFrame().locator('.picture .item').first().waitFor({ timeout: 60_000 });
  });

  void test('tells the story without sideways scrolling', async () => {
    const frame = workbench.webviewFrame();
    await frame.getByRole('radio', { name: 'Story' }).click();
    await frame.locator('[role=radio][aria-checked=true]', { hasText: 'Story' }).waitFor();
    await workbench.page.waitForTimeout(600);
    await workbench.screenshot('diagram-in-window');
    const { wide, room } = await frame.locator('.stage').evaluate((e) => ({ wide: e.scrollWidth, room: e.clientWidth }));
    assert.ok(wide <= room + 1, `${wide} pixels in ${room}`);
  });

  void test('shows why the pod went where it went', async () => {
    const frame = workbench.webviewFrame();
    await frame.locator('.kind-decision').first().click();
    await frame.locator('.pane .nodes tbody tr').nth(2).waitFor();
    assert.match(await frame.locator('.pane').innerText(), /3 of 3 nodes fit/);
  });

  void test('a step is followed by the trees and the manifest, without taking the focus', async () => {
    const { page } = workbench;
    await page.locator('.activitybar').getByRole('tab', { name: /Control Plane/ }).click();
    await page.locator('.pane-body .monaco-list-row[aria-label^="Pod "]').nth(1).waitFor();
    // The trees are drawn anew when they are opened.
    await page.waitForTimeout(1500);
    await workbench.webviewFrame().locator('.kind-request').first().click();
    await page.locator('.pane-body .monaco-list-row.selected[aria-label^="Deployment hello"]').waitFor();
    await workbench.webviewFrame().locator('.kind-decision').first().click();
    await page.locator('.pane-body .monaco-list-row.selected[aria-label^="Pod "]').nth(1).waitFor();
    await page.locator('.editor-instance .selected-text').first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'IFRAME');
    await workbench.screenshot('diagram-followed');
  });

  void test('leads back into the manifest', async () => {
    await workbench.webviewFrame().locator('.pane .links button').first().click();
    await workbench.page.locator('.editor-group-container.active .tab.active[data-resource-name="hello-deployment.yaml"]').waitFor();
  });

  void test('logs no error', () => { assert.deepEqual(workbench.consoleErrors, []); });
});
