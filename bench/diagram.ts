import { readFileSync } from 'node:fs';
import { buildDiagram } from '../src/diagram/build';
import { toMermaid } from '../src/diagram/mermaid';
import type { Level } from '../src/diagram/model';
import { recordOf } from '../src/diagram/record';
import { parseManifest } from '../src/engine/manifest/parse';
import { Session } from '../src/engine/session';
import { Harness, openBrowser } from '../test/diagram/harness';

/**
 * From Create to the drawn diagram of the founding manifest: a new world, the run, the model (in the worker) and, where there is a browser, the
 * picture in the built page (dist/webview), from the message's arrival to the frame after the drawing. Bundle this file and run it in the checkout.
 */
const ROUNDS = 9;
const LEVELS: readonly Level[] = ['story', 'working', 'everything'];

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const line = (what: string, values: readonly number[], more = ''): void => console.log(`${what.padEnd(38)} ${median(values).toFixed(1).padStart(8)} ms  (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})${more}`);

function timed<T>(run: () => T): { readonly value: T; readonly took: number } {
  const start = performance.now();
  const value = run();
  return { value, took: performance.now() - start };
}

async function main(): Promise<void> {
  const { documents } = parseManifest(readFileSync('examples/hello-deployment.yaml', 'utf8'), 'hello-deployment.yaml');
  const worlds: number[] = [], runs: number[] = [];
  let record = undefined as ReturnType<typeof recordOf> | undefined;
  for (let i = 0; i < ROUNDS; i++) {
    const session = timed(() => new Session());
    const action = timed(() => session.value.create(documents));
    worlds.push(session.took);
    runs.push(action.took);
    record = recordOf(session.value, action.value);
  }
  if (!record) return;
  line('a new world', worlds);
  line('the run', runs);
  const last = record;
  for (const level of LEVELS) {
    // A record of its own each time: what was worked out for one is kept with it.
    const models = Array.from({ length: ROUNDS }, () => timed(() => buildDiagram({ ...last }, { level, expanded: [], page: 0 })));
    const model = models[0]?.value;
    line(`model: ${level}`, models.map((m) => m.took), model ? `  ${model.items.length} items, ${toMermaid(model).text.length} characters` : '');
  }
  const browser = await openBrowser();
  if (typeof browser === 'string') { console.log(`no drawing: ${browser}`); return; }
  try {
    for (const level of LEVELS) {
      const view = { level, expanded: [], page: 0 };
      const harness = await Harness.open(browser, { record, view });
      await harness.drawn();
      const times: number[] = [];
      for (let i = 0; i < ROUNDS; i++) times.push(await harness.page.evaluate(redraw, buildDiagram(record, view)));
      line(`drawn: ${level}`, times);
      await harness.close();
    }
  } finally { await browser.close(); }
}

/** Runs in the page: milliseconds from the message to the frame after the drawing. */
function redraw(model: unknown): Promise<number> {
  const picture = document.querySelector('.picture');
  return new Promise((resolve) => {
    const start = performance.now();
    new MutationObserver((_, observer) => {
      observer.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
    }).observe(picture as Element, { childList: true });
    window.postMessage({ type: 'show', run: 'run-1', model }, '*');
  });
}

main().catch((error: unknown) => { console.error(error); process.exitCode = 1; });
