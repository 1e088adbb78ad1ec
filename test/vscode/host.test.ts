// Runs the host suite inside VS Code's extension hosts and reports each of its tests as one of node's.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { join } from 'node:path';
import { root } from './environment';
import { HOST, MARK, type Outcome } from './host/harness';
import { closeBrowser, openWorkspace } from './workbench';

const LIMIT = 180_000;

interface Report { readonly code: number; readonly outcomes: readonly Outcome[]; readonly lines: readonly string[] }

async function runSuite(host: 'node' | 'web'): Promise<Report> {
  const lines: string[] = [];
  let exit: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => { exit = resolve; });
  const workbench = await openWorkspace({ suite: { module: join(root, 'out/vscode/host.js'), host, log: (line) => lines.push(line), exit } });
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<number>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the suite did not end within ${LIMIT / 1000} s:\n${lines.slice(-20).join('\n')}`)), LIMIT);
    });
    const code = await Promise.race([ended, late]);
    const outcomes = lines.filter((l) => l.includes(MARK)).map((l) => JSON.parse(l.slice(l.indexOf(MARK) + MARK.length)) as Outcome);
    return { code, outcomes, lines };
  } finally {
    clearTimeout(timer);
    await workbench.close();
  }
}

after(closeBrowser);

for (const [host, title] of [['node', 'extension host in Node'], ['web', 'extension host in the browser']] as const) {
  void test(title, { timeout: LIMIT + 60_000 }, async (t) => {
    const { code, outcomes, lines } = await runSuite(host);
    for (const { name, error, skipped } of outcomes) {
      await t.test(name, { skip: skipped ?? false }, () => { if (error !== undefined) assert.fail(error); });
    }
    assert.equal(lines.find((l) => l.includes(HOST))?.split(HOST)[1]?.trim(), host, 'the suite ran in another kind of extension host');
    assert.ok(outcomes.length > 0, `no test ran:\n${lines.slice(-30).join('\n')}`);
    assert.equal(code, outcomes.some((o) => o.error !== undefined) ? 1 : 0, `exit code of the suite:\n${lines.slice(-30).join('\n')}`);
  });
}
