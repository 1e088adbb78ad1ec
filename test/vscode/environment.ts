// What scripts/run-vscode-tests.mjs prepared for the tests that run beside VS Code, in Node.
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chromium } from '../../scripts/chromium.mjs';

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this through scripts/run-vscode-tests.mjs`);
  return value;
}

/** The checkout. */
export const root = given('CONTROLPLANE_ROOT');
/** Folder of the VS Code server. */
export const vscode = given('CONTROLPLANE_VSCODE');
/** Pictures and logs of this run. */
export const results = given('CONTROLPLANE_RESULTS');
/** How to start the browser. */
export const chromium = JSON.parse(given('CONTROLPLANE_CHROMIUM')) as Chromium;
/** The packaged extension, where the suite is about that. */
export const vsix = process.env['CONTROLPLANE_VSIX'];

const temporary = new Set<string>();

/** A new temporary folder and how to remove it; at the end of the process it goes in any case. VS Code may still be writing its last lines, hence the retries. */
export function temporaryFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `controlplane-${name}-`));
  temporary.add(path);
  const remove = (): void => {
    rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    temporary.delete(path);
  };
  return { path, remove };
}
process.once('exit', () => { for (const path of temporary) rmSync(path, { recursive: true, force: true }); });

/** A copy of `from` (by default the examples) that a test may change. */
export function workspaceCopy(to: string, from = join(root, 'examples')): string {
  cpSync(from, to, { recursive: true });
  if (readdirSync(to).length === 0) throw new Error(`${from} is empty`);
  return to;
}
