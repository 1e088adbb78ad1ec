// Installs the project's dependencies when they are missing or not those of package-lock.json. Node built-ins only, so that a fresh clone can run it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './processes.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const MINIMUM = 20;
const LIMIT = 420_000;

function lock(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

/** npm writes node_modules/.package-lock.json last, so its versions tell what a finished installation put there. */
function upToDate() {
  const wanted = lock('package-lock.json');
  const present = lock('node_modules/.package-lock.json');
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => path === '' || entry.optional || entry.link || present[path]?.version === entry.version);
}

/** Makes node_modules what package-lock.json says. Install scripts are left out: no dependency needs its own, and some download or compile. */
export async function ensureDependencies() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < MINIMUM) throw new Error(`Node ${MINIMUM} or later is needed; this is ${process.version}`);
  if (upToDate()) return;
  console.log('installing dependencies (npm ci)');
  const { code } = await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, timeout: LIMIT });
  if (code !== 0) throw new Error('npm ci failed');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureDependencies();
