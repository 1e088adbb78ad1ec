import { apiGroup, apiGroupList, apiResourceList, apiVersions, AGGREGATED_MEDIA_TYPE, aggregatedDiscovery, wantsAggregated } from '../engine/api/discovery/documents';
import { VERSION } from '../engine/api/discovery/version';
import { openAPIDocument, openAPIIndex, parseOpenAPIPath } from '../engine/api/openapi/document';
import type { ResourceDefinition } from '../engine/api/resources/definition';
import type { KubeApiServer } from '../engine/apiserver/server';

export interface Document {
  readonly body: object;
  readonly type?: string;
}

const PATHS = ['/api', '/api/v1', '/apis', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'];
const MAX_CACHED = 64;

/** What the server serves besides resources: discovery, OpenAPI and its version. */
export class Documents {
  /** OpenAPI documents by path; made anew when the resources change. */
  private readonly cached = new Map<string, object>();
  private generation: readonly ResourceDefinition[] = [];

  constructor(private readonly api: KubeApiServer, private readonly address: () => string) {}

  async get(path: string, accept: string): Promise<Document | undefined> {
    const { registry } = this.api;
    if (path === '/version') return { body: VERSION };
    if ((path === '/api' || path === '/apis') && wantsAggregated(accept)) return { body: aggregatedDiscovery(registry, path === '/api' ? 'api' : 'apis'), type: AGGREGATED_MEDIA_TYPE };
    if (path === '/api') return { body: apiVersions(registry, this.address()) };
    if (path === '/apis') return { body: apiGroupList(registry) };
    if (path.startsWith('/openapi/v3')) { const body = await this.openAPI(path); return body && { body }; }
    if (path === '') return { body: { paths: PATHS } };
    const body = this.discovery(path.split('/').slice(1));
    return body && { body };
  }

  private discovery([root, first = '', second = '', ...more]: readonly string[]): object | undefined {
    const { registry } = this.api;
    if (more.length > 0) return undefined;
    if (root === 'api' && second === '') return apiResourceList(registry, '', first);
    if (root !== 'apis') return undefined;
    return second === '' ? apiGroup(registry, first) : apiResourceList(registry, first, second);
  }

  /** The texts of the documents are large, and loaded when somebody asks for one. */
  private async openAPI(path: string): Promise<object | undefined> {
    const { registry } = this.api;
    if (this.generation !== registry.all()) { this.generation = registry.all(); this.cached.clear(); }
    const known = this.cached.get(path);
    if (known) return known;
    const schemas = (definition: ResourceDefinition): ReturnType<KubeApiServer['customSchemaOf']> => this.api.customSchemaOf(definition);
    const asked = parseOpenAPIPath(path.slice('/openapi/v3'.length));
    const body = path === '/openapi/v3' ? openAPIIndex(registry, schemas) : asked && openAPIDocument(registry, asked.group, asked.version, (await import('./openapiTexts')).openAPITexts(), schemas);
    if (body && this.cached.size < MAX_CACHED) this.cached.set(path, body);
    return body;
  }
}
