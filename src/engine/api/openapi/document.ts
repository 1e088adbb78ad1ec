import { SCHEMA } from '../generated/schema';
import { PATCH_TYPES } from '../patch/errors';
import { isObject, own, type JsonObject } from '../patch/json';
import type { GroupVersionKind, ResourceDefinition, SubresourceDefinition } from '../resources/definition';
import type { ResourceRegistry } from '../resources/registry';
import { GIT_VERSION } from '../discovery/version';
import { ref, schemasOf, type OpenAPITexts, type Schema } from './schemas';
import { openAPIName } from './typeNames';

/** The openAPIV3Schema of a custom resource's version; undefined where there is none. */
export type CustomSchemas = (definition: ResourceDefinition) => JsonObject | undefined;

const NO_CUSTOM_SCHEMAS: CustomSchemas = () => undefined;
const pathOf = (group: string, version: string): string => (group ? `apis/${group}/${version}` : `api/${version}`);

/** /openapi/v3: where the document of each group and version is. The hash changes with the document: clients cache by it. */
export function openAPIIndex(registry: ResourceRegistry, customSchemas: CustomSchemas = NO_CUSTOM_SCHEMAS): object {
  const paths: { [path: string]: { readonly serverRelativeURL: string } } = {};
  for (const { group, versions } of registry.groups()) {
    for (const version of versions) {
      const path = pathOf(group, version);
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(registry.inGroupVersion(group, version), customSchemas)}` };
    }
  }
  return { paths };
}

/** Two 32-bit FNV-1a sums as hexadecimal. */
function hashOf(definitions: readonly ResourceDefinition[], customSchemas: CustomSchemas): string {
  const text = GIT_VERSION + JSON.stringify(definitions.map((d) => [d, d.schema ? '' : customSchemas(d) ?? '']));
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return [a, b].map((n) => (n >>> 0).toString(16).toUpperCase().padStart(8, '0')).join('');
}

/** /openapi/v3/apis/G/V (or /openapi/v3/api/v1); undefined where the version is not served. Some milliseconds of work: cache the answer by its hash. */
export function openAPIDocument(registry: ResourceRegistry, group: string, version: string, texts: OpenAPITexts, customSchemas: CustomSchemas = NO_CUSTOM_SCHEMAS): object | undefined {
  const definitions = registry.inGroupVersion(group, version).filter((d) => d.served);
  if (definitions.length === 0) return undefined;
  const schemas = schemasOf(typesOf(definitions), texts);
  schemas.set(PATCH_NAME, { description: 'Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.', type: 'object' });
  for (const definition of definitions) {
    if (definition.schema) addKinds(schemas, definition);
    else addCustom(schemas, definition, customSchemas(definition));
  }
  return {
    openapi: '3.0.0', info: { title: 'Kubernetes', version: GIT_VERSION }, paths: Object.assign({}, ...definitions.map((d) => pathsOf(d))) as object,
    components: { schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

const PATCH_NAME = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';
const ALWAYS = ['ObjectMeta', 'ListMeta', 'DeleteOptions', 'Status', 'WatchEvent'];

/** The name of a kind's list in SCHEMA: mostly with the kind's prefix ("CoreEventList"), sometimes without ("ResourceClaimList"). */
const listType = ({ schema, listKind }: ResourceDefinition): string => (Object.hasOwn(SCHEMA, `${schema}List`) ? `${schema}List` : listKind);

function typesOf(definitions: readonly ResourceDefinition[]): readonly string[] {
  return [...ALWAYS, ...definitions.flatMap((d) => (d.schema ? [d.schema, listType(d), ...d.subresources.map((s) => s.kind.kind)] : []))].filter((type) => Object.hasOwn(SCHEMA, type));
}

const kinds = (...list: readonly GroupVersionKind[]): Schema => ({ 'x-kubernetes-group-version-kind': list.map(({ group, version, kind }) => ({ group, kind, version })) });

function extend(schemas: Map<string, Schema>, type: string, kind: GroupVersionKind): void {
  const name = openAPIName(type);
  const schema = name === undefined ? undefined : schemas.get(name);
  if (name !== undefined && schema) schemas.set(name, { ...schema, ...kinds(kind) });
}

function addKinds(schemas: Map<string, Schema>, definition: ResourceDefinition): void {
  const { group, version, kind, listKind, schema, subresources } = definition;
  extend(schemas, schema, { group, version, kind });
  extend(schemas, listType(definition), { group, version, kind: listKind });
  extend(schemas, 'Status', { group: '', version: 'v1', kind: 'Status' });
  for (const subresource of subresources) if (subresource.kind.kind !== kind) extend(schemas, subresource.kind.kind, subresource.kind);
}

/** "example.com/v1, Kind=Gadget" → "com.example.v1.Gadget". */
const customName = ({ group, version, kind }: GroupVersionKind): string => [...group.split('.').reverse(), version, kind].join('.');
const schemaName = (definition: ResourceDefinition): string => (definition.schema ? openAPIName(definition.schema) ?? definition.kind : customName(definition));

function addCustom(schemas: Map<string, Schema>, definition: ResourceDefinition, schema: JsonObject | undefined): void {
  const { group, version, listKind } = definition;
  const meta = schemas.get(openAPIName('Status') ?? '')?.properties as { readonly apiVersion: Schema; readonly kind: Schema } | undefined;
  const header = { apiVersion: meta?.apiVersion ?? { type: 'string' }, kind: meta?.kind ?? { type: 'string' } };
  const properties = schema && isObject(own(schema, 'properties')) ? (own(schema, 'properties') as JsonObject) : {};
  const name = customName(definition);
  const metadata = { description: 'Standard object\'s metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata', allOf: [ref(openAPIName('ObjectMeta') ?? '')] };
  schemas.set(name, { type: 'object', ...schema, properties: { ...properties, ...header, metadata }, ...kinds(definition) });
  schemas.set(`${name}List`, {
    description: `${listKind} is a list of ${definition.kind}`, type: 'object', required: ['items'],
    properties: { ...header, items: { description: `List of ${definition.resource}.`, type: 'array', items: ref(name) }, metadata: ref(openAPIName('ListMeta') ?? '') }, ...kinds({ group, version, kind: listKind }),
  });
}

const query = (name: string, type: string): Schema => ({ name, in: 'query', schema: { type, uniqueItems: true } });
/** kubectl looks for these parameters before it uses them. */
const WRITE_PARAMETERS: readonly Schema[] = [query('dryRun', 'string'), query('fieldManager', 'string'), query('fieldValidation', 'string')];
const PATCH_PARAMETERS: readonly Schema[] = [...WRITE_PARAMETERS, query('force', 'boolean')];
const LIST_PARAMETERS: readonly Schema[] = [
  query('allowWatchBookmarks', 'boolean'), query('continue', 'string'), query('fieldSelector', 'string'), query('labelSelector', 'string'), query('limit', 'integer'), query('resourceVersion', 'string'),
  query('resourceVersionMatch', 'string'), query('sendInitialEvents', 'boolean'), query('timeoutSeconds', 'integer'), query('watch', 'boolean'),
];
const DELETE_PARAMETERS: readonly Schema[] = [query('dryRun', 'string'), query('gracePeriodSeconds', 'integer'), query('orphanDependents', 'boolean'), query('propagationPolicy', 'string')];

interface Operation { readonly action: string; readonly parameters?: readonly Schema[]; readonly body?: readonly string[]; readonly answer: string }

function operation({ group, version, kind }: GroupVersionKind, { action, parameters, body, answer }: Operation): Schema {
  const media = (types: readonly string[], name: string): Schema => Object.fromEntries(types.map((type) => [type, { schema: ref(name) }]));
  const bodyName = action === 'patch' ? PATCH_NAME : action.startsWith('delete') ? openAPIName('DeleteOptions') ?? answer : answer;
  return {
    ...(parameters ? { parameters } : {}), ...(body ? { requestBody: { content: media(body, bodyName) } } : {}),
    responses: { 200: { description: 'OK', content: media(['application/json', 'application/yaml'], answer) }, 401: { description: 'Unauthorized' } },
    'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': { group, kind, version },
  };
}

function pathsOf(definition: ResourceDefinition): { readonly [path: string]: Schema } {
  const { group, version, resource, namespaced, verbs, subresources } = definition;
  const root = `/${pathOf(group, version)}`;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${resource}` : `${root}/${resource}`;
  const name = schemaName(definition);
  const has = (verb: (typeof verbs)[number]): boolean => verbs.includes(verb);
  const list = has('list') ? { get: operation(definition, { action: 'list', parameters: LIST_PARAMETERS, answer: `${name}List` }) } : {};
  const status = openAPIName('Status') ?? name;
  const paths: { [path: string]: Schema } = {
    [collection]: {
      ...list, ...(has('create') ? { post: operation(definition, { action: 'post', parameters: WRITE_PARAMETERS, body: ['*/*'], answer: name }) } : {}),
      ...(has('deletecollection') ? { delete: operation(definition, { action: 'deletecollection', parameters: [...DELETE_PARAMETERS, ...LIST_PARAMETERS], body: ['*/*'], answer: status }) } : {}),
    },
  };
  if (namespaced && has('list')) paths[`${root}/${resource}`] = list;
  if (has('get')) {
    paths[`${collection}/{name}`] = {
      get: operation(definition, { action: 'get', answer: name }), ...writes(definition, definition, name),
      ...(has('delete') ? { delete: operation(definition, { action: 'delete', parameters: DELETE_PARAMETERS, body: ['*/*'], answer: status }) } : {}),
    };
  }
  for (const subresource of subresources) paths[`${collection}/{name}/${subresource.name}`] = subresourcePath(definition, subresource, name);
  return paths;
}

function writes(definition: ResourceDefinition, { verbs }: { readonly verbs: ResourceDefinition['verbs'] }, answer: string, kind: GroupVersionKind = definition): Schema {
  const types = Object.values(PATCH_TYPES).filter((type) => definition.schema !== '' || type !== PATCH_TYPES.strategic);
  return {
    ...(verbs.includes('update') ? { put: operation(kind, { action: 'put', parameters: WRITE_PARAMETERS, body: ['*/*'], answer }) } : {}),
    ...(verbs.includes('patch') ? { patch: operation(kind, { action: 'patch', parameters: PATCH_PARAMETERS, body: types, answer }) } : {}),
  };
}

function subresourcePath(definition: ResourceDefinition, subresource: SubresourceDefinition, parent: string): Schema {
  const answer = subresource.kind.kind === definition.kind ? parent : openAPIName(subresource.kind.kind) ?? parent;
  return {
    ...(subresource.verbs.includes('get') ? { get: operation(subresource.kind, { action: 'get', answer }) } : {}), ...writes(definition, subresource, answer, subresource.kind),
    ...(subresource.verbs.includes('create') ? { post: operation(subresource.kind, { action: 'post', parameters: WRITE_PARAMETERS, body: ['*/*'], answer }) } : {}),
  };
}

/** The group and version of a document's path: "apis/apps/v1" → apps, v1; undefined for what is no such path. */
export function parseOpenAPIPath(path: string): { readonly group: string; readonly version: string } | undefined {
  const parts = path.split('/').filter(Boolean);
  if (parts[0] === 'api' && parts.length === 2) return { group: '', version: parts[1] ?? '' };
  return parts[0] === 'apis' && parts.length === 3 ? { group: parts[1] ?? '', version: parts[2] ?? '' } : undefined;
}

