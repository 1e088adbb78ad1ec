import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import descriptions from '../../../src/engine/api/generated/descriptions.json';
import { SCHEMA } from '../../../src/engine/api/generated/schema';
import { openAPIDocument, openAPIIndex, parseOpenAPIPath } from '../../../src/engine/api/openapi/document';
import type { OpenAPITexts, Schema } from '../../../src/engine/api/openapi/schemas';
import supplement from '../../../src/engine/api/openapi/supplement.json';
import { openAPIName } from '../../../src/engine/api/openapi/typeNames';
import { BUILT_IN_RESOURCES, ResourceRegistry } from '../../../src/engine/api/resources/registry';

const registry = new ResourceRegistry();
const texts = { descriptions, supplement } as unknown as OpenAPITexts;
interface Document { readonly paths: { readonly [path: string]: { readonly [method: string]: Schema } }; readonly components: { readonly schemas: { readonly [name: string]: Schema & { readonly properties: { readonly [field: string]: Schema } } } } }
const documentOf = (group: string, version: string) => openAPIDocument(registry, group, version, texts) as Document;

describe('OpenAPI v3', () => {
  const apps = documentOf('apps', 'v1');
  const schema = (name: string) => {
    const found = apps.components.schemas[name];
    assert.ok(found, name);
    return found;
  };

  test('a kind', () => {
    const deployment = schema('io.k8s.api.apps.v1.Deployment');
    assert.deepEqual(deployment['x-kubernetes-group-version-kind'], [{ group: 'apps', kind: 'Deployment', version: 'v1' }]);
    assert.match(JSON.stringify(deployment.properties.spec), /#\/components\/schemas\/io\.k8s\.api\.apps\.v1\.DeploymentSpec"/);
  });
  test('an enumeration, as explain shows it', () => {
    const { type } = schema('io.k8s.api.apps.v1.DeploymentStrategy').properties;
    assert.deepEqual(type?.enum, ['Recreate', 'RollingUpdate']);
    assert.equal(type?.description, [
      'Type of deployment. Can be "Recreate" or "RollingUpdate". Default is RollingUpdate.', '', 'Possible enum values:', ' - `"Recreate"` Kill all existing pods before creating new ones.',
      ' - `"RollingUpdate"` Replace the old ReplicaSets by new one using rolling update i.e gradually scale down the old ReplicaSets and scale up the new one.',
    ].join('\n'));
  });
  test('merge facts', () => {
    const pod = schema('io.k8s.api.core.v1.PodSpec').properties;
    const facts = (field: string) => Object.entries(pod[field] ?? {}).filter(([key]) => key.startsWith('x-')).map(([key, value]) => `${key.slice('x-kubernetes-'.length)}=${String(value)}`).sort();
    assert.deepEqual(facts('topologySpreadConstraints'), ['list-map-keys=topologyKey,whenUnsatisfiable', 'list-type=map', 'patch-merge-key=topologyKey', 'patch-strategy=merge']);
    assert.deepEqual(facts('volumes'), ['list-map-keys=name', 'list-type=map', 'patch-merge-key=name', 'patch-strategy=merge,retainKeys']);
    assert.deepEqual(facts('nodeSelector'), ['map-type=atomic']);
    assert.deepEqual(facts('tolerations'), ['list-type=atomic']);
    assert.equal(schema('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector')['x-kubernetes-map-type'], 'atomic');
  });
  test('quantities and times are types of their own', () => {
    const limits = schema('io.k8s.api.core.v1.ResourceRequirements').properties.limits;
    assert.deepEqual(limits?.additionalProperties, { allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity' }], default: {} });
  });
  test('what kubectl asks of a patch', () => {
    const patch = apps.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.patch as { parameters: { name: string }[]; requestBody: { content: object }; 'x-kubernetes-group-version-kind': object } | undefined;
    assert.ok(patch);
    assert.deepEqual(patch.parameters.map((p) => p.name), ['dryRun', 'fieldManager', 'fieldValidation', 'force']);
    assert.ok('application/strategic-merge-patch+json' in patch.requestBody.content);
    assert.deepEqual(patch['x-kubernetes-group-version-kind'], { group: 'apps', kind: 'Deployment', version: 'v1' });
  });
  test('every reference is defined, in every document', () => {
    for (const { group, versions } of registry.groups()) {
      for (const version of versions) {
        const document = documentOf(group, version);
        const text = JSON.stringify(document);
        for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) assert.ok(document.components.schemas[name], `${group}/${version}: ${name}`);
      }
    }
  });
  test('every served type has an OpenAPI name', () => {
    for (const { schema: type } of BUILT_IN_RESOURCES) if (SCHEMA[type]) assert.ok(openAPIName(type), type);
  });
  test('the index names a document for each version, by hash', () => {
    const { paths } = openAPIIndex(registry) as { paths: { [path: string]: { serverRelativeURL: string } } };
    assert.match(paths['apis/apps/v1']?.serverRelativeURL ?? '', /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{16}$/);
    assert.ok(paths['api/v1']);
  });
  test('paths', () => assert.deepEqual([parseOpenAPIPath('apis/apps/v1'), parseOpenAPIPath('api/v1'), parseOpenAPIPath('apis/apps')], [{ group: 'apps', version: 'v1' }, { group: '', version: 'v1' }, undefined]));
  test('custom resources bring their own schema', () => {
    const custom = new ResourceRegistry();
    const base = registry.forObject('apps/v1', 'Deployment');
    assert.ok(base);
    custom.register([{ ...base, group: 'example.com', version: 'v1', kind: 'Gadget', listKind: 'GadgetList', resource: 'gadgets', schema: '', subresources: [] }]);
    const openAPIV3Schema = { type: 'object', description: 'A gadget.', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } };
    const document = openAPIDocument(custom, 'example.com', 'v1', texts, () => openAPIV3Schema) as Document;
    const gadget = document.components.schemas['com.example.v1.Gadget'];
    assert.deepEqual([gadget?.description, Object.keys(gadget?.properties ?? {}).sort(), gadget?.['x-kubernetes-group-version-kind']], ['A gadget.', ['apiVersion', 'kind', 'metadata', 'spec'], [{ group: 'example.com', kind: 'Gadget', version: 'v1' }]]);
    const other = openAPIIndex(custom, () => ({ type: 'object' })) as { paths: { [path: string]: { serverRelativeURL: string } } };
    const one = openAPIIndex(custom, () => openAPIV3Schema) as { paths: { [path: string]: { serverRelativeURL: string } } };
    assert.notEqual(one.paths['apis/example.com/v1']?.serverRelativeURL, other.paths['apis/example.com/v1']?.serverRelativeURL);
  });
});
