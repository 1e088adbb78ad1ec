import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compile, newEnvironment } from '../../../../src/engine/api/cel/library';
import { Meter } from '../../../../src/engine/api/cel/meter';
import { celValue } from '../../../../src/engine/api/cel/values';
import { CelFailure } from '../../../../src/engine/api/cel/words';

const environment = newEnvironment();
environment.registerVariable('object', 'dyn').registerVariable('n', 'int').registerVariable('s', 'string');
const OBJECT = {
  metadata: { name: 'web', labels: { app: 'web', tier: 'front' } },
  spec: { replicas: 3, ratio: 0.5, list: [3, 1, 2], containers: [{ name: 'a', image: 'nginx:1', resources: { limits: { memory: '1Gi' } } }, { name: 'b', image: 'redis' }] },
};

function run(text: string): unknown {
  const compiled = compile(environment, text);
  if (compiled instanceof CelFailure) return compiled.message;
  try { return compiled.run({ object: celValue(OBJECT), n: 5n, s: 'Text' }, new Meter()); } catch (thrown) { return (thrown as Error).message; }
}

describe('expressions as policies have them', () => {
  const TRUE = [
    'object.spec.replicas <= 5', 'object.spec.replicas == 3.0', 'has(object.spec.ratio) && !has(object.spec.nope)', 'object.metadata.labels["app"] == "web"', '"tier" in object.metadata.labels',
    'object.?spec.?nope.orValue(7) == 7', 'object.spec.?nope.hasValue() == false', 'optional.of(1).value() == 1',
    'object.spec.containers.all(c, c.image.startsWith("nginx") || c.name == "b")', 'object.spec.containers.exists_one(c, c.name == "a")', 'object.spec.list.map(x, x * 2) == [6, 2, 4]',
    'object.spec.list.filter(x, x > 1).size() == 2', 'object.spec.list.all(i, x, i < 3 && x > 0)', 'object.metadata.labels.exists(k, v, k == "app" && v == "web")',
    'object.spec.list.transformList(i, x, i * x) == [0, 1, 4]', 'object.metadata.labels.transformMap(k, v, k + v)["app"] == "appweb"', '[1, 2, 3].existsOne(i, x, x == 2)',
    'object.spec.list.sum() == 6 && object.spec.list.min() == 1 && object.spec.list.max() == 3', '![3, 1].isSorted() && ["a", "b"].isSorted()', '[1, 2, 1].indexOf(2) == 1 && [1, 2, 1].lastIndexOf(1) == 2',
    'sets.contains([1, 2], [2]) && sets.intersects([1], [1, 2]) && sets.equivalent([1, 1], [1])',
    '"abc123".matches("^[a-z]+[0-9]+$")', '"ABC".matches("(?i)^abc$")', '"abc 123 45".find("[0-9]+") == "123"', '"abc 123 45".findAll("[0-9]+") == ["123", "45"]', '"1 2 3".findAll("[0-9]", 2).size() == 2',
    '"%s has %d of %.2f".format(["x", 3, 1.5]) == "x has 3 of 1.50"', '"%s".format([[1, 2]]) == "[1, 2]"', '"a,b".split(",").join("-") == "a-b"', '"aXbX".replace("X", "") == "ab"', '"abc".charAt(1) == "b"', '"Ä".lowerAscii() == "Ä"', '"AbC".lowerAscii() == "abc"',
    'quantity("1Gi").isGreaterThan(quantity("500Mi"))', 'quantity("1.5").add(quantity("500m")).asInteger() == 2', 'isQuantity("10k") && !isQuantity("x")', 'quantity("1Ki") == quantity("1024")', 'quantity(object.spec.containers[0].resources.limits.memory).compareTo(quantity("1Gi")) == 0',
    'isIP("10.0.0.1") && !isIP("10.0.0.01")', 'ip("::1").isLoopback() && ip("::1").family() == 6', 'cidr("10.0.0.0/8").containsIP("10.1.2.3") && !cidr("10.0.0.0/8").containsIP("11.0.0.1")', 'cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16")', 'string(cidr("10.1.2.3/8").masked()) == "10.0.0.0/8"', 'ip.isCanonical("::1")',
    'url("https://example.com:80/a%20b?x=1&x=2").getHost() == "example.com:80"', 'url("https://example.com:80/").getPort() == "80" && url("http://[::1]:5/").getHostname() == "::1"', 'url("https://h/?x=1&x=2").getQuery()["x"] == ["1", "2"]', 'isURL("https://h/") && !isURL("../x")',
    '!format.dns1123Label().validate("web").hasValue()', 'format.dns1123Label().validate("Web").hasValue()', 'format.named("uuid").hasValue()', 'semver("1.2.3").isLessThan(semver("1.10.0-rc.1"))', 'semver("v1.2", true).minor() == 2',
    'timestamp("2026-01-02T03:04:05Z").getFullYear() == 2026', 'duration("90m") == duration("1h30m")', 'timestamp("2026-01-02T00:00:00Z") - timestamp("2026-01-01T00:00:00Z") == duration("24h")',
    '(object.nope == 1) || true', 'type(object.spec.replicas) == int', '{"a": 1}.a == 1', 'object.spec == object.spec', 'dyn([1, "a"])[1] == "a"'.replace('[1, "a"]', '[dyn(1), dyn("a")]'),
  ];
  for (const text of TRUE) test(text, () => { assert.equal(run(text), true); });
});

describe('what goes wrong is told in the words of cel-go', () => {
  const WORDS: readonly (readonly [string, string])[] = [
    ['object.spec.nope == 1', 'no such key: nope'],
    ['object.spec.list[5] == 1', 'index out of bounds: 5'],
    ['1 / (object.spec.replicas - 3) == 1', 'division by zero'],
    ['9223372036854775807 + object.spec.replicas == 1', 'integer overflow'],
    ['object.metadata.name + object.spec.replicas == "x"', 'no such overload'],
    ['optional.none().value() == 1', 'optional.none() dereference'],
    ['nope', "compilation failed: ERROR: <input>:1:1: undeclared reference to 'nope' (in container '')\n | nope\n | ^"],
    ['object.x == nope', "compilation failed: ERROR: <input>:1:13: undeclared reference to 'nope' (in container '')\n | object.x == nope\n | ............^"],
    ['n + s', "compilation failed: ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | n + s\n | ..^"],
    ['s.startsWith(n)', "compilation failed: ERROR: <input>:1:13: found no matching overload for 'startsWith' applied to 'string.(int)'\n | s.startsWith(n)\n | ............^"],
    ['s.matches(n)', "compilation failed: ERROR: <input>:1:10: found no matching overload for 'matches' applied to 'string.(int)'\n | s.matches(n)\n | .........^"],
    ['foo(1)', "compilation failed: ERROR: <input>:1:4: undeclared reference to 'foo' (in container '')\n | foo(1)\n | ...^"],
    ['!n', "compilation failed: ERROR: <input>:1:1: found no matching overload for '!_' applied to '(int)'\n | !n\n | ^"],
    ['n.x', "compilation failed: ERROR: <input>:1:2: type 'int' does not support field selection\n | n.x\n | .^"],
    ['n == s', "compilation failed: ERROR: <input>:1:3: found no matching overload for '_==_' applied to '(int, string)'\n | n == s\n | ..^"],
    ['b"x".hex() == ""', "compilation failed: ERROR: <input>:1:9: undeclared reference to 'hex' (in container '')\n | b\"x\".hex() == \"\"\n | ........^"],
    ['true &&\n nope', "compilation failed: ERROR: <input>:2:2: undeclared reference to 'nope' (in container '')\n |  nope\n | .^"],
  ];
  for (const [text, words] of WORDS) test(text, () => { assert.equal(run(text), words); });

  test('an expression that goes on for too long is cut off', () => {
    const loop = '[1,2,3,4,5,6,7,8,9,10]';
    const text = `${'abcdefg'.split('').map((v) => `${loop}.all(${v}, `).join('')}true${')'.repeat(7)}`;
    assert.equal(run(text), 'operation cancelled: actual cost limit exceeded');
  });

  test('deep and long expressions are refused', () => {
    assert.match(String(run(`${'('.repeat(5000)}1${')'.repeat(5000)} == 1`)), /^compilation failed/);
    assert.match(String(run(`${'1 + '.repeat(30_000)}1 == 1`)), /^compilation failed/);
  });

  test('an object\'s keys are its own', () => {
    assert.equal(run('has(object.constructor)'), false);
    assert.equal(run('has(object.__proto__)'), false);
    assert.equal(run('object["constructor"] == 1'), 'no such key: constructor');
  });
});
