import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions, wantsAggregated, type APIResource } from '../../../src/engine/api/discovery/documents';
import { VERSION } from '../../../src/engine/api/discovery/version';
import { ResourceRegistry } from '../../../src/engine/api/resources/registry';

const registry = new ResourceRegistry();
const resources = (group: string, version: string) => (apiResourceList(registry, group, version) as { resources: APIResource[] }).resources;

describe('discovery', () => {
  test('/api', () => assert.deepEqual(apiVersions(registry, '127.0.0.1:1'), { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:1' }] }));
  test('/apis lists no core group', () => {
    const names = (apiGroupList(registry) as { groups: { name: string }[] }).groups.map((g) => g.name);
    assert.ok(names.includes('apps') && !names.includes(''));
  });
  test('/apis/autoscaling prefers v2', () => assert.equal(apiGroup(registry, 'autoscaling')?.preferredVersion.version, 'v2'));
  test('/apis/nonsense', () => assert.equal(apiGroup(registry, 'nonsense'), undefined));
  test('/apis/apps/v1', () => {
    assert.deepEqual(resources('apps', 'v1').map((r) => r.name), [
      'controllerrevisions', 'daemonsets', 'daemonsets/status', 'deployments', 'deployments/scale', 'deployments/status', 'replicasets', 'replicasets/scale', 'replicasets/status', 'statefulsets', 'statefulsets/scale', 'statefulsets/status',
    ]);
    assert.deepEqual(resources('apps', 'v1')[4], { name: 'deployments/scale', singularName: '', namespaced: true, group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] });
    const deployments = resources('apps', 'v1')[3];
    assert.deepEqual([deployments?.singularName, deployments?.shortNames, deployments?.categories, deployments?.verbs.length], ['deployment', ['deploy'], ['all'], 8]);
  });
  test('/api/v1 names no apiVersion', () => assert.deepEqual(Object.keys(apiResourceList(registry, '', 'v1') ?? {}), ['kind', 'groupVersion', 'resources']));
  test('aggregated', () => {
    const document = aggregatedDiscovery(registry, 'apis') as { items: { metadata: { name: string }; versions: { version: string; resources: { resource: string; scope: string; responseKind: object; subresources?: object[] }[] }[] }[] };
    const apps = document.items.find((g) => g.metadata.name === 'apps');
    const deployments = apps?.versions[0]?.resources.find((r) => r.resource === 'deployments');
    assert.deepEqual([deployments?.scope, deployments?.responseKind], ['Namespaced', { group: 'apps', version: 'v1', kind: 'Deployment' }]);
    assert.deepEqual(deployments?.subresources?.[1], { subresource: 'status', responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' }, verbs: ['get', 'patch', 'update'] });
    assert.equal((aggregatedDiscovery(registry, 'api') as { items: object[] }).items.length, 1);
  });
  const accepts: readonly [string, boolean][] = [
    ['application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json', true],
    ['application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json', false], ['application/json', false], ['*/*', false], ['', false],
  ];
  for (const [accept, wanted] of accepts) test(`Accept: ${accept.slice(0, 60)}`, () => assert.equal(wantsAggregated(accept), wanted));
  test('/version', () => assert.equal(VERSION.gitVersion, 'v1.36.2'));
});
