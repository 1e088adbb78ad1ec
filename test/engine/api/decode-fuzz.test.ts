import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { convertRemoved } from '../../../src/engine/api/conversion/convert';
import { decodeObject, isDecoded } from '../../../src/engine/api/decode/decode';
import { applyDefaults } from '../../../src/engine/api/defaults/defaults';
import { SCHEMA } from '../../../src/engine/api/generated/schema';
import { deepFreeze } from '../../../src/engine/api/object';
import type { ResourceDefinition } from '../../../src/engine/api/resources/definition';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';
import { prepareForCreate, prepareForUpdate, warningsFor } from '../../../src/engine/api/strategy/strategy';

/** A small generator with a seed: what it finds can be found again. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 2 ** 32; };
}

const registry = new ResourceRegistry();
const WORDS = ['', 'a', 'x.y/z', '__proto__', 'constructor', 'toString', '1', '1Gi', '500m', '10.0.0.1', '2001:DB8::1', '25%', 'None', '2024-01-01T00:00:00Z', 'Always', 'ClusterIP', 'RollingUpdate', '\u0000é\ud800'];
const pick = <T>(next: () => number, list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;

function anyValue(next: () => number, depth: number): unknown {
  const kind = Math.floor(next() * (depth > 3 ? 5 : 7));
  if (kind === 5) return [anyValue(next, depth + 1)];
  if (kind === 6) return { [pick(next, WORDS)]: anyValue(next, depth + 1) };
  return [null, true, Math.floor(next() * 5e9) - 1e9, pick(next, WORDS), 1.5][kind];
}

/** A value of a type of the schema, mostly of the right shape. */
function valueOf(type: string, next: () => number, depth: number): unknown {
  if (next() < 0.03) return anyValue(next, depth);
  if (type.endsWith('!')) return valueOf(type.slice(0, -1), next, depth);
  if (type.startsWith('[]')) return Array.from({ length: Math.floor(next() * 3) }, () => valueOf(type.slice(2), next, depth + 1));
  if (type.startsWith('{}')) return Object.fromEntries(Array.from({ length: Math.floor(next() * 3) }, () => [pick(next, WORDS), valueOf(type.slice(2), next, depth + 1)]));
  switch (type) {
    case 'string': return pick(next, WORDS);
    case 'int32': case 'int64': case 'double': return Math.floor(next() * 20) - 5;
    case 'bool': return next() < 0.5;
    case 'quantity': return pick(next, ['1', '500m', '1.5Gi', '0', '-1', '1e3', '1n', 3]);
    case 'intorstring': return pick(next, [0, 80, '25%', 'http']);
    case 'time': return '2024-01-01T00:00:00Z';
    case 'microtime': return '2024-01-01T00:00:00.000000Z';
    case 'bytes': return 'eA==';
    case 'any': case 'raw': return anyValue(next, depth);
    default: return Object.fromEntries(Object.entries(SCHEMA[type] ?? {}).filter(() => next() < (depth > 5 ? 0.1 : 0.4)).map(([field, t]) => [field, valueOf(t, next, depth + 1)]));
  }
}

/** Everything that happens to a body before validation; true where it was accepted. */
function run(definition: ResourceDefinition, body: string | object): boolean {
  const decoded = decodeObject({ body, expected: definition, fieldValidation: 'Warn' });
  if (!isDecoded(decoded)) { assert.ok(decoded.code === 400 && decoded.message); return false; }
  const again = decodeObject({ body: deepFreeze(decoded.object), expected: definition, fieldValidation: 'Strict' });
  assert.ok(isDecoded(again), 'what was decoded is not accepted a second time');
  assert.deepEqual(again.object, decoded.object);
  const whole = deepFreeze(applyDefaults(definition.schema, decoded.object));
  // The server gives every object a name before it comes so far.
  const named = deepFreeze({ ...whole, metadata: { ...whole.metadata, name: whole.metadata.name || 'x', uid: 'u' } });
  const created = deepFreeze(prepareForCreate(definition, named, { now: '2026-01-01T00:00:00Z' }));
  for (const subresource of ['', 'status']) prepareForUpdate(definition, subresource, named, created, { now: '2026-01-01T00:00:00Z' });
  warningsFor(definition, created, undefined);
  return true;
}

test('objects of every kind, made from the schema, are accepted or refused, and nothing breaks', () => {
  const next = numbers(20260101);
  let accepted = 0;
  for (const definition of registry.all()) for (let i = 0; i < 40; i++) {
    const fields = valueOf(definition.schema, next, 0);
    const body = { ...(typeof fields === 'object' && fields !== null && !Array.isArray(fields) ? fields : {}), apiVersion: definition.group ? `${definition.group}/${definition.version}` : definition.version, kind: definition.kind };
    if (run(definition, i % 2 ? JSON.stringify(body) : deepFreeze(body))) accepted++;
    convertRemoved(deepFreeze({ ...body, apiVersion: pick(next, ['apps/v1beta1', 'extensions/v1beta1']), kind: pick(next, ['Deployment', 'DaemonSet', 'StatefulSet']) }));
  }
  assert.ok(accepted > 500, `only ${accepted} accepted`);
  assert.equal(({} as { x?: unknown }).x, undefined);
});

test('mangled text is refused or read, and nothing breaks', () => {
  const next = numbers(7);
  const cases = readFileSync('test/golden/api.jsonl', 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { kind: string; object?: { apiVersion?: string } });
  for (const c of cases) {
    const definition = registry.forObject(c.object?.apiVersion ?? '', c.kind);
    if (!definition) continue;
    for (let i = 0; i < 10; i++) {
      let text = JSON.stringify(c.object);
      for (let j = 0; j < 3; j++) {
        const at = Math.floor(next() * text.length);
        text = text.slice(0, at) + pick(next, ['', '"', '{', '}', ',', ':', 'null', '1e999', '-', '\\', '"__proto__":{},', '\u0000', '[']) + text.slice(at + Math.floor(next() * 4));
      }
      run(definition, text);
    }
  }
});
