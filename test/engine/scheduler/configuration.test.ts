import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration, type SchedulerConfiguration } from '../../../src/engine/scheduler/configuration';
import { describeDecision } from '../../../src/engine/scheduler/decision';
import { PLUGINS } from '../../../src/engine/scheduler/plugins/registry';
import { makeCore, makeNode, makePod } from './fixtures';

const HEAD = { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration' };
const parse = (rest: object): ReturnType<typeof parseConfiguration> => parseConfiguration({ ...HEAD, ...rest }, new Set(PLUGINS.keys()));
const withArgs = (name: string, args: object): object => ({ profiles: [{ pluginConfig: [{ name, args }] }] });

function valid(rest: object): SchedulerConfiguration {
  const { configuration, errors } = parse(rest);
  assert.deepEqual(errors, []);
  return configuration;
}

const ARGS = 'profiles[0].pluginConfig[0].args';
const WRONG: readonly (readonly [object, readonly string[]])[] = [
  [{ podMaxBackoffSecond: 3 }, ['unknown field "podMaxBackoffSecond"']],
  [{ percentageOfNodesToScore: '50' }, ['percentageOfNodesToScore: Invalid value: "50": must be a whole number']],
  [{ profiles: [{ percentageOfNodesToScore: 200 }] }, ['profiles[0].percentageOfNodesToScore: Invalid value: 200: not in valid range [0-100]']],
  [{ profiles: [{ plugins: { scoring: {} } }] }, ['unknown field "profiles[0].plugins.scoring"']],
  [{ extenders: [{ urlPrefix: 'http://x' }] }, ['extenders: Forbidden: this scheduler calls no extenders']],
  [{ profiles: [{}, {}] }, ['profiles[1].schedulerName: Duplicate value: "default-scheduler"']],
  [withArgs('Nope', {}), ['profiles[0].pluginConfig[0].name: Not found: "Nope"']],
  [withArgs('NodeResourcesFit', { scoringStrategy: { type: 'Best' } }), [`${ARGS}.scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"`]],
  [withArgs('NodeResourcesFit', { scoringStrategy: { resources: [{ name: 'cpu', weight: 101 }] } }), [`${ARGS}.scoringStrategy.resources[0].weight: Invalid value: 101: resource weight of cpu not in valid range [1-100]`]],
  [withArgs('NodeResourcesFit', { scoringStrategy: { type: 'RequestedToCapacityRatio' } }), [`${ARGS}.scoringStrategy.shape: Required value: at least one point must be specified`]],
  [withArgs('NodeResourcesFit', { scoringStrategy: { type: 'RequestedToCapacityRatio', requestedToCapacityRatio: { shape: [{ utilization: 50, score: 11 }, { utilization: 50, score: 1 }] } } }),
    [`${ARGS}.scoringStrategy.shape[0].score: Invalid value: 11: not in valid range [0-10]`, `${ARGS}.scoringStrategy.shape[1].utilization: Invalid value: 50: utilization values must be sorted in increasing order`]],
  [withArgs('InterPodAffinity', { hardPodAffinityWeight: 101 }), [`${ARGS}.hardPodAffinityWeight: Invalid value: 101: not in valid range [0-100]`]],
  [withArgs('InterPodAffinity', { hardWeight: 1 }), [`${ARGS}: unknown field "hardWeight"`]],
  [withArgs('PodTopologySpread', { defaultConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }] }), [`${ARGS}.defaultingType: Invalid value: when .defaultConstraints are specified, must be "List"`]],
  [withArgs('PodTopologySpread', { defaultingType: 'List', defaultConstraints: [{ maxSkew: 0, whenUnsatisfiable: 'No', labelSelector: {} }] }), [
    `${ARGS}.defaultConstraints[0].maxSkew: Invalid value: 0: not in valid range (0, inf)`, `${ARGS}.defaultConstraints[0].topologyKey: Required value: can not be empty`,
    `${ARGS}.defaultConstraints[0].whenUnsatisfiable: Unsupported value: "No": supported values: "DoNotSchedule", "ScheduleAnyway"`, `${ARGS}.defaultConstraints[0].labelSelector: Forbidden: constraint must not define a selector, as they deduced for each pod`]],
  [withArgs('DefaultPreemption', { minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0 }), [`${ARGS}: Invalid value: both minCandidateNodesPercentage and minCandidateNodesAbsolute cannot be zero`]],
  [withArgs('NodeAffinity', { addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } }), [`${ARGS}.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term`]],
  [withArgs('ImageLocality', { size: 1 }), [`${ARGS}: unknown field "size"`]],
];

for (const [rest, expected] of WRONG) test(`refused: ${expected[0] ?? ''}`, () => { assert.deepEqual(parse(rest).errors, expected); });

test('what a real file holds besides is read over', () => {
  valid({ parallelism: 16, leaderElection: { leaderElect: true }, clientConnection: { kubeconfig: '/etc/kubernetes/scheduler.conf' }, profiles: [{ schedulerName: 'default-scheduler', pluginConfig: [{ name: 'NodeResourcesFit', args: { apiVersion: HEAD.apiVersion, kind: 'NodeResourcesFitArgs' } }] }] });
});

const zoned = (name: string, zone: string): ReturnType<typeof makeNode> => makeNode(name, { labels: { zone } });

test('addedAffinity: only nodes that the configuration admits', () => {
  const configuration = valid(withArgs('NodeAffinity', { addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['b'] }] }] } } }));
  const core = makeCore([zoned('n1', 'a'), zoned('n2', 'b')], { configuration });
  assert.equal(core.attempt(makePod('p', {})).decision.node, 'n2');
  assert.equal(core.attempt(makePod('q', { spec: { nodeSelector: { zone: 'a' } } })).decision.message.split('.')[0], "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) didn't match scheduler-enforced node affinity");
});

test('RequestedToCapacityRatio packs where the shape says so', () => {
  const configuration = valid(withArgs('NodeResourcesFit', { scoringStrategy: { type: 'RequestedToCapacityRatio', resources: [{ name: 'cpu', weight: 3 }], requestedToCapacityRatio: { shape: [{ utilization: 0, score: 0 }, { utilization: 100, score: 10 }] } } }));
  const { nodes } = describeDecision(makeCore([makeNode('n1'), makeNode('n2'), makePod('there', { cpu: '2', spec: { nodeName: 'n2' } })], { configuration }).attempt(makePod('p', { cpu: '1' })).decision);
  assert.ok((nodes[1]?.scores?.['NodeResourcesFit'] ?? 0) > (nodes[0]?.scores?.['NodeResourcesFit'] ?? 0), JSON.stringify(nodes));
});

test('hardPodAffinityWeight: what existing pods require counts as much as it says', () => {
  const affine = makePod('there', { labels: { app: 'db' }, spec: { nodeName: 'n2', affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } }] } } } });
  const score = (weight: number): number => describeDecision(makeCore([zoned('n1', 'a'), zoned('n2', 'b'), affine], { configuration: valid(withArgs('InterPodAffinity', { hardPodAffinityWeight: weight })) }).attempt(makePod('p', { labels: { app: 'web' } })).decision).nodes[1]?.scores?.['InterPodAffinity'] ?? 0;
  assert.deepEqual([score(0), score(1), score(100)], [0, 200, 200]);
});

test('the backoffs of the file are those of the queue, and the percentage that of the search', () => {
  const configuration = valid({ podInitialBackoffSeconds: 2, podMaxBackoffSeconds: 8, percentageOfNodesToScore: 50 });
  assert.deepEqual([configuration.podInitialBackoffSeconds, configuration.podMaxBackoffSeconds], [2, 8]);
  const core = makeCore(Array.from({ length: 300 }, (_, i) => makeNode(`n${i}`)), { configuration });
  assert.equal(core.attempt(makePod('p', {})).decision.feasibleNodes, 150);
});
