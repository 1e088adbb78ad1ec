// kubectl in the editor's terminal: what it does there appears in the diagram and in the trees.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { closeBrowser, openWorkspace, type Workbench } from '../workbench';

after(closeBrowser);

const skip = spawnSync('kubectl', ['version', '--client']).status === 0 ? false : 'there is no kubectl on this machine';

/** Runs kubectl with the newest kubeconfig that a window has given away. */
function kubectl(args: readonly string[]): { readonly status: number | null; readonly stderr: string } {
  const files = readdirSync(tmpdir()).filter((f) => f.startsWith('controlplane-')).map((f) => join(tmpdir(), f, 'kubeconfig')).filter((f) => existsSync(f));
  const [newest] = files.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return spawnSync('kubectl', [...args], { encoding: 'utf8', env: { ...process.env, KUBECONFIG: newest } });
}

void describe('the kubectl terminal', { skip }, () => {
  let workbench: Workbench;
  before(async () => { workbench = await openWorkspace({ theme: 'dark', size: 'large' }); });
  after(() => workbench?.close());

  void test('a command draws its diagram and fills the trees', async () => {
    const { page } = workbench;
    await workbench.openFile('hello-deployment.yaml');
    await page.locator('.activitybar').getByRole('tab', { name: /Control Plane/ }).click();
    await page.locator('.pane-body .monaco-list-row').filter({ hasText: 'node-3' }).first().waitFor();
    await workbench.runCommand('Control Plane: Open kubectl Terminal');
    const terminal = page.locator('.terminal-wrapper.active .xterm-helper-textarea');
    await terminal.waitFor({ state: 'attached', timeout: 30_000 });
    // A VS Code that came without its native modules opens terminals without a shell: kubectl gets from here what the terminal gives it.
    const run = kubectl(['create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=3']);
    assert.equal(run.status, 0, run.stderr);
    await workbench.webviewFrame().getByText(/3 of 3 pods running/).first().waitFor({ timeout: 45_000 });
    await page.locator('.pane-body .monaco-list-row').filter({ hasText: /Running · on/ }).first().waitFor({ timeout: 20_000 });
    await page.waitForTimeout(3000);
    await workbench.screenshot('kubectl-terminal');
    assert.deepEqual(await workbench.notifications(), []);
  });
});
