// Where what is slow to install is kept between clones: under the user's cache folder. Node built-ins only.
import { accessSync, constants, mkdirSync, mkdtempSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = 'kubernetes-control-plane-visualizer';
/** A temporary folder older than this (milliseconds) was left by an interrupted installation. */
const ABANDONED = 3600_000;

/** CONTROLPLANE_CACHE when set, else the platform's place, else (no writable home) the temporary folder. */
export function cacheFolder() {
  const places = {
    win32: process.env.LOCALAPPDATA && join(process.env.LOCALAPPDATA, NAME),
    darwin: join(homedir(), 'Library/Caches', NAME),
  };
  const usual = places[process.platform] ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), NAME);
  for (const folder of [process.env.CONTROLPLANE_CACHE, usual]) {
    if (!folder) continue;
    try { mkdirSync(folder, { recursive: true }); accessSync(folder, constants.W_OK); return folder; } catch { /* the next one */ }
  }
  const folder = join(tmpdir(), NAME);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * The folder `name` of the cache; when it is not there yet, `fill(temporaryFolder)` makes it. It appears whole or not at all, so an interrupted
 * installation is simply done again, and two at a time do no harm.
 * @param {(folder: string) => Promise<void>} fill
 */
export async function cached(name, fill) {
  const cache = cacheFolder();
  const target = join(cache, name);
  if (existsSync(target)) return target;
  for (const entry of readdirSync(cache)) {
    const path = join(cache, entry);
    if (entry.startsWith('tmp-') && Date.now() - statSync(path).mtimeMs > ABANDONED) rmSync(path, { recursive: true, force: true });
  }
  const temporary = mkdtempSync(join(cache, 'tmp-'));
  try {
    await fill(temporary);
    try { renameSync(temporary, target); } catch (error) { if (!existsSync(target)) throw error; }
    return target;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
