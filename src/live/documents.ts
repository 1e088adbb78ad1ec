import { convertRemoved } from '../engine/api/conversion/convert';
import { parseApiVersion } from '../engine/api/object';
import { ResourceRegistry } from '../engine/api/resources/registry';
import { isStatus } from '../engine/api/status';
import { checkTyped, mapKind, noMatches } from '../engine/kubectl/mapping';
import { parseManifest, type ManifestDocument } from '../engine/manifest/parse';
import { fileName } from '../worker/cluster';
import type { FileText, RunSummary } from '../worker/protocol';
import { pathOf, type Api, type Resource } from './api';
import { nameOf } from './guard';

/** A document that can be sent. */
export interface Sendable {
  readonly document: ManifestDocument;
  readonly resource: Resource;
  /** '' for what has none. */
  readonly namespace: string;
  readonly name: string;
  readonly body: object;
  readonly path: string;
  /** What kubectl would say of an old version that is converted. */
  readonly warnings: readonly string[];
}

export interface Unsendable { readonly document: ManifestDocument; readonly message: string; readonly code: number; readonly reason: string }

export interface Read {
  readonly documents: readonly ManifestDocument[];
  readonly unreadable: RunSummary['unreadable'];
}

/** The documents of the files, as far as they are wanted. */
export function readFiles(files: readonly FileText[]): Read {
  const documents: ManifestDocument[] = [];
  const unreadable: { readonly file: string; readonly message: string }[] = [];
  for (const { file, text, only } of files) {
    const parsed = parseManifest(text, file);
    documents.push(...parsed.documents.filter((d) => only === undefined || d.index === only));
    if (only === undefined) unreadable.push(...parsed.errors.map((e) => ({ file, message: `${fileName(file)}, line ${e.range.start.line + 1}: ${e.message}` })));
  }
  return { documents, unreadable };
}

const registry = new ResourceRegistry();

/** Finds where each document is sent to; custom resources are looked up in the server's discovery. */
export async function address(documents: readonly ManifestDocument[], api: Api, defaultNamespace: string, refuseRemoved: boolean, signal?: AbortSignal): Promise<{ readonly sendable: readonly Sendable[]; readonly refused: readonly Unsendable[] }> {
  const sendable: Sendable[] = [];
  const refused: Unsendable[] = [];
  const discovered = new Map<string, readonly Resource[] | undefined>();
  for (const document of documents) {
    const untyped = checkTyped(document.value);
    if (untyped) { refused.push({ document, message: untyped.message ?? '', code: untyped.code, reason: untyped.reason ?? '' }); continue; }
    const mapped = mapKind(registry, document.apiVersion, document.kind, refuseRemoved);
    const known = !isStatus(mapped) ? mapped as Exclude<typeof mapped, { readonly kind: 'Status' }> : undefined;
    const resource = known?.definition ?? await discover(document.apiVersion, document.kind, api, discovered, signal);
    if (!resource) {
      const status = isStatus(mapped) ? mapped : noMatches(document.apiVersion, document.kind);
      refused.push({ document, message: status.message ?? '', code: status.code, reason: status.reason ?? '' });
      continue;
    }
    const body = known?.convertedFrom === undefined ? document.value : convertRemoved(document.value);
    const namespace = resource.namespaced ? document.namespace || defaultNamespace : '';
    const { group, version, resource: plural, kind, namespaced } = resource;
    const place = { group, version, resource: plural, kind, namespaced };
    sendable.push({ document, resource: place, namespace, name: nameOf(body), body, path: pathOf(place, namespace), warnings: known?.warnings ?? [] });
  }
  return { sendable, refused };
}

async function discover(apiVersion: string, kind: string, api: Api, known: Map<string, readonly Resource[] | undefined>, signal?: AbortSignal): Promise<Resource | undefined> {
  const { group, version } = parseApiVersion(apiVersion);
  if (!known.has(apiVersion)) known.set(apiVersion, await api.discover(group, version, signal));
  return known.get(apiVersion)?.find((r) => r.kind === kind);
}

/** "Deployment default/web" */
export const wordsOf = ({ resource, namespace, name }: Pick<Sendable, 'resource' | 'namespace' | 'name'>): string => `${resource.kind} ${namespace ? `${namespace}/` : ''}${name}`;
