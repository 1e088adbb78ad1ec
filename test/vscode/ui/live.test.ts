// The live cluster as a person meets it: this project's own API server, in another process, is the real cluster.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { root } from '../environment';
import { closeBrowser, openWorkspace, type Workbench } from '../workbench';

after(closeBrowser);

interface Serving { readonly url: string; readonly token: string; readonly kubeconfig: string }

async function serve(): Promise<{ readonly child: ChildProcess; readonly serving: Serving }> {
  const child = spawn(process.execPath, [join(root, 'dist/cli.js'), 'serve', '--cluster', join(root, 'examples/cluster.yaml')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString('utf8'); const end = text.indexOf('\n'); if (end >= 0) resolve(text.slice(0, end)); });
    child.once('exit', (code) => reject(new Error(`serve ended with ${code ?? 'a signal'}`)));
  });
  return { child, serving: JSON.parse(line) as Serving };
}

/** CONTROLPLANE_THEMES=light,dark,contrast takes the pictures in each. */
const themes = (process.env['CONTROLPLANE_THEMES'] ?? 'light').split(',') as ('light' | 'dark' | 'contrast')[];

for (const theme of themes) {
  void describe(`a live cluster in the ${theme} theme`, () => {
    let workbench: Workbench;
    let server: Awaited<ReturnType<typeof serve>>;
    const row = (text: string | RegExp): Locator => workbench.page.locator('.pane-body .monaco-list-row').filter({ hasText: text }).first();
    const quickRow = (text: string | RegExp): Locator => workbench.page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: text }).first();
    const status = (text: string | RegExp): Locator => workbench.page.locator('.statusbar-item').filter({ hasText: text }).first();

    before(async () => {
      server = await serve();
      process.env['KUBECONFIG'] = server.serving.kubeconfig;
      workbench = await openWorkspace({ theme, size: 'large', dialogs: true });
    });
    after(async () => {
      await workbench?.close();
      server?.child.kill('SIGTERM');
    });

    /** The palette may be opened before the extension's commands are in it. */
    const command = async (title: string): Promise<void> => {
      for (let attempt = 0; ; attempt++) {
        try { await workbench.runCommand(title); return; } catch (error) {
          if (attempt === 4) throw error;
          console.log(`attempt ${attempt + 1} at the palette: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
          await workbench.page.keyboard.press('Escape');
        }
      }
    };

    void test('nothing is contacted before a person asks', async () => {
      await workbench.page.locator('.activitybar').getByRole('tab', { name: /Control Plane/ }).click();
      await row('node-1').waitFor();
      const header = workbench.page.locator('.pane-header').filter({ hasText: 'Live Cluster' });
      if (await header.getAttribute('aria-expanded') !== 'true') await header.click();
      await workbench.page.getByText('See what a real cluster holds').first().waitFor();
      await workbench.screenshot(`live-off-${theme}`);
      assert.equal(await status('controlplane').count(), 0);
    });

    void test('a context is chosen, and the tree shows the cluster', async () => {
      await workbench.page.getByRole('button', { name: 'Connect to a Cluster…' }).click();
      await quickRow('controlplane').waitFor();
      await workbench.page.waitForTimeout(300);
      await workbench.screenshot(`live-contexts-${theme}`);
      await quickRow('controlplane').click();
      await row(/Kubernetes v1\.36/).waitFor();
      await workbench.page.locator('.pane-body .monaco-list-row[aria-label^="Live node"]').first().waitFor();
      // The views that came first have taken most of the room.
      for (const name of ['Workloads', 'Nodes']) await workbench.page.locator('.pane-header').filter({ hasText: name }).first().click({ position: { x: 40, y: 10 } });
      await status('controlplane').waitFor();
      await workbench.page.waitForTimeout(800);
      await workbench.screenshot(`live-tree-${theme}`);
    });

    void test('what if: the diagram of a simulated copy, after a real dry run', async () => {
      await workbench.page.locator('.activitybar').getByRole('tab', { name: /Explorer/ }).click();
      await workbench.openFile('hello-deployment.yaml');
      await command('Control Plane: What If on Live Cluster…');
      await quickRow('Ask the real API server first').waitFor();
      await workbench.page.waitForTimeout(300);
      await workbench.screenshot(`live-what-if-question-${theme}`);
      await quickRow('Ask the real API server first').click();
      await workbench.webviewFrame().getByText(/1 of 1 pods? running on/).first().waitFor({ timeout: 40_000 });
      await workbench.webviewFrame().getByText(/Real dry run: the API server would accept it/).first().waitFor();
      await workbench.page.waitForTimeout(1200);
      await workbench.screenshot(`live-what-if-${theme}`);
      const pods = await fetch(`${server.serving.url}/apis/apps/v1/namespaces/default/deployments/helloworld-deployment`, { headers: { Authorization: `Bearer ${server.serving.token}` } });
      assert.equal(pods.status, 404, 'a what-if created something');
    });

    void test('a real creation asks first, and names everything', async () => {
      await command('Control Plane: Create on Live Cluster…');
      const dialog = workbench.page.locator('.monaco-dialog-box');
      await dialog.waitFor();
      const text = await dialog.innerText();
      for (const named of ['controlplane', 'Deployment default/helloworld-deployment', 'Namespace: default', 'https://127.0.0.1']) assert.ok(text.includes(named), `the question does not name ${named}: ${text}`);
      await workbench.page.waitForTimeout(300);
      await workbench.screenshot(`live-confirm-${theme}`);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await workbench.page.waitForTimeout(500);
      const refused = await fetch(`${server.serving.url}/apis/apps/v1/namespaces/default/deployments/helloworld-deployment`, { headers: { Authorization: `Bearer ${server.serving.token}` } });
      assert.equal(refused.status, 404, 'Cancel created something');
    });

    void test('it is created for real, traced, and came as it was foretold', async () => {
      await command('Control Plane: Create on Live Cluster…');
      await workbench.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Create for Real' }).click();
      await workbench.webviewFrame().getByText(/It came as it was foretold/).first().waitFor({ timeout: 60_000 });
      await workbench.webviewFrame().locator('.legend .evidence').filter({ hasText: 'not visible' }).waitFor();
      await workbench.page.waitForTimeout(1200);
      await workbench.screenshot(`live-created-${theme}`);
      await workbench.webviewFrame().locator('.kind-request').nth(1).click();
      await workbench.webviewFrame().locator('.pane').getByText(/managedFields name/).first().waitFor();
      await workbench.screenshot(`live-evidence-${theme}`);
    });

    void test('predicted and actual stand side by side', async () => {
      await command('Control Plane: Compare Predicted and Actual');
      const frame = workbench.page.locator('iframe.webview.ready').last().contentFrame().frameLocator('#active-frame');
      await frame.getByRole('columnheader', { name: 'Predicted' }).waitFor();
      await frame.getByText('deployment-controller creates ReplicaSet').waitFor();
      await workbench.page.waitForTimeout(500);
      await workbench.screenshot(`live-compared-${theme}`);
    });

    void test('the tree follows the cluster, and an object shows its YAML', async () => {
      await workbench.page.locator('.activitybar').getByRole('tab', { name: /Control Plane/ }).click();
      const workloads = workbench.page.locator('.pane-body .monaco-list-row[aria-label^="Workloads,"]').first();
      await workloads.waitFor();
      await workloads.click();
      await workbench.page.locator('.pane-body .monaco-list-row[aria-label^="Live Deployment helloworld"]').click();
      await workbench.page.locator('.tabs-container .tab').filter({ hasText: 'helloworld-deployment.yaml' }).first().waitFor();
      await workbench.page.locator('.view-line').filter({ hasText: /Secret.data.and.environment/ }).first().waitFor();
      await workbench.page.waitForTimeout(500);
      await workbench.screenshot(`live-yaml-${theme}`);
    });

    void test('a lost server is shown in words', async () => {
      const gone = new Promise((resolve) => server.child.once('exit', resolve));
      server.child.kill('SIGKILL');
      await gone;
      await status(/controlplane: disconnected/).waitFor({ timeout: 20_000 });
      await row(/Trying again; what is shown is of/).waitFor();
      await workbench.page.waitForTimeout(400);
      await workbench.screenshot(`live-lost-${theme}`);
    });

    void test('nothing complains, and no token is seen', async () => {
      assert.deepEqual((await workbench.notifications()).filter((n) => !/as it was foretold/.test(n)), []);
      assert.deepEqual(workbench.consoleErrors, []);
      assert.ok(!(await workbench.page.content()).includes(server.serving.token));
      assert.ok(readFileSync(join(workbench.folder, 'hello-deployment.yaml'), 'utf8').includes('helloworld-deployment'));
    });
  });
}
