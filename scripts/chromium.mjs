// A Chromium to show VS Code in: an installed one first, then Debian's package, then the one inside an npm package. Node built-ins only.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cached } from './cache.mjs';
import { npm, run } from './processes.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'microsoft-edge'];
const PLACES = {
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].filter(Boolean)
    .flatMap((p) => [join(p, 'Google/Chrome/Application/chrome.exe'), join(p, 'Microsoft/Edge/Application/msedge.exe')]),
};
/** The last major version that runs on Node 20. It unpacks its browser into the temporary folder. */
const PACKAGE = '@sparticuz/chromium@138.0.2';
const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-dev-shm-usage', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows', '--force-color-profile=srgb',
];

function executable(path) {
  try { accessSync(path, constants.X_OK); return true; } catch { return false; }
}

/** The first of `names` on PATH. */
export function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  return names.flatMap((n) => folders.flatMap((f) => endings.map((e) => join(f, n + e)))).find(executable);
}

function installed() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return named;
  const playwright = process.env.PLAYWRIGHT_BROWSERS_PATH;
  const ofPlaywright = playwright && existsSync(playwright)
    ? readdirSync(playwright).filter((f) => f.startsWith('chromium-')).map((f) => join(playwright, f, 'chrome-linux/chrome')) : [];
  return [...(PLACES[process.platform] ?? []), ...ofPlaywright].find(executable) ?? onPath(NAMES);
}

/** Debian's package, where this process may install it. */
async function fromDebian(say) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !onPath(['apt-get'])) return undefined;
  say('Chromium: installing Debian\'s package');
  const options = { timeout: 240_000, quiet: true, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await run('apt-get', ['update', '-qq'], options);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
  return onPath(NAMES);
}

async function fromNpm(say) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  try {
    const folder = await cached(`chromium-${PACKAGE.split('@').at(-1)}`, async (temporary) => {
      say(`Chromium: fetching ${PACKAGE} (once)`);
      const { code, output } = await npm(['install', '--prefix', temporary, PACKAGE, '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], { timeout: 300_000, quiet: true });
      if (code !== 0) throw new Error(output.trim().split('\n').slice(-10).join('\n'));
    });
    const { default: chromium } = await import(pathToFileURL(join(folder, 'node_modules/@sparticuz/chromium/build/esm/index.js')).href);
    // Its own arguments are for a browser of one process and one page; VS Code is several frames of several origins.
    return { executablePath: await chromium.executablePath(), args: ARGS };
  } catch (error) {
    say(`Chromium: ${error.message}`);
    return undefined;
  }
}

/** How to start a Chromium, installing one where that is possible; undefined when there is none to be had. CHROMIUM_PATH names one of your own. */
export async function ensureChromium(say = console.log) {
  const path = installed() ?? await fromDebian(say);
  return path ? { executablePath: path, args: ARGS } : fromNpm(say);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await ensureChromium() ?? 'none to be had');
