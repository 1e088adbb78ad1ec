// Renders media/icon.svg as the PNG that listings want:  node scripts/draw-icon.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium as playwright } from 'playwright-core';
import { ensureChromium } from './chromium.mjs';

const media = join(dirname(fileURLToPath(import.meta.url)), '../media');
const SIZE = 256;

const chromium = await ensureChromium();
if (!chromium) throw new Error('no Chromium to draw with');
const browser = await playwright.launch({ executablePath: chromium.executablePath, args: chromium.args });
try {
  const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } });
  await page.setContent(`<style>*{margin:0}</style>${readFileSync(join(media, 'icon.svg'), 'utf8')}`);
  writeFileSync(join(media, 'icon.png'), await page.screenshot({ omitBackground: true }));
} finally {
  await browser.close();
}
