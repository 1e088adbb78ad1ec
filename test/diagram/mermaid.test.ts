import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { buildDiagram } from '../../src/diagram/build';
import { MAX_TEXT, escapeText, toMermaid } from '../../src/diagram/mermaid';
import type { Level } from '../../src/diagram/model';
import { root, runOf } from './harness';
import { podsTrace } from './trace';

const GOLDEN = join(root, 'test/diagram/golden');

/** Compares with a file, or with UPDATE_GOLDEN=1 writes it. */
function compare(name: string, text: string): void {
  const file = join(GOLDEN, name);
  if (process.env['UPDATE_GOLDEN']) {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(text, readFileSync(file, 'utf8'));
}

void describe('escaping', () => {
  for (const [text, escaped] of [
    ['a;b#c', 'a#59;b#35;c'], ['<img src=x onerror=alert(1)>', '#lt;img src=x onerror=alert(1)#gt;'], ['%%{init: {}}%%', '#37;#37;#123;init: #123;#125;#125;#37;#37;'], ['$$x$$', '#36;#36;x#36;#36;'], ['wrap: x', 'wrap#58; x'],
    ['NoWrap:x', 'NoWrap#58;x'], ['two\nlines\r\tand\u2028more', 'two lines and more'], ['**bold** _it_ `c`', '#42;#42;bold#42;#42; #95;it#95; #96;c#96;'], ['', ' '], ['a\u0000b', 'a b'], ['0/3 nodes: ✓ ✗ → …', '0/3 nodes: ✓ ✗ → …'], ['"quoted" & \\n', '#quot;quoted#quot; #amp; #92;n'],
  ] as const) void test(JSON.stringify(text), () => { assert.equal(escapeText(text), escaped); });
});

void describe('text', () => {
  const model = buildDiagram(podsTrace(3).record(), { level: 'story', expanded: [], page: 0 });
  const { text, statements, fits } = toMermaid(model);

  void test('as recorded', () => { compare('three-pods.mmd', text); });

  void test('has one statement for each item, in order', () => {
    assert.deepEqual(statements, model.items.map((i) => i.id));
    assert.equal(text.split('\n').filter((l) => /->>|--\)|Note over/.test(l)).length, statements.length);
    assert.ok(fits);
  });

  void test('of a page never comes near what Mermaid refuses', () => {
    const large = podsTrace(400).record();
    for (const level of ['story', 'working', 'everything'] as const) assert.ok(toMermaid(buildDiagram(large, { level, expanded: [], page: 0 })).text.length < MAX_TEXT / 2, level);
  });

  void test('that is too long is said to be', () => {
    const item = model.items[0];
    assert.ok(item);
    assert.equal(toMermaid({ ...model, items: Array.from({ length: 2000 }, () => item) }).fits, false);
  });
});

/** What differs between versions of the engine without being another story. */
const masked = (text: string): string => text.replace(/revision \d+/g, 'revision N').replace(/\b[\d.]+ (ms|s)\b/g, 'N $1').replace(/node-\d/g, 'node-N').replace(/…[a-z0-9]{5}\b/g, '…xxxxx');

void describe('the founding manifest', () => {
  const record = runOf(readFileSync(join(root, 'examples/hello-deployment.yaml'), 'utf8'));
  for (const level of ['story', 'working'] as const satisfies readonly Level[]) {
    void test(`as recorded: ${level}`, () => { compare(`hello.${level}.mmd`, masked(toMermaid(buildDiagram(record, { level, expanded: [], page: 0 })).text)); });
  }
});
