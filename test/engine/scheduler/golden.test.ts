import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, readCases, type GoldenCase } from './goldenCase';
import type { DecisionDescription } from '../../../src/engine/scheduler/decision';

const nonzero = (scores: { readonly [plugin: string]: number } | undefined): object => Object.fromEntries(Object.entries(scores ?? {}).filter(([, score]) => score !== 0).sort());

function compareScheduled(got: DecisionDescription, want: GoldenCase['expect']): void {
  assert.ok(want.winners?.includes(got.node ?? ''), `node ${got.node}, recorded one of ${want.winners?.join()}`);
  assert.equal(got.feasibleNodes, want.feasibleNodes);
  if (want.evaluatedNodes !== undefined) assert.equal(got.evaluatedNodes, want.evaluatedNodes);
  if (!want.totals) return;
  const nodes = new Map(got.nodes.map((node) => [node.name, node]));
  assert.deepEqual(got.nodes.filter((node) => node.feasible).map((node) => node.name).sort(), want.feasible);
  for (const name of want.feasible ?? []) {
    assert.deepEqual(nonzero(nodes.get(name)?.scores), nonzero(want.scores?.[name]), `scores of ${name}`);
    assert.equal(nodes.get(name)?.total, want.totals[name], `total of ${name}`);
  }
}

for (const golden of readCases()) {
  test(`recorded decision ${golden.id}`, () => {
    const got = decide(golden);
    const want = golden.expect;
    assert.equal(got.outcome, want.outcome, `${got.message} / ${want.messages?.[0] ?? want.winners?.join() ?? ''}`);
    if (want.outcome === 'scheduled') compareScheduled(got, want);
    if (want.outcome === 'gated') assert.equal(got.message, want.messages?.[0]);
    if (want.outcome !== 'unschedulable') return;
    assert.ok(want.messages?.includes(got.message), `message ${got.message}\nrecorded ${want.messages?.join('\n')}`);
    const preemption = { nominatedNode: got.nominatedNode, victims: got.victims.map((victim) => victim.split('/').at(-1)).sort() };
    assert.ok(want.preemptions?.some((p) => p.nominatedNode === preemption.nominatedNode && p.victims.join() === preemption.victims.join()), `preemption ${JSON.stringify(preemption)}, recorded ${JSON.stringify(want.preemptions)}`);
  });
}
