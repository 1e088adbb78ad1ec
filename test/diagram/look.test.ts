// Pictures for people to look at: test-results/diagram-*.png.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { Harness, openBrowser, root, runOf } from './harness';

const HELLO = readFileSync(join(root, 'examples/hello-deployment.yaml'), 'utf8');

void describe('pictures of the diagram', async () => {
  const browser = await openBrowser();
  if (typeof browser === 'string') { void test('in a browser', { skip: browser }, () => undefined); return; }
  let open: Browser = browser;
  before(() => { open = browser; });
  after(() => open.close());

  for (const theme of ['light', 'dark', 'contrast'] as const) {
    void test(`${theme} theme`, async () => {
      const harness = await Harness.open(open, { theme, record: runOf(HELLO), view: { level: 'story', expanded: [], page: 0 }, height: 1100 });
      try {
        await harness.drawn();
        await harness.screenshot(`diagram-story-${theme}`);
        const sideways = await harness.page.locator('.stage').evaluate((e) => e.scrollWidth - e.clientWidth);
        assert.equal(sideways, 0, 'the story scrolls sideways');
        await harness.page.locator('.kind-decision').first().click();
        await harness.page.locator('.nodes').waitFor();
        await harness.screenshot(`diagram-decision-${theme}`);
        await harness.page.getByRole('radio', { name: 'Working' }).click();
        await harness.page.locator('.kind-fold').first().waitFor();
        await harness.screenshot(`diagram-working-${theme}`);
        assert.deepEqual(harness.errors, []);
      } finally { await harness.close(); }
    });
  }
});
