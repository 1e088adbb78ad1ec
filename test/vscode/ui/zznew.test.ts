import { after, before, describe, test } from 'node:test';
import { closeBrowser, openWorkspace, type Workbench } from '../workbench';
after(closeBrowser);
void describe('newcomer', () => {
  let w: Workbench;
  before(async () => { w = await openWorkspace({ theme: 'light', size: 'large', folder: '/tmp/shots/ws' }); });
  after(() => w?.close());
  void test('all', async () => {
    await w.openFile('bookstore.yaml');
    await w.page.waitForTimeout(2500);
    await w.screenshot('n1-open');
    await w.runCommand('Control Plane: Create');
    await w.webviewFrame().locator('.picture .item').first().waitFor({ timeout: 60_000 });
    await w.page.waitForTimeout(2500);
    await w.screenshot('n2-created');
    await w.page.locator('.activitybar').getByRole('tab', { name: /Control Plane/ }).click();
    await w.page.waitForTimeout(2500);
    await w.screenshot('n3-tree');
    const frame = w.webviewFrame();
    for (const level of ['Story', 'Everything']) { await frame.getByRole('radio', { name: level }).click(); await w.page.waitForTimeout(1500); await w.screenshot(`n4-${level}`); }
    await frame.getByRole('radio', { name: 'Story' }).click(); await w.page.waitForTimeout(800);
    await frame.locator('.kind-decision').first().click(); await w.page.waitForTimeout(800);
    await w.screenshot('n5-decision');
    for (const view of ['Unscheduled', 'db-0', 'import']) { const r = w.page.locator('.pane-body .monaco-list-row').filter({ hasText: view }).first(); if (await r.count()) { await r.hover(); await w.page.waitForTimeout(1500); await w.screenshot(`n6-${view}`); } }
    const s = w.page.locator('.monaco-editor .view-line span').getByText('nodeSelector', { exact: true }).first();
    await w.page.locator('.activitybar').getByRole('tab', { name: /Explorer/ }).click();
    await w.page.keyboard.press('Escape');
    await w.runCommand('View: Focus First Editor Group');
    await w.page.keyboard.press('Control+F'); await w.page.keyboard.type('nodeSelector'); await w.page.keyboard.press('Enter'); await w.page.keyboard.press('Escape');
    await w.page.waitForTimeout(600);
    await s.hover(); await w.page.waitForTimeout(2000);
    await w.screenshot('n7-hover');
  });
});
