import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Raft } from '../../../../src/engine/etcd/raft/raft';
import type { Command, State } from './group';
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

/** Counts an entry of an earlier term as committed when a majority has it: the mistake that figure 8 is about. */
class OldTermCounting extends Raft<Command, State> {
  override step(message: Parameters<Raft<Command, State>['step']>[0]): void {
    super.step(message);
    if (this.role !== 'leader') return;
    const matches = this.members.map((m) => this.progressOf(m)?.match ?? 0).sort((a, b) => b - a);
    this.log.commitTo(matches[this.members.length >> 1] ?? 0);
  }
}

test('raft: figure 8 tells a member that counts entries of earlier terms from one that does not', () => {
  const text = readFileSync(join(folder, 'figure8.txt'), 'utf8');
  assert.ok(!text.includes('1 commits up to 2\n'));
  assert.ok(runScript(text, (config, disk) => new OldTermCounting(config, disk)).includes('1 commits up to 2\n'));
});
