import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDocument } from 'yaml';
import { applyEdits, type Edit } from '../../../src/engine/explain/help/edits';
import { yamlEdits } from '../../../src/engine/explain/yamlEdits';
import { applied } from '../../../src/engine/manifest/textEdit';

const POD = `# a pod
apiVersion: v1
kind: Pod
metadata:
  name: web # its name
spec:
  nodeSelector:
    disktype: ssd
    zone: a   # where
  containers:
  - name: main
    image: nginx
    resources:
      requests: {cpu: "6", memory: 1Gi}
    ports:
    - containerPort: 80
      hostPort: 80
    - hostPort: 81
      containerPort: 81
  tolerations: [{key: a, operator: Exists}]
`;

const cases: readonly { readonly name: string; readonly text?: string; readonly edits: readonly Edit[]; readonly expected: string }[] = [
  { name: 'a value in a flow mapping keeps its quotes', edits: [{ fieldPath: 'spec.containers[0].resources.requests.cpu', operation: 'set', value: '1200m' }], expected: POD.replace('"6"', '"1200m"') },
  { name: 'a new field goes below the last', edits: [{ fieldPath: 'spec.priorityClassName', operation: 'set', value: 'important' }], expected: `${POD.trimEnd()}\n  priorityClassName: important\n` },
  { name: 'one of several selectors', edits: [{ fieldPath: 'spec.nodeSelector.disktype', operation: 'remove' }], expected: POD.replace('    disktype: ssd\n', '') },
  { name: 'a line with its comment', edits: [{ fieldPath: 'spec.nodeSelector.zone', operation: 'remove' }], expected: POD.replace('    zone: a   # where\n', '') },
  { name: 'a whole block', edits: [{ fieldPath: 'spec.nodeSelector', operation: 'remove' }], expected: POD.replace('  nodeSelector:\n    disktype: ssd\n    zone: a   # where\n', '') },
  { name: 'an item for a list on one line', edits: [{ fieldPath: 'spec.tolerations', operation: 'add', value: { key: 'b', operator: 'Exists' } }], expected: POD.replace('Exists}]', 'Exists}, {"key":"b","operator":"Exists"}]') },
  { name: 'an item for a list', edits: [{ fieldPath: 'spec.containers[0].ports', operation: 'add', value: { containerPort: 82 } }], expected: POD.replace('      containerPort: 81\n', '      containerPort: 81\n    - containerPort: 82\n') },
  { name: 'an item for a list that is not there', edits: [{ fieldPath: 'spec.imagePullSecrets', operation: 'add', value: { name: 'x' } }], expected: `${POD.trimEnd()}\n  imagePullSecrets:\n    - name: x\n` },
  { name: 'a nested field that is not there', edits: [{ fieldPath: 'spec.securityContext.runAsUser', operation: 'set', value: 7 }], expected: `${POD.trimEnd()}\n  securityContext:\n    runAsUser: 7\n` },
  { name: 'the last field of an item', edits: [{ fieldPath: 'spec.containers[0].ports[0].hostPort', operation: 'remove' }], expected: POD.replace('      hostPort: 80\n', '') },
  { name: 'the first field of an item: the next moves up', edits: [{ fieldPath: 'spec.containers[0].ports[1].hostPort', operation: 'remove' }], expected: POD.replace('    - hostPort: 81\n      containerPort: 81', '    - containerPort: 81') },
  { name: 'an item of a list', edits: [{ fieldPath: 'spec.containers[0].ports[0]', operation: 'remove' }], expected: POD.replace('    - containerPort: 80\n      hostPort: 80\n', '') },
  { name: 'a label with a slash in its key', edits: [{ fieldPath: 'spec.nodeSelector[example.com/disk]', operation: 'set', value: 'yes' }], expected: POD.replace('zone: a   # where\n', 'zone: a   # where\n    example.com/disk: "yes"\n') },
  {
    name: 'several edits', edits: [{ fieldPath: 'spec.containers[0].resources.requests.cpu', operation: 'set', value: '1' }, { fieldPath: 'spec.nodeSelector.zone', operation: 'set', value: 'b' }, { fieldPath: 'spec.tolerations', operation: 'remove' }],
    expected: POD.replace('"6"', '"1"').replace('zone: a ', 'zone: b ').replace('  tolerations: [{key: a, operator: Exists}]\n', ''),
  },
  {
    name: 'JSON stays JSON', text: '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"spec":{"nodeSelector":{"a":"b"}}}', edits: [{ fieldPath: 'spec.nodeSelector.a', operation: 'set', value: 'c' }, { fieldPath: 'spec.tolerations', operation: 'add', value: { key: 'k' } }],
    expected: '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"spec":{"nodeSelector":{"a":"c"}, "tolerations": [{"key":"k"}]}}',
  },
  { name: 'the second document', text: 'a: 1\n---\nb:\n  c: 1\n---\nd: 1\n', edits: [{ document: 1, fieldPath: 'b.c', operation: 'set', value: 2 }], expected: 'a: 1\n---\nb:\n  c: 2\n---\nd: 1\n' },
  { name: 'an item of a List', text: 'kind: List\nitems:\n- kind: Pod\n  a: 1\n- kind: Pod\n  a: 2\n', edits: [{ document: 1, fieldPath: 'a', operation: 'set', value: 3 }], expected: 'kind: List\nitems:\n- kind: Pod\n  a: 1\n- kind: Pod\n  a: 3\n' },
  { name: 'a key without a value', text: 'spec:\n  tolerations:\n  other: 1\n', edits: [{ fieldPath: 'spec.tolerations', operation: 'add', value: { key: 'k' } }], expected: 'spec:\n  tolerations:\n    - key: k\n  other: 1\n' },
  { name: 'the only field', text: 'spec:\n  nodeSelector:\n    a: b\n', edits: [{ fieldPath: 'spec.nodeSelector.a', operation: 'remove' }], expected: 'spec:\n  nodeSelector:\n    {}\n' },
  { name: 'a file without a final line break', text: 'spec:\n  a: 1\n  b: 2', edits: [{ fieldPath: 'spec.b', operation: 'remove' }], expected: 'spec:\n  a: 1' },
  { name: 'remove what is not there', edits: [{ fieldPath: 'spec.affinity', operation: 'remove' }], expected: POD },
  { name: 'the same list twice', text: 'spec:\n  t:\n  - a: 1\n', edits: [{ fieldPath: 'spec.t', operation: 'add', value: { a: 2 } }, { fieldPath: 'spec.t', operation: 'add', value: { a: 3 } }], expected: 'spec:\n  t:\n  - a: 1\n  - a: 2\n  - a: 3\n' },
];

for (const { name, text = POD, edits, expected } of cases) {
  test(`text edits: ${name}`, () => {
    const made = yamlEdits(text, edits);
    assert.ok(made, 'possible');
    assert.equal(applied(text, made), expected);
    for (const [i, edit] of made.entries()) assert.ok(i === 0 || edit.offset >= (made[i - 1]?.offset ?? 0) + (made[i - 1]?.length ?? 0), 'in order, apart');
    // What the edits mean for the object is what they do to the text.
    if (edits.every((e) => e.document === undefined)) assert.deepEqual(parseDocument(expected, { version: '1.1' }).toJS(), applyEdits(parseDocument(text, { version: '1.1' }).toJS() as object, edits));
  });
}

test('text edits that cannot be made', () => {
  assert.equal(yamlEdits('spec:\n  a: 1\n', [{ fieldPath: 'spec.containers[0].image', operation: 'set', value: 'x' }]), undefined);
  assert.equal(yamlEdits('a: &x {b: 1}\nc: *x\n', [{ fieldPath: 'c.b', operation: 'set', value: 2 }]), undefined);
  assert.equal(yamlEdits('a: 1\n', [{ document: 3, fieldPath: 'a', operation: 'set', value: 2 }]), undefined);
});
