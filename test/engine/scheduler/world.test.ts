import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KubernetesObject } from '../../../src/engine/api/object';
import { reportOf } from '../../../src/engine/report/report';
import { Session } from '../../../src/engine/session';

/** Every recorded decision again, but through the whole world: API server, informers, queue. */
interface Case {
  readonly id: string;
  readonly cluster: readonly KubernetesObject[];
  readonly pod: KubernetesObject;
  readonly expect: {
    readonly outcome: string; readonly winners?: readonly string[]; readonly feasible?: readonly string[]; readonly totals?: { readonly [node: string]: number };
    readonly scores?: { readonly [node: string]: { readonly [plugin: string]: number } }; readonly messages?: readonly string[]; readonly preemptions?: readonly { readonly nominatedNode: string | null; readonly victims: readonly string[] }[];
  };
}

const nonzero = (scores: { readonly [plugin: string]: number } = {}): object => Object.fromEntries(Object.entries(scores).filter(([, v]) => v !== 0));

const cases = readFileSync(join(process.cwd(), 'test/golden/scheduling.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Case);

for (const { id, cluster, pod, expect } of cases) {
  test(`recorded decision ${id} through the API server`, () => {
    const session = new Session({ objects: cluster, components: { controllers: false, kubelets: false }, schedulingAttempts: 1, namespaces: pod.metadata.namespace ? [pod.metadata.namespace] : [] });
    const action = session.create([{ file: id, index: 0, value: pod }], { limits: { milliseconds: 10_000, events: 1_000_000, patience: 0 } });
    const report = reportOf(session, action).pods.find((p) => p.name === pod.metadata.name && p.namespace === (pod.metadata.namespace ?? 'default'));
    assert.ok(report, action.documents[0]?.message);
    const got = report.scheduling;
    assert.equal(got.outcome, expect.outcome, got.message);
    if (expect.outcome === 'scheduled') {
      assert.ok(expect.winners?.includes(got.node ?? ''), `${got.node ?? ''} is none of ${expect.winners?.join(', ') ?? ''}`);
      if (!expect.totals) return;
      const nodes = new Map(got.nodes.map((n) => [n.name, n]));
      assert.deepEqual([...nodes.values()].filter((n) => n.feasible).map((n) => n.name).sort(), expect.feasible);
      for (const name of expect.feasible ?? []) {
        assert.equal(nodes.get(name)?.total, expect.totals[name]);
        assert.deepEqual(nonzero(nodes.get(name)?.scores), nonzero(expect.scores?.[name]));
      }
    } else if (expect.outcome === 'unschedulable') {
      assert.ok(expect.messages?.includes(got.message), `${got.message}\n  recorded ${expect.messages?.[0] ?? ''}`);
      const mine = { nominatedNode: got.nominatedNode, victims: got.victims.map((v) => v.split('/').at(-1)).sort() };
      assert.ok(expect.preemptions?.some((p) => JSON.stringify(p) === JSON.stringify(mine)), `${JSON.stringify(mine)}, recorded ${JSON.stringify(expect.preemptions)}`);
    } else if (expect.outcome === 'gated') assert.equal(got.message, expect.messages?.[0]);
  });
}
