import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatValue, invalidStatus, Path, type Errors } from '../../../src/engine/api/validation/field';
import * as formats from '../../../src/engine/api/validation/formats';
import { isValidCIDR, isValidInterfaceAddress, isValidIP, isValidIPForLegacyField, ipString, parseIPSloppy } from '../../../src/engine/api/validation/ip';
import { validateObjectMeta, validateObjectMetaUpdate, nameIsDNSSubdomain, nameIsPathSegment } from '../../../src/engine/api/validation/meta';
import type { ObjectMeta } from '../../../src/engine/api/generated/types';

const bodies = (run: (errs: Errors) => void): readonly string[] => { const errs: Errors = []; run(errs); return errs.map((e) => `${e.field}: ${e.body}`); };
const p = Path.of('f');

test('paths', () => {
  assert.equal(Path.of('a', 'b').child('c', 'd').index(1).key('e/f').child('g').toString(), 'a.b.c.d[1][e/f].g');
  assert.equal(Path.root.toString(), '<nil>');
  assert.equal(Path.root.child('a').toString(), 'a');
  assert.equal(Path.of('').toString(), '');
});

test('values in messages', () => {
  assert.equal(formatValue({ a: '<&>', b: undefined, c: [1] }), '{"a":"\\u003c\\u0026\\u003e","b":null,"c":[1]}');
  assert.equal(formatValue('a"b\u0001'), '"a\\"b\\x01"');
  assert.equal(formatValue(undefined), 'null');
});

test('several errors are listed once each', () => {
  const errors = bodies((errs) => { formats.isFullyQualifiedName('', p, errs); });
  assert.deepEqual(errors, ['f: Required value']);
  const e = { type: 'Required', field: 'f', body: 'Required value' } as const;
  assert.equal(invalidStatus({ group: 'apps', kind: 'Deployment' }, 'd', [e, e]).message, 'Deployment.apps "d" is invalid: f: Required value');
  assert.equal(invalidStatus({ group: 'apps', kind: 'Deployment' }, 'd', [e, e]).details?.causes?.length, 2);
});

const GOOD: { readonly [format: string]: readonly string[] } = {
  isDNS1123Label: ['a', '0-9', 'a'.repeat(63)], isDNS1123Subdomain: ['a.b', '1.2'], isDNS1035Label: ['a-1'], isQualifiedName: ['a', 'a.b/C_d'], isValidLabelValue: ['', 'A_1'],
  isWildcardDNS1123Subdomain: ['*.a.b'], isCIdentifier: ['_a'], isValidPortName: ['http-1'], isValidPercent: ['0%', '250%'], isHTTPHeaderName: ['X-A'], isEnvVarName: ['a.b', '-x'],
  isRelaxedEnvVarName: ['a b', '1', '~'], isConfigMapKey: ['a.b_c-D'],
};
const BAD: { readonly [format: string]: readonly (readonly [string, ...string[]])[] } = {
  isDNS1123Label: [['a.b', 'must not contain dots'], ['a'.repeat(64), 'must be no more than 63 characters']],
  isDNS1035Label: [['1a', "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"]],
  isQualifiedName: [['a/b/c', "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"],
    ['/a', 'prefix part must be non-empty'], ['a'.repeat(64), 'name part must be no more than 63 bytes']],
  isValidLabelValue: [['a'.repeat(64), 'must be no more than 63 bytes']],
  isValidPortName: [['-', 'must contain at least one letter (a-z)', 'must not begin or end with a hyphen'], ['a--b', 'must not contain consecutive hyphens'], ['abcdefghijklmnop', 'must be no more than 15 characters']],
  isConfigMapKey: [['..', "must not be '..'"], ['..a', "must not start with '..'"], ['.', "must not be '.'"]],
  isRelaxedEnvVarName: [['', 'environment variable name must be non-empty'], ['é', "a valid environment variable name must consist only of printable ASCII characters other than '='"]],
};
const CHECKS = formats as unknown as { readonly [name: string]: (value: string) => readonly string[] };

for (const [name, values] of Object.entries(GOOD)) test(`${name} accepts`, () => { for (const value of values) assert.deepEqual(CHECKS[name]?.(value), [], value); });
for (const [name, rows] of Object.entries(BAD)) test(`${name} refuses`, () => { for (const [value, ...messages] of rows) assert.deepEqual(CHECKS[name]?.(value), messages, value); });

test('IP addresses', () => {
  const strict = (value: string): readonly string[] => bodies((errs) => { isValidIP(value, p, errs); });
  assert.deepEqual(strict('10.0.0.1'), []);
  assert.deepEqual(strict('2001:db8::1'), []);
  assert.deepEqual(strict('2001:DB8:0::1'), ['f: Invalid value: "2001:DB8:0::1": must be in canonical form ("2001:db8::1")']);
  assert.deepEqual(strict('1.2.3.256'), ['f: Invalid value: "1.2.3.256": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']);
  assert.deepEqual(strict('1:2:3:4:5:6:7'), ['f: Invalid value: "1:2:3:4:5:6:7": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']);
  assert.deepEqual(bodies((errs) => { isValidIPForLegacyField('01.2.3.4', p, errs, ['01.2.3.4']); }), []);
  for (const [text, canonical] of [['::', '::'], ['1:0:0:2:0:0:0:3', '1:0:0:2::3'], ['::1.2.3.4', '::102:304']] as const) {
    const ip = parseIPSloppy(text);
    assert.ok(ip, text);
    assert.equal(ipString(ip), canonical);
  }
});

test('CIDRs', () => {
  assert.deepEqual(bodies((errs) => { isValidCIDR('10.0.0.0/8', p, errs); }), []);
  assert.deepEqual(bodies((errs) => { isValidCIDR('10.0.0.1/8', p, errs); }), ['f: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length']);
  assert.deepEqual(bodies((errs) => { isValidCIDR('10.0.0.0/08', p, errs); }), ['f: Invalid value: "10.0.0.0/08": must not have leading 0s in IP or prefix length']);
  assert.deepEqual(bodies((errs) => { isValidCIDR('10.0.0.0/33', p, errs); }), ['f: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']);
  assert.deepEqual(bodies((errs) => { isValidInterfaceAddress('10.0.0.1/8', p, errs); }), []);
});

const meta = (more: Partial<ObjectMeta>): ObjectMeta => ({ name: 'a', namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: 't', ...more });

test('metadata of a new object', () => {
  const create = (more: Partial<ObjectMeta>, namespaced = true): readonly string[] => bodies((errs) => { validateObjectMeta(meta(more), namespaced, nameIsDNSSubdomain, errs); });
  assert.deepEqual(create({ generateName: 'a-' }), []);
  assert.deepEqual(create({}, false), ['metadata.namespace: Forbidden: not allowed on this type']);
  assert.deepEqual(create({ namespace: '' }), ['metadata.namespace: Required value']);
  assert.deepEqual(create({ annotations: { a: 'x'.repeat(256 * 1024) } }), ['metadata.annotations: Too long: may not be more than 262144 bytes']);
  assert.deepEqual(create({ annotations: { 'Example.COM/Key': '' } }), []);
  assert.deepEqual(create({ finalizers: ['orphan', 'foregroundDeletion'] }), ['metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set']);
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u', controller: true };
  assert.deepEqual(create({ ownerReferences: [owner, { ...owner, name: 'q' }] }), ['metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u","controller":true},'
    + '{"apiVersion":"v1","kind":"Pod","name":"q","uid":"u","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Pod/p and Pod/q']);
  assert.deepEqual(create({ ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'e', uid: 'u' }] }), [
    'metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"e","uid":"u"}: /v1, Kind=Event is disallowed from being an owner']);
  assert.deepEqual(create({ managedFields: [{ manager: 'a\tb', operation: 'x' }] }), ['metadata.managedFields[0].operation: Invalid value: "x": must be `Apply` or `Update`',
    'metadata.managedFields[0].manager: Invalid value: "a\\tb": invalid character U+0009 (at position 1)']);
  assert.deepEqual(nameIsPathSegment('a/b%c', false), ["may not contain '/'", "may not contain '%'"]);
});

test('metadata of an update', () => {
  const update = (now: Partial<ObjectMeta>, old: Partial<ObjectMeta> = {}): readonly string[] => bodies((errs) => { validateObjectMetaUpdate(meta(now), meta(old), errs); });
  assert.deepEqual(update({ resourceVersion: '' }), ['metadata.resourceVersion: Invalid value: "": must be specified for an update']);
  assert.deepEqual(update({ name: 'b', uid: 'v', deletionTimestamp: 't' }), ['metadata.name: Invalid value: "b": field is immutable', 'metadata.uid: Invalid value: "v": field is immutable',
    'metadata.deletionTimestamp: Invalid value: "t": field is immutable']);
  assert.deepEqual(update({ finalizers: ['x/b', 'x/a'], deletionTimestamp: 't' }, { deletionTimestamp: 't' }), [
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x/a", "x/b"}']);
  assert.deepEqual(update({ generation: 1 }, { generation: 2 }), ['metadata.generation: Invalid value: 1: must not be decremented']);
});
