// The diagram's page in a browser: what a person does with pointer and keyboard, and what it says to the extension.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import type { View } from '../../src/diagram/model';
import type { FromPage } from '../../src/webview/protocol';
import { Harness, openBrowser, type HarnessOptions } from './harness';
import { TraceWriter, podsTrace } from './trace';

const STORY: View = { level: 'story', expanded: [], page: 0 };
const THREE = podsTrace(3).record();

void describe('the page', async () => {
  const found = await openBrowser();
  if (typeof found === 'string') { void test('in a browser', { skip: found }, () => undefined); return; }
  const browser: Browser = found;
  after(() => browser.close());

  /** Runs a test on a page of its own; no error may have been logged at its end. */
  const on = (name: string, options: HarnessOptions, run: (harness: Harness) => Promise<void>): void => {
    void test(name, async () => {
      const harness = await Harness.open(browser, options);
      try {
        if (options.record) await harness.drawn();
        await run(harness);
        assert.deepEqual(harness.errors, []);
      } finally { await harness.close(); }
    });
  };
  const selected = (h: Harness): Locator => h.page.locator('.item.selected');
  const label = async (h: Harness): Promise<string> => (await selected(h).getAttribute('aria-label')) ?? '';
  const said = <T extends FromPage['type']>(h: Harness, type: T): readonly (FromPage & { readonly type: T })[] => h.sent.filter((m): m is FromPage & { readonly type: T } => m.type === type);
  const settle = (h: Harness): Promise<void> => h.page.waitForTimeout(400);

  on('gives every item its own group, label and time', { record: THREE, view: STORY }, async (h) => {
    const drawn = await h.page.locator('.picture .item').evaluateAll((items) => items.map((i) => ({ id: i.getAttribute('data-item'), name: i.getAttribute('aria-label') ?? '', text: [...i.querySelectorAll('text')].map((t) => t.textContent).join(' ') })));
    const listed = await h.page.locator('section[aria-label="The run as text"] li').allInnerTexts();
    assert.equal(drawn.length, listed.length, 'the text has a line for each item');
    for (const { id, name, text } of drawn) assert.ok(id && name && text, JSON.stringify({ id, name, text }));
    const pull = drawn.find((d) => d.text.includes('nginx'));
    assert.match(pull?.name ?? '', /pulling the image/, 'Mermaid\'s count of statements is ours');
    assert.match((await h.page.locator('.times .time').allTextContents()).join(' '), /^0 ms .*ms/);
  });

  on('shows the answer, the legend and the lanes', { record: THREE, view: STORY }, async (h) => {
    assert.match(await h.page.locator('h1').innerText(), /kubectl create: done/);
    assert.match(await h.page.locator('.legend').innerText(), /request[\s\S]*answer[\s\S]*watch event[\s\S]*decision/);
    const lanes = await h.page.locator('.lanes [data-et="participant"]').evaluateAll((all) => all.map((e) => ({ x: e.getBoundingClientRect().x, name: [...e.querySelectorAll('text')].map((t) => t.textContent).join(' ') })).sort((a, b) => a.x - b.x).map((e) => e.name));
    assert.deepEqual(lanes, ['kubectl', 'API server', 'etcd', 'replicaset controller', 'scheduler', 'kubelet node-1']);
  });

  on('keeps the lane headers in view, in line with the lanes', { record: THREE, view: STORY, height: 420 }, async (h) => {
    const head = h.page.locator('.lanes rect.actor').first();
    const before = await head.boundingBox();
    await h.page.locator('.stage').evaluate((e) => { e.scrollTop = 300; });
    const after = await head.boundingBox();
    const line = await h.page.locator('.picture .actor-line').first().boundingBox();
    assert.equal(after?.y, before?.y);
    assert.ok(after && line && Math.abs(after.x + after.width / 2 - (line.x + line.width / 2)) < 1.5, 'a header stands over its lane');
  });

  on('fits the story into 1280 pixels', { record: THREE, view: STORY }, async (h) => {
    const { wide, room } = await h.page.locator('.stage').evaluate((e) => ({ wide: e.scrollWidth, room: e.clientWidth }));
    assert.ok(wide <= room, `${wide} in ${room}`);
    const size = await h.page.locator('.picture .messageText').first().evaluate((t) => t.getBoundingClientRect().height);
    assert.ok(size >= 11, `text is ${size} pixels high`);
  });

  on('selects with a click, asks for the detail and shows it', { record: THREE, view: STORY }, async (h) => {
    await h.page.locator('.kind-request').nth(1).click();
    await h.page.locator('.pane dl').waitFor();
    assert.match(await h.page.locator('.pane').innerText(), /create Pod web-a0[\s\S]*POST \/api\/v1\/namespaces\/default\/pods/);
    assert.equal(said(h, 'detail').length, 1);
    assert.deepEqual(said(h, 'selected').map((m) => m.message), [5]);
    await h.page.keyboard.press('Escape');
    assert.equal(await selected(h).count(), 0);
    assert.match(await h.page.locator('.pane').innerText(), /Step through the run/);
  });

  on('lights up causes and effects, and dims the rest', { record: THREE, view: STORY }, async (h) => {
    const decision = h.page.locator('.kind-decision').first();
    const bind = h.page.locator('.item', { hasText: 'bind Pod' }).first();
    const answer = h.page.locator('.kind-answer').first();
    await decision.hover();
    await h.page.locator('.item.dim').first().waitFor();
    assert.doesNotMatch((await bind.getAttribute('class')) ?? '', /\bdim\b/);
    assert.doesNotMatch((await h.page.locator('.kind-request').first().getAttribute('class')) ?? '', /\bdim\b/);
    assert.match((await answer.getAttribute('class')) ?? '', /\bdim\b/);
    await h.page.locator('h1').hover();
    assert.equal(await h.page.locator('.item.dim').count(), 0, 'all is lit again');
  });

  on('is stepped through with the arrow keys', { record: THREE, view: STORY }, async (h) => {
    await h.page.locator('.picture .item[tabindex="0"]').focus();
    await h.page.keyboard.press('ArrowDown');
    assert.match(await label(h), /create ReplicaSet/);
    await h.page.keyboard.press('ArrowRight');
    assert.match(await label(h), /stores revision/);
    await h.page.keyboard.press('ArrowRight');
    assert.match(await label(h), /hears by its watch/);
    await h.page.keyboard.press('ArrowLeft');
    assert.match(await label(h), /stores revision/);
    await h.page.keyboard.press('End');
    const last = await label(h);
    await h.page.keyboard.press('ArrowDown');
    assert.equal(await label(h), last);
    await h.page.keyboard.press('Home');
    assert.match(await label(h), /create ReplicaSet/);
    assert.equal(await h.page.locator('.picture .item[tabindex="0"]').count(), 1, 'one stop for Tab');
    assert.equal(await h.page.evaluate(() => document.activeElement?.getAttribute('aria-selected')), 'true', 'the focus follows');
  });

  on('goes to a cause from the detail', { record: THREE, view: STORY }, async (h) => {
    await h.page.locator('.kind-decision').first().click();
    await h.page.locator('.pane .messages button').first().click();
    assert.match(await label(h), /create ReplicaSet/);
  });

  on('opens a fold in place without moving it, and closes it', { record: THREE, view: STORY, height: 640 }, async (h) => {
    const fold = h.page.locator('.kind-fold');
    await h.page.locator('.stage').evaluate((e) => { e.scrollTop = 200; });
    const before = await fold.boundingBox();
    const count = await h.page.locator('.picture .item').count();
    await fold.click();
    await h.page.locator('.kind-fold', { hasText: 'opened' }).waitFor();
    const after = await fold.boundingBox();
    assert.ok(before && after && Math.abs(before.y - after.y) < 2, `it was at ${before?.y ?? ''} and is at ${after?.y ?? ''}`);
    assert.ok(await h.page.locator('.picture .item').count() > count + 10);
    assert.deepEqual(said(h, 'view').map((m) => m.view.expanded.length), [1]);
    await fold.focus();
    await h.page.keyboard.press('Enter');
    await h.page.locator('.kind-fold', { hasText: 'like this' }).waitFor();
    assert.equal(await h.page.locator('.picture .item').count(), count);
  });

  on('changes the level with pointer and keyboard', { record: THREE, view: STORY }, async (h) => {
    await h.page.getByRole('radio', { name: 'Everything' }).click();
    await h.page.locator('[role=radio][aria-checked=true]', { hasText: 'Everything' }).waitFor();
    await h.page.keyboard.press('ArrowLeft');
    await h.page.locator('[role=radio][aria-checked=true]', { hasText: 'Working' }).waitFor();
    assert.deepEqual(said(h, 'view').map((m) => m.view.level), ['everything', 'working']);
  });

  on('turns pages', { record: podsTrace(40).record(), view: { ...STORY, level: 'everything' } }, async (h) => {
    const pager = h.page.locator('.pager').first();
    assert.match(await pager.innerText(), /1–150 of \d+/);
    await pager.getByRole('button', { name: 'Next' }).click();
    await h.page.locator('.pager', { hasText: '151–300' }).first().waitFor();
  });

  on('zooms and fits again', { record: THREE, view: STORY }, async (h) => {
    const width = (): Promise<number> => h.page.locator('.picture svg').evaluate((e) => e.getBoundingClientRect().width);
    const fitted = await width();
    await h.page.getByRole('button', { name: /Zoom in/ }).click();
    const zoomed = await width();
    assert.ok(Math.abs(zoomed / fitted - 1.2) < 0.01, `${fitted} → ${zoomed}`);
    await h.page.getByRole('radio', { name: 'Working' }).click();
    await h.page.locator('[role=radio][aria-checked=true]', { hasText: 'Working' }).waitFor();
    await settle(h);
    assert.ok(await width() >= zoomed - 1, 'the zoom is kept across levels');
    await h.page.locator('.stage').hover();
    await h.page.keyboard.down('Control');
    await h.page.mouse.wheel(0, 400);
    await h.page.keyboard.up('Control');
    await settle(h);
    assert.ok(await width() < zoomed, 'Ctrl and wheel zoom out');
    await h.page.getByRole('button', { name: 'Fit', exact: false }).or(h.page.locator('.tool.zoom')).first().click();
  });

  on('comes back after a reload as it was', { record: THREE, view: STORY }, async (h) => {
    await h.page.locator('.kind-decision').first().click();
    await h.page.locator('.pane .messages').first().waitFor();
    await settle(h);
    const state = await h.state();
    const again = await Harness.open(browser, { state });
    try {
      await again.drawn();
      await again.page.locator('.item.selected').waitFor();
      assert.match((await again.page.locator('.item.selected').getAttribute('aria-label')) ?? '', /decides about/);
      await again.page.locator('.notice', { hasText: 'before the window was reloaded' }).waitFor();
      assert.match(await again.page.locator('.pane').innerText(), /Because of/i, 'the selected detail is still there');
      assert.ok(said(again, 'ready')[0]?.restored);
      assert.deepEqual(again.errors, []);
    } finally { await again.close(); }
  });

  on('copies as Mermaid and saves as SVG', { record: THREE, view: STORY, theme: 'light' }, async (h) => {
    await h.page.getByRole('button', { name: 'Copy as Mermaid' }).click();
    await h.page.getByRole('button', { name: 'Save as SVG' }).click();
    await settle(h);
    assert.match(said(h, 'copyMermaid')[0]?.text ?? '', /^sequenceDiagram\n {2}participant/);
    const file = said(h, 'saveSvg')[0];
    assert.match(file?.svg ?? '', /^<\?xml[\s\S]*<svg[\s\S]*API server[\s\S]*<\/svg>/);
    assert.doesNotMatch(file?.svg ?? '', /var\(--vscode|class="hit"|tabindex/);
    assert.match(file?.suggestedName ?? '', /^[\w.-]+\.svg$/);
    await h.page.setContent(file?.svg.replace(/^<\?xml.*\n/, '') ?? '');
    assert.ok((await h.page.locator('svg').boundingBox())?.width ?? 0 > 300);
  });

  on('resizes and hides the details', { record: THREE, view: STORY }, async (h) => {
    const width = async (): Promise<number> => (await h.page.locator('.pane').boundingBox())?.width ?? 0;
    const before = await width();
    await h.page.locator('.splitter').focus();
    await h.page.keyboard.press('ArrowLeft');
    assert.ok(await width() > before);
    await h.page.getByRole('button', { name: /details/i }).click();
    assert.equal(await h.page.locator('.pane').isVisible(), false);
  });

  on('puts the details below where there is no room beside', { record: THREE, view: STORY, width: 700 }, async (h) => {
    await h.page.locator('.kind-request').first().click();
    const [stage, pane] = [await h.page.locator('.stage').boundingBox(), await h.page.locator('.pane').boundingBox()];
    assert.ok(stage && pane && pane.y >= stage.y + stage.height - 1);
  });

  on('says what to do when nothing has run', {}, async (h) => {
    await h.page.getByRole('button', { name: 'Create the open manifest' }).click();
    assert.match(await h.page.locator('.message').innerText(), /right-click it and choose Create/);
    assert.equal(said(h, 'create').length, 1);
  });

  on('says what went wrong, and draws the next run', { record: THREE, view: STORY }, async (h) => {
    await h.send({ type: 'failed', message: 'The engine stopped: <b>out of memory</b>' });
    await h.page.locator('[role=alert]').waitFor();
    assert.match(await h.page.locator('.message').innerText(), /<b>out of memory<\/b>/, 'text is text');
    await h.show(STORY);
    await h.page.locator('.picture .item').first().waitFor();
    assert.equal(await h.page.locator('.message').count(), 0);
  });

  on('shows progress, which can be cancelled', { record: THREE, view: STORY }, async (h) => {
    await h.send({ type: 'progress', text: '120 of 1,000 pods placed', done: 0.12 });
    await h.page.getByRole('button', { name: 'Cancel' }).click();
    assert.match(await h.page.locator('.progress').innerText(), /120 of 1,000/);
    assert.equal(said(h, 'cancel').length, 1);
  });

  const hostile = new TraceWriter();
  for (const name of ['<img src=x onerror=window.hacked=1>', 'a;b#c%%{init:{}}%%', '$$x$$ `code` end', 'wrap: x\n  Note over l0: forged']) hostile.write('kubectl', 'create', 'pods', name);
  hostile.write('<script>window.hacked=1</script>', 'create', 'pods', 'x');
  on('shows other people\'s text as text', { record: hostile.record(), view: { ...STORY, level: 'everything' } }, async (h) => {
    const text = (await h.page.locator('.picture text').allTextContents()).join('\n');
    assert.match(text, /<img src=x/);
    assert.match(text, /%%\{init/);
    assert.equal(await h.page.evaluate(() => (window as unknown as { hacked?: number }).hacked), undefined);
    assert.equal(await h.page.locator('.picture img, .picture script').count(), 0);
    await h.page.locator('.kind-request').first().click();
    await h.page.locator('.pane dl').waitFor();
    assert.equal(await h.page.locator('.pane img').count(), 0);
  });

  for (const theme of ['light', 'dark', 'contrast'] as const) {
    on(`has readable text in the ${theme} theme`, { record: podsTrace(4, new Set([2])).record(), view: { ...STORY, level: 'working' }, theme }, async (h) => {
      const low = await h.page.evaluate(lowContrast);
      assert.deepEqual(low, []);
    });
  }
});

/** Runs in the page: texts of the picture with a contrast below 4.5 to the page's background (WCAG AA). */
function lowContrast(): readonly string[] {
  const parse = (colour: string): readonly number[] => (/rgba?\(([^)]+)\)/.exec(colour)?.[1] ?? '0,0,0').split(/[ ,/]+/).map(Number);
  const back = parse(getComputedStyle(document.body).backgroundColor);
  const light = (c: readonly number[]): number => {
    const [r = 0, g = 0, b = 0] = c.map((v) => { const s = v / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = new Set<string>();
  for (const text of document.querySelectorAll('.picture text, .lanes text, .bar button, .bar h1, .legend span, .pane p, .pane td')) {
    const style = getComputedStyle(text);
    const inside = text.closest('[aria-checked="true"], .button');
    if (inside) continue;
    const colour = parse(text instanceof SVGElement ? getComputedStyle(text.querySelector('tspan') ?? text).fill : style.color);
    const alpha = colour[3] ?? 1;
    const mixed = colour.slice(0, 3).map((v, i) => v * alpha + (back[i] ?? 0) * (1 - alpha));
    const [a, b] = [light(mixed), light(back)].sort((x, y) => y - x) as [number, number];
    if ((a + 0.05) / (b + 0.05) < 4.5) found.add(`${text.textContent ?? ''}: ${((a + 0.05) / (b + 0.05)).toFixed(1)}`);
  }
  return [...found];
}
