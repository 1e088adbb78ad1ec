// etcd with three members: what its failures mean, and how a snapshot brings everything back.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { closeBrowser, openWorkspace, type Workbench } from '../workbench';

after(closeBrowser);

void describe('etcd with three members', () => {
  let workbench: Workbench;
  const pick = (text: string | RegExp): Locator => workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
  const row = (text: string | RegExp): Locator => workbench.page.locator('.pane-body .monaco-list-row').filter({ hasText: text }).first();
  const breaking = async (choice: string | RegExp, seen?: string): Promise<void> => {
    await workbench.runCommand('Control Plane: Break or Repair…');
    await pick(choice).waitFor({ timeout: 20_000 });
    if (seen) await workbench.screenshot(seen);
    await pick(choice).click();
  };
  const snapshots = (): string[] => readdirSync(workbench.folder).filter((f) => f.endsWith('.snapshot.json'));
  before(async () => { workbench = await openWorkspace({ theme: 'dark', size: 'large', settings: { 'controlplane.etcd.members': 3 } }); });
  after(() => workbench?.close());

  void test('the leader is killed: another is elected', async () => {
    await workbench.openFile('hello-deployment.yaml');
    await workbench.runCommand('Control Plane: Create');
    await workbench.webviewFrame().getByText(/1 of 1 pods? running/).first().waitFor({ timeout: 60_000 });
    await breaking(/Kill etcd-1/, 'etcd-choices');
    // Words of a note stand on several lines; its title has the whole sentence.
    await workbench.webviewFrame().locator('title').filter({ hasText: /is elected leader/ }).first().waitFor({ state: 'attached', timeout: 60_000 });
    await workbench.page.waitForTimeout(1000);
    await workbench.screenshot('etcd-election');
    await breaking(/Repair etcd/);
    await workbench.webviewFrame().getByText(/repair etcd/i).first().waitFor({ timeout: 60_000 });
  });

  void test('time travel: the trees show the cluster as it was at the selected step', async () => {
    await workbench.runCommand('Control Plane: Reset');
    await workbench.openFile('hello-deployment.yaml');
    await workbench.runCommand('Control Plane: Create');
    await workbench.webviewFrame().getByText(/1 of 1 pods? running/).first().waitFor({ timeout: 60_000 });
    await workbench.page.locator('.activitybar').getByRole('tab', { name: /Control Plane/ }).click();
    await row(/Running · on node/).waitFor({ timeout: 30_000 });
    await workbench.webviewFrame().getByRole('button', { name: 'Time travel' }).click();
    const slider = workbench.webviewFrame().getByRole('slider', { name: 'Step of the run' });
    await slider.focus();
    for (let i = 0; i < 9; i++) await workbench.page.keyboard.press('ArrowRight');
    await workbench.webviewFrame().getByText(/10 of \d+/).first().waitFor({ timeout: 20_000 });
    await workbench.page.getByText(/as of revision \d+/i).first().waitFor({ timeout: 20_000 });
    await workbench.page.waitForTimeout(1500);
    await workbench.screenshot('time-travel');
    await workbench.webviewFrame().getByRole('button', { name: 'Time travel' }).click();
    await row(/Running · on node/).waitFor({ timeout: 20_000 });
    await workbench.page.locator('.activitybar').getByRole('tab', { name: /Explorer/ }).click();
  });

  void test('what etcd holds is saved', async () => {
    await workbench.runCommand('Control Plane: Save etcd Snapshot…');
    const input = workbench.page.locator('.quick-input-widget input[type=text]').first();
    await input.waitFor();
    await workbench.page.waitForTimeout(1000);
    await workbench.screenshot('etcd-save');
    await workbench.page.keyboard.press('Enter');
    for (let i = 0; i < 40 && snapshots().length === 0; i++) await workbench.page.waitForTimeout(250);
    assert.equal(snapshots().length, 1);
    assert.ok(existsSync(workbench.folder));
  });

  void test('after the loss of all members Create fails, and the snapshot brings everything back', async () => {
    await breaking(/Lose all members/);
    await workbench.webviewFrame().getByText(/lose all members of etcd/).first().waitFor({ timeout: 60_000 });
    await workbench.openFile('spread.yaml');
    await workbench.runCommand('Control Plane: Create');
    await workbench.webviewFrame().getByText(/connection refused/).first().waitFor({ timeout: 60_000 });
    await workbench.page.waitForTimeout(1000);
    await workbench.screenshot('etcd-lost');
    await workbench.runCommand('Control Plane: Restore etcd Snapshot…');
    await pick(/\.snapshot\.json/).waitFor({ timeout: 20_000 });
    await workbench.screenshot('etcd-restore-choice');
    await pick(/\.snapshot\.json/).click();
    await workbench.webviewFrame().getByText(/restore etcd at revision/).first().waitFor({ timeout: 60_000 });
    await workbench.page.locator('.activitybar').getByRole('tab', { name: /Control Plane/ }).click();
    await row(/Running · on node/).waitFor({ timeout: 30_000 });
    await workbench.page.waitForTimeout(1500);
    await workbench.screenshot('etcd-restored');
    await workbench.page.locator('.activitybar').getByRole('tab', { name: /Explorer/ }).click();
    await workbench.openFile('spread.yaml');
    await workbench.runCommand('Control Plane: Create');
    await workbench.webviewFrame().getByText(/6 of 6 pods running/).first().waitFor({ timeout: 60_000 });
    assert.deepEqual(await workbench.notifications(), []);
    assert.deepEqual(workbench.consoleErrors, []);
  });
});
