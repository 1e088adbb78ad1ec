// Packs the extension as out/<name>-<version>.vsix:  node scripts/package.mjs
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';
import { ensureDependencies } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const LIMIT = 180_000;

/** Builds for production, packs, and returns the file's path. Everything is bundled, so no dependency is packed. */
export async function packageExtension() {
  await ensureDependencies();
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const file = join(root, 'out', `${name}-${version}.vsix`);
  mkdirSync(dirname(file), { recursive: true });
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
  const args = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file];
  // vsce runs the script vscode:prepublish, which builds for production.
  const { code } = await run(process.execPath, args, { timeout: LIMIT, cwd: root });
  if (code !== 0) throw new Error('vsce package failed');
  console.log(`${file} (${(statSync(file).size / 1024).toFixed(0)} KiB)`);
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await packageExtension();
