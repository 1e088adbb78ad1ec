// The three explanations (why here, why not, what would help) where a user meets them: hover, diagram, Problems, quick fix with its preview, tree.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { closeBrowser, openWorkspace, type Theme, type Workbench } from '../workbench';

after(closeBrowser);

/** CONTROLPLANE_THEMES=light,dark,contrast takes the pictures in each. */
const themes = (process.env['CONTROLPLANE_THEMES'] ?? 'light').split(',') as Theme[];

for (const theme of themes) {
  void describe(`explanations, ${theme}`, () => {
    let workbench: Workbench;
    const word = (text: string): Locator => workbench.page.locator('.monaco-editor .view-line span').getByText(text, { exact: true }).first();
    const hover = (text: string): Locator => workbench.page.locator('.monaco-hover:visible').getByText(text).first();
    before(async () => { workbench = await openWorkspace({ theme, size: 'large' }); });
    after(() => workbench?.close());

    /** The mouse rests on a word until the hover says this. */
    async function rest(on: string, until: string): Promise<void> {
      for (let attempt = 0; attempt < 5; attempt++) {
        await workbench.page.mouse.move(5, 5);
        await word(on).hover();
        try { await hover(until).waitFor({ timeout: 6000 }); return; } catch { /* The workbench drops a hover while it draws something else. */ }
      }
      await hover(until).waitFor();
    }

    void test('why not, and what would help: in the hover', async () => {
      await workbench.openFile('unschedulable.yaml');
      await workbench.runCommand('Control Plane: Create');
      await workbench.webviewFrame().locator('.kind-decision').first().waitFor({ timeout: 30_000 });
      await workbench.page.locator('.squiggly-warning').first().waitFor();
      await rest('Deployment', 'What would help');
      await workbench.screenshot(`explain-hover-why-not-${theme}`);
      await workbench.page.mouse.move(5, 5);
    });

    void test('why not, and what would help: in the diagram', async () => {
      const frame = workbench.webviewFrame();
      await frame.locator('.kind-decision').first().click();
      await frame.locator('.pane').getByText('What would help').waitFor();
      await frame.locator('.pane').getByText('In the queue').waitFor();
      const said = await frame.locator('.pane').innerText();
      assert.match(said, /have only 4 CPU in all; the pod asks for 6/);
      assert.match(said, /0\/3 nodes are available: 3 Insufficient cpu/);
      assert.match(said, /Lower the CPU request of container cruncher from 6 to 4/);
      await workbench.screenshot(`explain-diagram-why-not-${theme}`);
    });

    void test('quick fix: the change is previewed, and made when it is confirmed', async () => {
      const { page } = workbench;
      const entry = page.locator('.action-widget .monaco-list-row').filter({ hasText: 'Lower the CPU request' }).first();
      for (let attempt = 0; attempt < 6 && await entry.count() === 0; attempt++) {
        await page.keyboard.press('Escape');
        await page.locator('.monaco-editor .view-line').filter({ hasText: 'cpu:' }).first().click();
        await page.keyboard.press('Control+.');
        await entry.waitFor({ timeout: 5000 }).catch(() => undefined);
      }
      await entry.waitFor();
      await workbench.screenshot(`explain-quick-fix-${theme}`);
      // It is the first one and has the focus.
      await page.keyboard.press('Enter');
      const apply = page.locator('.notifications-toasts .monaco-button').filter({ hasText: 'Apply' }).first();
      await apply.waitFor();
      await page.locator('.diff-editor .view-line, .monaco-diff-editor .view-line').filter({ hasText: 'cpu: "4"' }).first().waitFor();
      await page.waitForTimeout(1000);
      await workbench.screenshot(`explain-preview-${theme}`);
      await apply.click();
      await page.locator('.monaco-editor .view-line').filter({ hasText: 'cpu: "4"' }).first().waitFor();
      await page.locator('.codelens-decoration').getByText('Delete and create again').first().waitFor();
      await page.locator('.codelens-decoration').getByText('Delete and create again').first().click();
      await page.getByText(/2 pods running on/).first().waitFor({ timeout: 20_000 });
    });

    void test('why here: in the hover and in the diagram', async () => {
      const { page } = workbench;
      await page.keyboard.press('Escape');
      await workbench.openFile('hello-deployment.yaml');
      await workbench.runCommand('Control Plane: Create');
      await workbench.webviewFrame().getByText(/1 of 1 pods? running on node-\d/).first().waitFor({ timeout: 20_000 });
      await rest('Deployment', 'Total');
      await workbench.screenshot(`explain-hover-why-here-${theme}`);
      await page.mouse.move(5, 5);
      const frame = workbench.webviewFrame();
      await frame.locator('.kind-decision').first().click();
      await frame.locator('.pane .nodes tbody tr').nth(2).waitFor();
      assert.match(await frame.locator('.pane').innerText(), /why node-\d/i);
      await workbench.screenshot(`explain-diagram-why-here-${theme}`);
    });

    void test('preemption: nomination, deletion, end and binding are drawn', async () => {
      await workbench.runCommand('Control Plane: Reset');
      await workbench.page.locator('.monaco-editor .view-line').first().click();
      await workbench.openFile('preemption.yaml');
      await workbench.runCommand('Control Plane: Create');
      const frame = workbench.webviewFrame();
      await frame.locator('.item').filter({ hasText: 'AssignedPodDelete' }).first().waitFor({ timeout: 30_000 });
      await frame.locator('.kind-decision').filter({ hasText: 'Insufficient cpu' }).first().click();
      await workbench.page.waitForTimeout(800);
      await workbench.screenshot(`explain-preemption-${theme}`);
      await frame.locator('.kind-decision').filter({ hasText: 'AssignedPodDelete' }).first().click();
      await workbench.page.waitForTimeout(800);
      await workbench.screenshot(`explain-woken-${theme}`);
    });

    void test('nothing complains', async () => { assert.deepEqual(workbench.consoleErrors, []); });
  });
}
