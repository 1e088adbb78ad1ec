import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isStatus, type Status } from '../../../src/engine/api/status';
import type { ApiRequest, ApiResponse } from '../../../src/engine/apiserver/request';
import { Cluster, KUBECTL } from '../../../src/engine/cluster';
import type { Process } from '../../../src/engine/simulation/process';
import { parsePath } from '../../../src/server/paths';
import { readText } from '../../../src/server/requests';

/** Every recorded request to a real kube-apiserver v1.36.2, through the whole API server of a world. */
interface Case {
  readonly id: string;
  readonly path: string;
  readonly object?: unknown;
  readonly raw?: string;
  readonly contentType?: string;
  readonly expect: { readonly code: number; readonly reason?: string; readonly message?: string; readonly object?: unknown; readonly details?: { readonly causes?: readonly unknown[] } };
}

const cases = readFileSync('test/golden/api.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Case);
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-*'], [/"nodePort":3\d{4}/g, '"nodePort":30000'], [/"gen-[a-z0-9]{5}"/g, '"gen-*"'], [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uid'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'time'], [/10\.96\.\d+\.\d+/g, '10.96.*'],
];
const UNSTABLE = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'selfLink', 'generation']);

const masked = (value: unknown): unknown => JSON.parse(MASKS.reduce((text, [pattern, to]) => text.replace(pattern, to), JSON.stringify(value ?? null)));

/** Empty maps and nulls mean nothing in Kubernetes' JSON. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([k, v]) => [k, withoutEmpty(v)] as const).filter(([, v]) => v !== null && v !== undefined && !(typeof v === 'object' && !Array.isArray(v) && Object.keys(v).length === 0));
  return Object.fromEntries(entries);
}

function scrubbed(object: unknown): unknown {
  const { metadata = {}, ...rest } = object as { readonly metadata?: object };
  return { ...rest, metadata: Object.fromEntries(Object.entries(metadata).filter(([k]) => !UNSTABLE.has(k))) };
}

const cluster = new Cluster({ components: { controllers: false, scheduler: false, kubelets: false } });

function run<T>(process: Process<T>): T {
  const task = cluster.simulation.spawn('kubectl', process, { cause: 0, background: false });
  for (let i = 0; i < 100_000 && !task.done; i++) if (!cluster.simulation.step()) break;
  assert.ok(task.done);
  return task.result as T;
}

function post(c: Case): Status | ApiResponse {
  const url = new URL(c.path, 'http://x');
  const path = parsePath(url.pathname);
  assert.ok(path);
  const request = readText('create', path, c.contentType ?? 'application/json', c.raw ?? JSON.stringify(c.object), url.searchParams);
  return isStatus(request) ? request : run(cluster.api.request(KUBECTL, request as ApiRequest));
}

for (const c of cases) {
  test(c.id, () => {
    const answer = post(c);
    const object = isStatus(answer) ? answer : answer.object;
    assert.equal(answer.code, c.expect.code, (object as Status).message);
    if (isStatus(object)) {
      assert.equal(masked(object.message), masked(c.expect.message));
      assert.equal(object.reason, c.expect.reason);
      assert.deepEqual(object.details?.causes ?? [], c.expect.details?.causes ?? []);
      return;
    }
    assert.deepEqual(masked(withoutEmpty(scrubbed(object))), masked(withoutEmpty(c.expect.object)));
    if (!object.metadata?.name) return;
    const path = parsePath(new URL(c.path, 'http://x').pathname);
    run(cluster.api.request(KUBECTL, { ...(path as unknown as ApiRequest), verb: 'delete', name: object.metadata.name, options: { gracePeriodSeconds: 0, propagationPolicy: 'Background' } }));
  });
}
