// The diagram's page, built, in a browser without VS Code: a stand-in for the extension answers it.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { buildDiagram } from '../../src/diagram/build';
import { detailOf } from '../../src/diagram/detail';
import { FIRST_VIEW, type View } from '../../src/diagram/model';
import { recordOf, type RunRecord } from '../../src/diagram/record';
import { parseManifest } from '../../src/engine/manifest/parse';
import { Session } from '../../src/engine/session';
import { pageHtml, type FromPage, type ToPage } from '../../src/webview/protocol';
import { THEMES, type ThemeName } from './themes';

/** run-tests.mjs runs in the checkout. */
export const root = process.cwd();
const ORIGIN = 'http://diagram.test';
const TYPES: { readonly [extension: string]: string } = { '.js': 'text/javascript', '.css': 'text/css', '.map': 'application/json' };

/** A browser, or why there is none. */
export async function openBrowser(): Promise<Browser | string> {
  if (!existsSync(join(root, 'dist/webview/main.js'))) return 'dist/webview is not built: node esbuild.js';
  const { ensureChromium } = (await import(pathToFileURL(join(root, 'scripts/chromium.mjs')).href)) as { ensureChromium: (say: () => void) => Promise<{ readonly executablePath: string; readonly args: string[] } | undefined> };
  const found = await ensureChromium(() => undefined);
  return found ? playwright.launch({ executablePath: found.executablePath, args: found.args, headless: true, timeout: 60_000 }) : 'there is no Chromium to be had';
}

/** Creates a manifest in a new world. */
export function runOf(manifest: string, file = 'manifest.yaml'): RunRecord {
  const session = new Session({ seed: 1 });
  return recordOf(session, session.create(parseManifest(manifest, file).documents));
}

export interface HarnessOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly view?: View;
  /** Undefined: nothing has been run. */
  readonly record?: RunRecord;
  readonly reducedMotion?: boolean;
  /** What getState returns at first. */
  readonly state?: unknown;
}

/** The page, and the extension it talks to. */
export class Harness {
  readonly sent: FromPage[] = [];
  readonly errors: string[] = [];
  private run = 1;

  private constructor(readonly page: Page, private readonly options: HarnessOptions) {}

  static async open(browser: Browser, options: HarnessOptions): Promise<Harness> {
    const context = await browser.newContext({ viewport: { width: options.width ?? 1280, height: options.height ?? 800 }, reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference' });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const harness = new Harness(page, options);
    page.on('pageerror', (error) => harness.errors.push(String(error)));
    page.on('console', (message) => { if (message.type() === 'error') harness.errors.push(message.text()); });
    await page.route(`${ORIGIN}/**`, (route) => {
      const path = new URL(route.request().url()).pathname;
      if (path === '/') return route.fulfill({ contentType: 'text/html', body: pageHtml({ nonce: 'test', script: `${ORIGIN}/main.js`, style: `${ORIGIN}/main.css`, cspSource: ORIGIN }) });
      const file = join(root, 'dist/webview', path);
      return existsSync(file) ? route.fulfill({ contentType: TYPES[extname(file)] ?? 'text/plain', body: readFileSync(file) }) : route.fulfill({ status: 404 });
    });
    await page.exposeFunction('toExtension', (message: FromPage) => harness.receive(message));
    const { variables, bodyClass } = THEMES[options.theme ?? 'dark'];
    await page.addInitScript(fakeVscode, { variables, bodyClass, state: options.state });
    await page.goto(ORIGIN);
    return harness;
  }

  /** Sends the page a message as the extension would. */
  send(message: ToPage): Promise<void> { return this.page.evaluate((m) => window.postMessage(m, '*'), message); }

  async show(view: View, select?: string): Promise<void> {
    if (this.options.record) await this.send({ type: 'show', run: `run-${this.run}`, model: buildDiagram(this.options.record, view), ...(select ? { select } : {}) });
  }

  /** Waits until a diagram of a level is drawn. */
  async drawn(): Promise<void> { await this.page.locator('.picture .item').first().waitFor(); }

  state(): Promise<unknown> { return this.page.evaluate(() => (window as unknown as { savedState: unknown }).savedState); }

  async screenshot(name: string): Promise<string> {
    mkdirSync(join(root, 'test-results'), { recursive: true });
    const path = join(root, 'test-results', `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  close(): Promise<void> { return this.page.context().close(); }

  private async receive(message: FromPage): Promise<void> {
    this.sent.push(message);
    const { record } = this.options;
    if (message.type === 'ready') await (record ? this.show(message.restored?.view ?? this.options.view ?? FIRST_VIEW) : this.send({ type: message.restored ? 'gone' : 'empty' }));
    if (message.type === 'view') await this.show(message.view);
    if (message.type === 'detail' && record) await this.send({ type: 'detail', run: message.run, item: message.item, detail: detailOf(record, message.item, (this.lastView() ?? this.options.view ?? FIRST_VIEW).level) });
  }

  private lastView(): View | undefined { return this.sent.filter((m) => m.type === 'view').at(-1)?.view; }
}

/** Runs in the page, before its script. */
function fakeVscode({ variables, bodyClass, state }: { readonly variables: { readonly [name: string]: string }; readonly bodyClass: string; readonly state: unknown }): void {
  const target = window as unknown as { savedState: unknown; toExtension: (message: unknown) => void; acquireVsCodeApi: () => unknown };
  target.savedState = state;
  target.acquireVsCodeApi = () => ({ postMessage: (m: unknown) => target.toExtension(m), getState: () => target.savedState, setState: (s: unknown) => { target.savedState = structuredClone(s); } });
  const apply = (): void => {
    for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(`--vscode-${name}`, value);
    document.body.classList.add(bodyClass);
  };
  if (document.body) apply(); else document.addEventListener('DOMContentLoaded', apply);
}
