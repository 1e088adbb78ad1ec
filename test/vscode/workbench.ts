// Drives VS Code's real user interface in a real browser.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium as playwright, type Browser, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { installVsix, startVscode, type VscodeServer } from '../../scripts/vscode-server.mjs';
import { chromium, results, root, temporaryFolder, vscode, workspaceCopy } from './environment';

/** VS Code's own themes that every picture is judged in. */
export const THEMES = { light: 'Default Light Modern', dark: 'Default Dark Modern', contrast: 'Default High Contrast' } as const;
export type Theme = keyof typeof THEMES;

/** Window sizes in CSS pixels. */
export const SIZES = { usual: { width: 1280, height: 800 }, large: { width: 1600, height: 1000 } } as const;
export type Size = keyof typeof SIZES;

/** Settings that keep a picture free of what is not ours. */
const CALM = {
  'workbench.startupEditor': 'none', 'workbench.tips.enabled': false, 'workbench.enableExperiments': false, 'update.mode': 'none', 'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false, 'extensions.autoCheckUpdates': false, 'extensions.ignoreRecommendations': true, 'security.workspace.trust.enabled': false,
  'git.enabled': false, 'window.commandCenter': false, 'chat.commandCenter.enabled': false, 'editor.minimap.enabled': false, 'workbench.layoutControl.enabled': false,
  'editor.cursorBlinking': 'solid', 'workbench.reduceMotion': 'on', 'window.autoDetectColorScheme': false, 'files.simpleDialog.enable': true, 'json.schemaDownload.enable': false,
};

export interface WorkspaceOptions {
  readonly theme?: Theme;
  readonly size?: Size;
  /** VS Code shows its dialogs, instead of refusing them as in other tests. */
  readonly dialogs?: boolean;
  /** More user settings. */
  readonly settings?: Record<string, unknown>;
  /** The folder to copy and open; by default the examples. */
  readonly folder?: string;
  /** Which extension: the checkout's build (default), a packaged file, or none. */
  readonly extension?: 'development' | 'none' | { readonly vsix: string };
  /** A module to run in the extension host, and where that host is to be. */
  readonly suite?: { readonly module: string; readonly host: 'node' | 'web'; readonly log: (line: string) => void; readonly exit: (code: number) => void };
}

/** One VS Code window on a copy of a folder, with user data of its own. */
export interface Workbench {
  readonly page: Page;
  readonly server: VscodeServer;
  /** The opened folder, on disk. */
  readonly folder: string;
  /** Errors of the page's console that are about the extension. */
  readonly consoleErrors: readonly string[];
  /** Double-clicks a file in the explorer. Returns its editor. */
  openFile(name: string): Promise<Locator>;
  /** Runs a command by its title in the palette, e.g. "Control Plane: Create". */
  runCommand(title: string): Promise<void>;
  /** The row of a file in the explorer. */
  explorerRow(name: string): Locator;
  /** Right-clicks something and chooses an entry of its menu; `seen` is called while the menu is open, with the entry in it. */
  chooseFromMenu(target: Locator, label: string, seen?: () => Promise<unknown>): Promise<void>;
  /** What the notifications say that are shown now. */
  notifications(): Promise<string[]>;
  /** Loads the window anew, as "Developer: Reload Window" does. */
  reload(): Promise<void>;
  /** The document inside the newest webview. */
  webviewFrame(): FrameLocator;
  /** Writes test-results/<name>.png. */
  screenshot(name: string): Promise<string>;
  close(): Promise<void>;
}

let shared: Promise<Browser> | undefined;

function browser(): Promise<Browser> {
  shared ??= playwright.launch({ executablePath: chromium.executablePath, args: chromium.args, headless: true, timeout: 60_000 });
  return shared;
}

/** Ends the browser that the workbenches of this file shared. Call it in an `after` hook. */
export async function closeBrowser(): Promise<void> {
  const open = shared;
  shared = undefined;
  if (open) await (await open).close();
}

function address(server: VscodeServer, folder: string, options: WorkspaceOptions): string {
  const remote = (path: string): string => `vscode-remote://${server.authority}${path}`;
  const payload: [string, string][] = [['skipWelcome', 'true'], ['skipReleaseNotes', 'true']];
  if ((options.extension ?? 'development') === 'development') payload.push(['extensionDevelopmentPath', remote(root)]);
  if (options.suite) payload.push(['extensionTestsPath', remote(options.suite.module)]);
  return `${server.origin}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

async function openPage(server: VscodeServer, folder: string, options: WorkspaceOptions, errors: string[]): Promise<Page> {
  const context = await (await browser()).newContext({ viewport: SIZES[options.size ?? 'usual'], colorScheme: options.theme === 'light' ? 'light' : 'dark', permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error' && /controlplane|webview/i.test(message.text())) errors.push(message.text()); });
  const { suite } = options;
  if (suite) {
    await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => suite.log(args.map(String).join(' ')));
    await page.exposeFunction('codeAutomationExit', (code: number) => suite.exit(code));
  }
  await page.goto(address(server, folder, options), { timeout: 60_000 });
  await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
  return page;
}

/** Opens VS Code in a window of its own; close it in a `finally` or an `after` hook. */
export async function openWorkspace(options: WorkspaceOptions = {}): Promise<Workbench> {
  const temporary = temporaryFolder('window');
  const data = join(temporary.path, 'data');
  const folder = workspaceCopy(join(temporary.path, 'examples'), options.folder);
  let server: VscodeServer | undefined;
  let page: Page | undefined;
  const close = async (): Promise<void> => {
    await page?.context().close().catch(() => undefined);
    await server?.stop();
    temporary.remove();
  };
  const consoleErrors: string[] = [];
  try {
    if (typeof options.extension === 'object') await installVsix({ vscode, data, vsix: options.extension.vsix });
    // The workbench in a browser does not pass extensionDevelopmentKind on: a setting says where the extension runs.
    const web = options.suite?.host === 'web' ? { 'remote.extensionKind': { 'controlplane.kubernetes-control-plane-visualizer': ['web'] } } : {};
    const settings = { ...CALM, ...web, 'workbench.colorTheme': THEMES[options.theme ?? 'dark'], ...options.settings };
    server = await startVscode({ vscode, data, settings, dialogs: options.dialogs });
    page = await openPage(server, folder, options, consoleErrors);
    if (!options.suite) await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
  } catch (error) {
    await close();
    throw error;
  }
  return { page, server, folder, consoleErrors, close, ...actions(page) };
}

const ATTEMPTS = 6;

/** Tries what the workbench may not be ready for; says why an attempt failed, and throws what the last one threw. */
async function untilItWorks(page: Page, what: string, attempt: () => Promise<void>): Promise<void> {
  for (let number = 1; ; number++) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (number === ATTEMPTS) throw error;
      console.log(`attempt ${number} at ${what}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
      await page.keyboard.press('Escape');
    }
  }
}

function actions(page: Page): Pick<Workbench, 'openFile' | 'runCommand' | 'explorerRow' | 'chooseFromMenu' | 'notifications' | 'reload' | 'webviewFrame' | 'screenshot'> {
  const quickInput = page.locator('.quick-input-widget');
  const input = quickInput.locator('input[type="text"]');
  const row = (name: string): Locator => page.locator('.explorer-folders-view .monaco-list-row').filter({ has: page.getByText(name, { exact: true }) });
  const menu = page.locator('.context-view .monaco-menu');
  return {
    async openFile(name) {
      await row(name).dblclick();
      const tab = page.locator('.tabs-container .tab').filter({ hasText: name });
      await tab.waitFor();
      const editor = page.locator('.editor-instance .monaco-editor').first();
      await editor.locator('.view-line').first().waitFor();
      return editor;
    },
    async runCommand(title) {
      const entry = quickInput.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
      // A palette that opened before the extension's commands were known does not learn of them.
      await untilItWorks(page, `the command ${title}`, async () => {
        await page.keyboard.press('F1');
        await input.waitFor({ timeout: 5000 });
        await input.fill(`>${title}`);
        await entry.click({ timeout: 5000 });
      });
      await quickInput.waitFor({ state: 'hidden' }).catch(() => undefined); // A command may ask its own question at once.
    },
    explorerRow: row,
    async chooseFromMenu(target, label, seen) {
      // A menu that opened before the extension's entries were known does not learn of them, and one that has only just opened ignores a click.
      await untilItWorks(page, `the menu entry ${label}`, async () => {
        await target.click({ button: 'right', timeout: 8000 });
        const entry = menu.locator('.action-item').filter({ has: page.getByText(label, { exact: true }) }).first();
        await entry.waitFor({ timeout: 5000 });
        await page.waitForTimeout(500);
        await seen?.();
        await entry.click({ timeout: 5000 });
        await menu.waitFor({ state: 'hidden', timeout: 5000 });
      });
    },
    notifications: () => page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts(),
    async reload() {
      await page.reload();
      await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
    },
    webviewFrame: () => page.locator('iframe.webview.ready').last().contentFrame().frameLocator('#active-frame'),
    async screenshot(name) {
      mkdirSync(results, { recursive: true });
      const path = join(results, `${name}.png`);
      await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
      return path;
    },
  };
}
