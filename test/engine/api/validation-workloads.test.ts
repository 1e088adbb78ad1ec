import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors, updateErrors, type Fields } from './validation-support';

const labels = { app: 'a' };
const podOf = (spec: Fields = {}): Fields => ({ metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } });
const workload = (spec: Fields = {}): Fields => ({ spec: { selector: { matchLabels: labels }, template: podOf(), ...spec } });
const job = (spec: Fields = {}): Fields => ({ spec: { template: podOf({ restartPolicy: 'Never' }), ...spec } });
const cron = (spec: Fields = {}): Fields => ({ spec: { schedule: '* * * * *', jobTemplate: { spec: { template: podOf({ restartPolicy: 'Never' }) } }, ...spec } });

type Row = readonly [kind: string, body: Fields, ...errors: string[]];
const CREATES: { readonly [name: string]: Row } = {
  'recreate with rolling update': ['Deployment', workload({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }), "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
  'percentages': ['Deployment', workload({ strategy: { rollingUpdate: { maxUnavailable: '101%', maxSurge: 'x' } } }),
    "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"x\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
  'progress deadline': ['Deployment', workload({ minReadySeconds: 10, progressDeadlineSeconds: 10 }), 'spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds'],
  'only pods that always restart': ['ReplicaSet', workload({ template: podOf({ restartPolicy: 'Never' }) }), 'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
  'a selector with an error': ['ReplicaSet', workload({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
    "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    'spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"In"}]}: invalid label selector'],
  'ephemeral containers in a template': ['ReplicaSet', workload({ template: podOf({ ephemeralContainers: [{ name: 'd', image: 'i' }] }) }), 'spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template'],
  'claims are volumes': ['StatefulSet', workload({ volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
    template: podOf({ containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/d' }] }] }) })],
  'claim templates': ['StatefulSet', workload({ volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] }),
    'spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required', 'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value'],
  'retention policy': ['StatefulSet', workload({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Keep' } }),
    'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported values: "Retain", "Delete"'],
  'on delete with a partition': ['StatefulSet', workload({ updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } }),
    "spec.updateStrategy.rollingUpdate: Invalid value: {\"Partition\":1,\"MaxUnavailable\":null}: only allowed for updateStrategy 'RollingUpdate'"],
  'surge and unavailable': ['DaemonSet', workload({ updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } }),
    'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero'],
  'daemon set strategy': ['DaemonSet', workload({ updateStrategy: { type: 'x' } }), 'spec.updateStrategy: Unsupported value: {"Type":"x","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"'],
  'daemon set with a deadline': ['DaemonSet', workload({ template: podOf({ activeDeadlineSeconds: 1 }) }), 'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported'],
  'index limits': ['Job', job({ completionMode: 'Indexed', completions: 3, parallelism: 100001, maxFailedIndexes: 4 }),
    'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified', 'spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed',
    'spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions'],
  'per index needs indexes': ['Job', job({ backoffLimitPerIndex: 1 }), 'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
  'success policy needs indexes': ['Job', job({ successPolicy: { rules: [{ succeededCount: 1 }] } }),
    'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode'],
  'success policy': ['Job', job({ completionMode: 'Indexed', completions: 5, successPolicy: { rules: [{ succeededIndexes: '1-3,2', succeededCount: 6 }, {}] } }),
    'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "1-3,2": error parsing succeededIndexes: non-increasing order, previous: 3, current: 2',
    'spec.successPolicy.rules[0].succeededCount: Invalid value: 6: must be less than or equal to 5 (the number of specified completions)',
    'spec.successPolicy.rules[0].succeededCount: Invalid value: 6: must be less than or equal to 0 (the number of indexes in the specified succeededIndexes field)',
    'spec.successPolicy.rules[1]: Required value: at least one of succeededCount or succeededIndexes must be specified'],
  'failure policy': ['Job', job({ podFailurePolicy: { rules: [{ action: '', onExitCodes: { operator: 'In', values: [0, 2, 1, 1], containerName: 'z' } }, { action: 'FailIndex' }] } }),
    'spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
    'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "z": must be one of the container or initContainer names in the pod template',
    'spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator', 'spec.podFailurePolicy.rules[0].onExitCodes.values[3]: Duplicate value: 1',
    'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [0,2,1,1]: must be ordered', 'spec.podFailurePolicy.rules[1].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
    'spec.podFailurePolicy.rules[1]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required'],
  'failure policy and restarts': ['Job', { spec: { podFailurePolicy: { rules: [] }, template: podOf({ restartPolicy: 'OnFailure' }) } },
    'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified'],
  'a selector of the user': ['Job', job({ manualSelector: true, selector: { matchLabels: { b: 'c' } } }), 'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`'],
  'managed by': ['Job', job({ managedBy: 'me' }), 'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")'],
  'the last pod needs a host name': ['Job', { ...job({ completionMode: 'Indexed', completions: 100 }), metadata: { name: 'a'.repeat(62) } },
    `metadata.name: Invalid value: "${'a'.repeat(62)}": will not able to create pod with invalid DNS label: ${'a'.repeat(62)}-99`],
  'too few cron fields': ['CronJob', cron({ schedule: '* * * *' }), 'spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]'],
  'cron number': ['CronJob', cron({ schedule: 'x * * * *' }), 'spec.schedule: Invalid value: "x * * * *": failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  'cron range': ['CronJob', cron({ schedule: '0 25 * * *' }), 'spec.schedule: Invalid value: "0 25 * * *": end of range (25) above maximum (23): 25'],
  'cron order': ['CronJob', cron({ schedule: '0 5-3 * * *' }), 'spec.schedule: Invalid value: "0 5-3 * * *": beginning of range (5) beyond end of range (3): 5-3'],
  'cron step': ['CronJob', cron({ schedule: '*/0 * * * *' }), 'spec.schedule: Invalid value: "*/0 * * * *": step of range should be a positive number: */0'],
  'cron minimum': ['CronJob', cron({ schedule: '0 0 0 * *' }), 'spec.schedule: Invalid value: "0 0 0 * *": beginning of range (0) below minimum (1): 0'],
  'cron names': ['CronJob', cron({ schedule: '0 0 * JAN-mar Mon,fri' })],
  'cron descriptor': ['CronJob', cron({ schedule: '@fortnightly' }), 'spec.schedule: Invalid value: "@fortnightly": unrecognized descriptor: @fortnightly'],
  'cron every': ['CronJob', cron({ schedule: '@every 5' }), 'spec.schedule: Invalid value: "@every 5": failed to parse duration @every 5: time: missing unit in duration "5"'],
  'a time zone in another alphabet': ['CronJob', cron({ timeZone: 'Europe/Zürich' }), 'spec.timeZone: Invalid value: "Europe/Zürich": unknown time zone Europe/Zürich'],
  'an unknown time zone': ['CronJob', cron({ timeZone: 'Mars/Base' }), 'spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base'],
  'time zones are case-sensitive': ['CronJob', cron({ timeZone: 'europe/berlin' }), 'spec.timeZone: Invalid value: "europe/berlin": unknown time zone europe/berlin'],
  'a known time zone': ['CronJob', cron({ timeZone: 'Europe/Berlin' })],
  'an older name of a time zone': ['CronJob', cron({ timeZone: 'US/Pacific' })],
  'concurrency': ['CronJob', cron({ concurrencyPolicy: 'Queue' }), 'spec.concurrencyPolicy: Unsupported value: "Queue": supported values: "Allow", "Forbid", "Replace"'],
  'a selector in a job template': ['CronJob', cron({ jobTemplate: { spec: { selector: { matchLabels: labels }, manualSelector: true, template: podOf({ restartPolicy: 'Never' }) } } }),
    'spec.jobTemplate.spec.selector: Invalid value: {"matchLabels":{"app":"a"}}: `selector` will be auto-generated', 'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"'],
};
const GROUPS: { readonly [kind: string]: string } = { Job: 'batch', CronJob: 'batch' };

for (const [name, [kind, body, ...expected]] of Object.entries(CREATES)) {
  test(`${kind}: ${name}`, () => { assert.deepEqual(createErrors(GROUPS[kind] ?? 'apps', 'v1', kind, body), expected); });
}

test('selectors of Deployments, ReplicaSets and DaemonSets are immutable', () => {
  const other = { selector: { matchLabels: { z: 'b', app: 'a' } }, template: { metadata: { labels: { z: 'b', app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } };
  for (const kind of ['Deployment', 'ReplicaSet', 'DaemonSet']) {
    assert.deepEqual(updateErrors('apps', 'v1', kind, workload(), { spec: other }), ['spec.selector: Invalid value: {"matchLabels":{"app":"a","z":"b"}}: field is immutable'], kind);
  }
});

test('a StatefulSet keeps all but seven fields', () => {
  assert.deepEqual(updateErrors('apps', 'v1', 'StatefulSet', workload(), workload({ replicas: 3, minReadySeconds: 1, revisionHistoryLimit: 2 })), []);
  assert.deepEqual(updateErrors('apps', 'v1', 'StatefulSet', workload(), workload({ serviceName: 'Not_A_Label' })), [
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"]);
});

test('counts of a status fit together', () => {
  const status = (counts: Fields): Fields => ({ ...workload(), status: counts });
  assert.deepEqual(updateErrors('apps', 'v1', 'Deployment', status({ collisionCount: 2 }), status({ replicas: 1, readyReplicas: 2, availableReplicas: 3, updatedReplicas: -1, collisionCount: 1 }), 'status'), [
    'status.updatedReplicas: Invalid value: -1: must be greater than or equal to 0', 'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas', 'status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas',
    'status.collisionCount: Invalid value: 1: cannot be decremented']);
});

test('what of a Job may change', () => {
  const update = (from: Fields, to: Fields): readonly string[] => updateErrors('batch', 'v1', 'Job', from, to);
  const resized = (cpu: string): Fields => ({ template: podOf({ restartPolicy: 'Never', containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }] }) });
  assert.deepEqual(update(job({ completions: 1 }), job({ completions: 1, parallelism: 3, backoffLimit: 1, suspend: true })), []);
  assert.deepEqual(update(job({ completions: 1 }), job({ completions: 2 })), ['spec.completions: Invalid value: 2: field is immutable']);
  assert.deepEqual(update(job({ completionMode: 'Indexed', completions: 1, parallelism: 1 }), job({ completionMode: 'Indexed', completions: 2, parallelism: 2 })), []);
  assert.deepEqual(update(job({ completionMode: 'Indexed', completions: 1, parallelism: 1 }), job({ completionMode: 'Indexed', completions: 2, parallelism: 1 })), [
    'spec.completions: Invalid value: 2: can only be modified in tandem with spec.parallelism']);
  const [changed = '', ...more] = update(job(resized('1')), job(resized('2')));
  assert.deepEqual(more, []);
  assert.match(changed, /^spec\.template: Invalid value: \{"labels":\{.*"Spec":\{"Volumes":null,"InitContainers":null,"Containers":\[\{"Name":"c","Image":"i",.*field is immutable$/);
  assert.deepEqual(update(job({ ...resized('1'), suspend: true }), job({ ...resized('2'), suspend: true })), []);
});

test('conditions of a Job', () => {
  const condition = (type: string): Fields => ({ type, status: 'True' });
  const update = (from: Fields, to: Fields): readonly string[] => updateErrors('batch', 'v1', 'Job', { ...job(), status: from }, { ...job(), status: to }, 'status');
  const startTime = '2026-01-01T00:00:00Z';
  assert.deepEqual(update({ startTime }, { startTime, completionTime: '2026-01-01T00:00:01Z', conditions: [condition('SuccessCriteriaMet'), condition('Complete')] }), []);
  assert.deepEqual(update({ startTime }, { startTime, active: 1, conditions: [condition('Complete')] }), [
    'status.completionTime: Required value: completionTime is required for Complete jobs',
    'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition', 'status.active: Invalid value: 1: active>0 is invalid for finished job']);
  assert.deepEqual(update({ startTime, failed: 1, conditions: [condition('FailureTarget'), condition('Failed')] }, { startTime }), [
    'status.conditions: Invalid value: cannot disable the terminal Failed=True condition', 'status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition',
    'status.failed: Invalid value: 0: cannot decrease the failed counter']);
});

test('ReplicationControllers', () => {
  assert.deepEqual(createErrors('', 'v1', 'ReplicationController', { metadata: { name: 'A' }, spec: { replicas: -1, minReadySeconds: -1 } }), [
    "metadata.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0', 'spec.selector: Required value', 'spec.replicas: Invalid value: -1: must be greater than or equal to 0', 'spec.template: Required value']);
});
