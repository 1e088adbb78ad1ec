import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isStatus, type Status } from '../../../src/engine/api/status';
import type { KubernetesObject } from '../../../src/engine/api/object';
import type { ResourceDefinition } from '../../../src/engine/api/resources/definition';
import type { ApiRequest, PatchType, RequestOptions } from '../../../src/engine/apiserver/request';
import { Random } from '../../../src/engine/simulation/random';
import { readText } from '../../../src/server/requests';
import { parsePath } from '../../../src/server/paths';
import { ADMIN, ServerWorld } from './world';

/**
 * Random and mutated requests through the whole API server: whatever is sent, it answers, never with a mistake of its own,
 * and what it stores is valid. FUZZ_REQUESTS says how many; the seed of each is its number.
 */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 3000);

interface Case { readonly path: string; readonly object?: unknown; readonly raw?: string; readonly contentType?: string }
const cases = readFileSync('test/golden/api.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Case);

const ODD_TEXTS = ['', 'x', '-1', '\u0000', '\ud800', 'a/b', 'A'.repeat(300), '__proto__', 'constructor', '0', '10Gi', '1e9999', '0x1', '*/5 * * * *', '10.0.0.1', '::1', 'kubernetes.io/x', '2026-01-01T00:00:00Z', '$(A)', '../..', 'é'];
const ODD_VALUES: readonly unknown[] = [null, true, false, 0, -1, 1.5, 2 ** 31, 2 ** 53, 1e300, [], {}, [null], [[]], { a: {} }, ...ODD_TEXTS];
const ODD_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'x', '', 'metadata', 'spec', 'status', 'name', '$patch', '$setElementOrder/containers', '$retainKeys'];
const PATCH_TYPES: readonly PatchType[] = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];

class Fuzzer {
  constructor(private readonly random: Random) {}

  pick<T>(list: readonly T[]): T { return list[this.random.below(list.length)] as T; }
  chance(of: number): boolean { return this.random.below(of) === 0; }

  /** The value with one or more of its parts replaced, removed, doubled or added. */
  mutate(value: unknown, depth = 0): unknown {
    if (depth > 20 || this.chance(12)) return this.pick(ODD_VALUES);
    if (Array.isArray(value)) {
      const list = [...(value as unknown[])];
      if (list.length === 0 || this.chance(5)) return [...list, this.pick(ODD_VALUES)];
      const at = this.random.below(list.length);
      if (this.chance(5)) return [...list, list[at]];
      if (this.chance(6)) return list.filter((_, i) => i !== at);
      return list.map((item, i) => (i === at ? this.mutate(item, depth + 1) : item));
    }
    if (typeof value !== 'object' || value === null) return this.chance(2) ? this.pick(ODD_VALUES) : value;
    const keys = Object.keys(value);
    const entries = Object.entries(value);
    if (keys.length === 0 || this.chance(6)) return fromEntries([...entries, [this.pick(ODD_KEYS), this.pick(ODD_VALUES)]]);
    const key = this.pick(keys);
    if (this.chance(8)) return fromEntries(entries.filter(([k]) => k !== key));
    return fromEntries(entries.map(([k, v]) => [k, k === key ? this.mutate(v, depth + 1) : v]));
  }

  options(): RequestOptions {
    const maybe = <T>(value: T): T | undefined => (this.chance(6) ? value : undefined);
    return {
      dryRun: maybe(true), fieldValidation: maybe(this.pick(['Strict', 'Warn', 'Ignore'] as const)), fieldManager: maybe(this.pick(['m', ...ODD_TEXTS])), force: maybe(this.chance(2)),
      labelSelector: maybe(this.pick(['a=b', 'a in (b,c)', '!a', 'a>1', 'a notin (', ...ODD_TEXTS])), fieldSelector: maybe(this.pick(['metadata.name=x', 'spec.nodeName!=y', 'x=1', '==', ...ODD_TEXTS])),
      limit: maybe(this.pick([0, 1, 2, -1])), continueToken: maybe(this.pick(['e30', 'x', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0'])), resourceVersion: maybe(this.pick(['0', '1', '99999', 'x'])),
      resourceVersionMatch: maybe(this.pick(['Exact', 'NotOlderThan'] as const)), gracePeriodSeconds: maybe(this.pick([0, 1, -1, 30])), propagationPolicy: maybe(this.pick(['Background', 'Foreground', 'Orphan'] as const)),
      preconditions: maybe({ uid: 'x' }), orphanDependents: maybe(this.chance(2)), sendInitialEvents: maybe(this.chance(2)), allowWatchBookmarks: maybe(true),
    };
  }
}

/** With __proto__ as a field like any other, as JSON.parse makes it. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): object {
  const out = {};
  for (const [key, value] of entries) Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true });
  return out;
}

function requestOf(fuzzer: Fuzzer, world: ServerWorld, definitions: readonly ResourceDefinition[], names: readonly string[]): ApiRequest | Status | undefined {
  const c = fuzzer.pick(cases);
  const url = new URL(c.path, 'http://x');
  const path = parsePath(url.pathname);
  if (!path) return undefined;
  const options = fuzzer.options();
  const text = c.raw ?? JSON.stringify(fuzzer.chance(4) ? c.object : fuzzer.mutate(c.object));
  if (fuzzer.chance(3)) {
    const cut = fuzzer.chance(8) ? text.slice(0, Math.floor(text.length / 2)) : text;
    const read = readText('create', path, c.contentType ?? 'application/json', cut, new URLSearchParams());
    return isStatus(read) ? read : { ...(read as ApiRequest), options };
  }
  const definition = fuzzer.chance(3) ? fuzzer.pick(definitions) : world.api.registry.forResource(path.group, path.version, path.resource) ?? fuzzer.pick(definitions);
  const { group, version, resource } = definition;
  const stored = world.api.peek(group, resource)?.list() ?? [];
  const target = stored.length > 0 && !fuzzer.chance(6) ? fuzzer.pick(stored) : undefined;
  const base = { group, version, resource, namespace: definition.namespaced ? target?.metadata.namespace ?? 'default' : '', name: target?.metadata.name ?? fuzzer.pick(names), options };
  const subresource = fuzzer.chance(4) && definition.subresources.length > 0 ? fuzzer.pick(definition.subresources).name : '';
  const plain: unknown = target ? JSON.parse(JSON.stringify(world.api.present(target))) : c.object;
  switch (fuzzer.pick(['get', 'list', 'create', 'update', 'patch', 'patch', 'delete', 'deletecollection', 'subresource'] as const)) {
    case 'get': return { ...base, subresource, verb: 'get' };
    case 'list': return { ...base, verb: 'list', name: '' };
    case 'create': return { ...base, verb: 'create', name: '', body: fuzzer.mutate(plain) };
    case 'update': return { ...base, subresource, verb: 'update', body: fuzzer.mutate(plain) };
    case 'patch': return { ...base, subresource, verb: 'patch', patchType: fuzzer.pick(PATCH_TYPES), body: patchOf(fuzzer, plain) };
    case 'delete': return { ...base, verb: 'delete' };
    case 'deletecollection': return { ...base, verb: 'deletecollection', name: '' };
    case 'subresource': return { ...base, subresource, verb: 'create', body: fuzzer.mutate({ metadata: { name: base.name }, target: { kind: 'Node', name: 'n' }, spec: {} }) };
  }
}

function patchOf(fuzzer: Fuzzer, object: unknown): unknown {
  if (!fuzzer.chance(3)) return fuzzer.mutate(object);
  const pointer = fuzzer.pick(['', '/', '/metadata/labels', '/metadata/labels/x', '/spec', '/spec/containers/0', '/spec/containers/-', '/__proto__/x', '/metadata/name', '/metadata/managedFields', '/a~1b']);
  return [{ op: fuzzer.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'x']), path: pointer, from: '/metadata/labels', value: fuzzer.pick(ODD_VALUES) }];
}

/** What is stored could be sent again, and is valid as an update of itself. */
function checkStored(world: ServerWorld, object: KubernetesObject, about: string): void {
  const definition = world.api.registry.forObject(object.apiVersion, object.kind);
  assert.ok(definition, `${about}: ${object.apiVersion} ${object.kind} is stored and unknown`);
  const decoded = world.kinds.decode(definition, { verb: 'update', ...definition, subresource: '', body: JSON.parse(JSON.stringify(object)) as unknown, options: { fieldValidation: 'Strict' } });
  assert.ok(!isStatus(decoded), `${about}: ${isStatus(decoded) ? String(decoded.message) : ''}`);
  const errors = world.kinds.validateUpdate(definition, '', object, object);
  assert.deepEqual(errors, [], about);
}

test(`${REQUESTS} random and mutated requests`, () => {
  const world = new ServerWorld();
  const definitions = world.api.registry.all().filter((d) => d.verbs.includes('create') && d.verbs.includes('get'));
  const names = ['x', 'web', ...ODD_TEXTS];
  const codes = new Map<number, number>();
  let sent: KubernetesObject | undefined;
  for (let seed = 1; seed <= REQUESTS; seed++) {
    const fuzzer = new Fuzzer(new Random(seed));
    const request = requestOf(fuzzer, world, definitions, names);
    if (request === undefined || isStatus(request)) continue;
    const asked = request as ApiRequest;
    const about = `seed ${seed}: ${asked.verb} ${asked.resource}/${asked.subresource ?? ''} ${asked.patchType ?? ''}`;
    let code: number;
    let answer: unknown;
    try {
      if (asked.verb === 'list') {
        answer = world.do(world.api.list(ADMIN, asked));
        code = isStatus(answer) ? answer.code : 200;
      } else {
        const response = world.do(world.api.request(ADMIN, asked));
        ({ code, object: answer } = response);
      }
    } catch (thrown) {
      throw new Error(`${about}: ${thrown instanceof Error ? thrown.stack ?? '' : String(thrown)}`);
    }
    codes.set(code, (codes.get(code) ?? 0) + 1);
    assert.ok(!isStatus(answer) || answer.reason !== 'InternalError', `${about}: ${isStatus(answer) ? String(answer.message) : ''}`);
    sent = isStatus(answer) ? undefined : (answer as KubernetesObject);
    const { namespace = '', name } = sent?.metadata ?? {};
    const stored = name === undefined || asked.verb === 'get' ? undefined : world.api.storageOf(asked.group, asked.resource)?.current(namespace, name);
    if (stored) checkStored(world, stored, about);
    assert.equal(({} as { polluted?: unknown; x?: unknown }).x, undefined, `${about}: Object.prototype has changed`);
  }
  assert.deepEqual(Object.keys(Object.prototype), []);
  assert.ok((codes.get(201) ?? 0) > 0 && (codes.get(200) ?? 0) > 0 && (codes.get(422) ?? 0) > 0, JSON.stringify([...codes]));
});
