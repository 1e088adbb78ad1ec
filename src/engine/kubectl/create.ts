import { convertRemoved } from '../api/conversion/convert';
import type { KubernetesObject } from '../api/object';
import { failure, isStatus, type Status } from '../api/status';
import type { ApiServer, Sender } from '../apiserver/request';
import type { ResourceRegistry } from '../api/resources/registry';
import { sleep, type Process } from '../simulation/process';
import { checkTyped, displayName, mapKind } from './mapping';

/** A document as it is to be created: only its place and its value matter here. */
export interface CreateDocument {
  readonly file: string;
  readonly index: number;
  readonly value: { readonly [field: string]: unknown };
}

/** What became of one document. */
export interface DocumentOutcome {
  readonly file: string;
  readonly index: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** HTTP status; 201 when it was created. */
  readonly code: number;
  readonly reason: string;
  /** What kubectl prints: "deployment.apps/web created", or the error. */
  readonly message: string;
  readonly warnings: readonly string[];
  /** The refusal with its causes and their fields. */
  readonly status?: Status;
  readonly object?: KubernetesObject;
  /** The trace message of the request; 0 when none was sent. */
  readonly request: number;
}

export interface CreateOptions {
  readonly api: ApiServer;
  readonly registry: ResourceRegistry;
  readonly sender: Sender;
  /** For objects that name none. */
  readonly namespace?: string;
  readonly refuseRemoved?: boolean;
  readonly dryRun?: boolean;
}

/** kubectl create -f: one document after the other; a refusal does not stop the next. */
export function* createDocuments(documents: readonly CreateDocument[], options: CreateOptions): Process<readonly DocumentOutcome[]> {
  const outcomes: DocumentOutcome[] = [];
  for (const document of documents) {
    outcomes.push(yield* createDocument(document, options));
    yield* sleep(0);
  }
  return outcomes;
}

function* createDocument(document: CreateDocument, options: CreateOptions): Process<DocumentOutcome> {
  const { value } = document;
  const metadata = (typeof value.metadata === 'object' && value.metadata !== null ? value.metadata : {}) as { readonly name?: unknown; readonly namespace?: unknown };
  const base = {
    file: document.file, index: document.index, apiVersion: String(value.apiVersion ?? ''), kind: String(value.kind ?? ''),
    namespace: typeof metadata.namespace === 'string' ? metadata.namespace : '', name: typeof metadata.name === 'string' ? metadata.name : '', request: 0,
  };
  const refused = (status: Status, warnings: readonly string[] = []): DocumentOutcome => ({ ...base, code: status.code, reason: status.reason ?? '', message: status.message ?? '', warnings, status });
  const untyped = checkTyped(value);
  if (untyped) return refused(untyped);
  const mapped = mapKind(options.registry, base.apiVersion, base.kind, options.refuseRemoved === true);
  if (isStatus(mapped)) return refused(mapped as Status);
  const { definition, warnings, convertedFrom } = mapped as Exclude<typeof mapped, Status>;
  if (!definition.verbs.includes('create')) return refused(failure(405, 'MethodNotAllowed', `the server does not allow this method on the requested resource`, {}), warnings);
  const body = convertedFrom === undefined ? value : convertRemoved(value);
  const namespace = definition.namespaced ? base.namespace || options.namespace || 'default' : '';
  const response = yield* options.api.request(options.sender, {
    verb: 'create', group: definition.group, version: definition.version, resource: definition.resource, namespace, body,
    options: { fieldValidation: 'Strict', fieldManager: 'kubectl-create', ...(options.dryRun ? { dryRun: true } : {}) },
  });
  const all = [...warnings, ...response.warnings];
  if (isStatus(response.object)) return { ...refused(response.object, all), namespace, request: response.message };
  const object = response.object as KubernetesObject;
  return {
    ...base, namespace, name: object.metadata?.name ?? base.name, code: response.code, reason: '', message: `${displayName(definition, object.metadata?.name ?? '')} created${options.dryRun ? ' (server dry run)' : ''}`,
    warnings: all, object, request: response.message,
  };
}
