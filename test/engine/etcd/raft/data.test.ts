import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runScript } from './script';

// REWRITE=1 writes what happened into the files: read the difference before committing it.
const folder = join(process.cwd(), 'test/engine/etcd/raft/data');

for (const file of readdirSync(folder).filter((f) => f.endsWith('.txt')).sort()) {
  test(`raft: ${file}`, () => {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const happened = runScript(text);
    if (process.env.REWRITE) writeFileSync(path, happened);
    else assert.equal(happened, text);
  });
}
