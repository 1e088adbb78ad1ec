import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldSelector, parseFieldSelector } from '../../../src/engine/api/fieldSelectors';
import { parseLabelSelector } from '../../../src/engine/api/labelSelectorText';
import { compileNodeSelector } from '../../../src/engine/api/nodeSelectors';
import { compileLabelSelector, formatLabelSelector, SelectorError, type Labels } from '../../../src/engine/api/selectors';

const PARSED: readonly (readonly [string, string, readonly Labels[], readonly Labels[]])[] = [
  ['', '', [{}, { a: 'b' }, undefined], []],
  ['app=web', 'app=web', [{ app: 'web' }], [{}, { app: 'x' }]],
  ['app==web', 'app==web', [{ app: 'web' }], [{}]],
  ['b!=c,a in (y, x)', 'a in (x,y),b!=c', [{ a: 'x' }, { a: 'y', b: 'd' }], [{ a: 'z' }, { a: 'x', b: 'c' }]],
  ['a notin (x)', 'a notin (x)', [{}, { a: 'y' }], [{ a: 'x' }]],
  ['a', 'a', [{ a: '' }], [{}]],
  ['!a', '!a', [{}], [{ a: '' }]],
  ['a>3', 'a>3', [{ a: '4' }], [{ a: '3' }, { a: 'x' }, {}]],
  ['a<1', 'a<1', [{ a: '-2' }], [{ a: '1' }]],
  ['a=', 'a=', [{ a: '' }], [{}, { a: 'x' }]],
  ['a in ()', 'a in ()', [{ a: '' }], [{ a: 'x' }]],
  ['a in (,x)', 'a in (,x)', [{ a: '' }, { a: 'x' }], [{ a: 'y' }]],
  ['in in (in,notin)', 'in in (in,notin)', [{ in: 'notin' }], [{}]],
  ['constructor', 'constructor', [{ constructor: 'x' } as unknown as Labels], [{}]],
];
for (const [text, printed, match, differ] of PARSED) {
  test(`label selector "${text}"`, () => {
    const selector = parseLabelSelector(text);
    assert.ok(!(selector instanceof SelectorError));
    assert.equal(selector.toString(), printed);
    for (const labels of match) assert.ok(selector.matches(labels), JSON.stringify(labels));
    for (const labels of differ) assert.ok(!selector.matches(labels), JSON.stringify(labels));
  });
}

const NAME_WORDS = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const REFUSED: readonly (readonly [string, string])[] = [
  ['a=b=c', "found '=', expected: ',' or 'end of string'"],
  ['=b', "found '=', expected: !, identifier, or 'end of string'"],
  ['a,', "found '', expected: identifier after ','"],
  ['a in x', "unable to parse requirement: found 'x' expected: '('"],
  ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['a!b', "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"],
  ['-a=b', `unable to parse requirement: <nil>: Invalid value: "-a": name part ${NAME_WORDS}`],
  ['a>x', "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"],
];
for (const [text, message] of REFUSED) {
  test(`label selector "${text}" is refused`, () => {
    const refused = parseLabelSelector(text);
    assert.ok(refused instanceof SelectorError);
    assert.equal(refused.message, message);
  });
}

test('a LabelSelector: absent selects nothing, empty everything', () => {
  assert.ok(!compileLabelSelector(undefined).matches({}));
  assert.ok(compileLabelSelector({}).matches({ a: 'b' }));
  const selector = { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['b', 'a'] }] };
  assert.ok(compileLabelSelector(selector).matches({ app: 'web' }));
  assert.ok(!compileLabelSelector(selector).matches({ app: 'web', tier: 'a' }));
  assert.equal(formatLabelSelector(selector), 'app=web,tier notin (a,b)');
  assert.equal(formatLabelSelector({}), '<none>');
  assert.equal(formatLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Near' }] }), '<error>');
});

test('field selectors', () => {
  const selector = parseFieldSelector('spec.nodeName!=b,metadata.name=a\\,b');
  assert.ok(selector instanceof FieldSelector);
  assert.equal(selector.toString(), 'metadata.name=a\\,b,spec.nodeName!=b');
  assert.ok(selector.matches((field) => (field === 'metadata.name' ? 'a,b' : '')));
  assert.ok(!selector.matches(() => 'b'));
  assert.equal(selector.requiresExactMatch('metadata.name'), 'a,b');
  for (const [text, message] of [['a', "invalid selector: 'a'; can't understand 'a'"], ['a=b=c', 'invalid field selector: unescaped character in value: 61'], ['a=\\b', 'invalid field selector: invalid escape sequence: \\b']] as const) {
    const refused = parseFieldSelector(text);
    assert.ok(refused instanceof SelectorError);
    assert.equal(refused.message, message);
  }
});

test('node selectors: terms are ORed, empty terms match nothing', () => {
  const node = { metadata: { name: 'n1', labels: { zone: 'a', generation: '7' } } };
  const one = (term: object): boolean => compileNodeSelector({ nodeSelectorTerms: [term] }).matches(node);
  assert.ok(!compileNodeSelector({ nodeSelectorTerms: [] }).matches(node));
  assert.ok(!one({}));
  assert.ok(one({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }));
  assert.ok(!one({ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n1'] }] }));
  assert.ok(one({ matchExpressions: [{ key: 'generation', operator: 'Gt', values: ['6'] }, { key: 'zone', operator: 'In', values: ['a', 'b'] }] }));
  assert.ok(!one({ matchExpressions: [{ key: 'generation', operator: 'Lt', values: ['6'] }] }));
  assert.ok(compileNodeSelector({ nodeSelectorTerms: [{}, { matchExpressions: [{ key: 'zone', operator: 'Exists' }] }] }).matches(node));
});
