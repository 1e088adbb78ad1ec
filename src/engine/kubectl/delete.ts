import { failure, isStatus, type Status } from '../api/status';
import type { Process } from '../simulation/process';
import type { CreateDocument, CreateOptions, DocumentOutcome } from './create';
import { checkTyped, displayName, mapKind } from './mapping';

/** kubectl delete -f: what the documents name, in reverse of nothing: in their order, with background propagation. */
export function* deleteDocuments(documents: readonly CreateDocument[], options: CreateOptions): Process<readonly DocumentOutcome[]> {
  const outcomes: DocumentOutcome[] = [];
  for (const document of documents) outcomes.push(yield* deleteDocument(document, options));
  return outcomes;
}

function* deleteDocument(document: CreateDocument, options: CreateOptions): Process<DocumentOutcome> {
  const { value } = document;
  const metadata = (typeof value.metadata === 'object' && value.metadata !== null ? value.metadata : {}) as { readonly name?: unknown; readonly namespace?: unknown };
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  const base = { file: document.file, index: document.index, apiVersion: String(value.apiVersion ?? ''), kind: String(value.kind ?? ''), namespace: typeof metadata.namespace === 'string' ? metadata.namespace : '', name, request: 0, warnings: [] };
  const refused = (status: Status): DocumentOutcome => ({ ...base, code: status.code, reason: status.reason ?? '', message: status.message ?? '', status });
  const untyped = checkTyped(value);
  if (untyped) return refused(untyped);
  if (name === '') return refused(failure(400, 'BadRequest', 'resource name may not be empty'));
  const mapped = mapKind(options.registry, base.apiVersion, base.kind, options.refuseRemoved === true);
  if (isStatus(mapped)) return refused(mapped as Status);
  const { definition } = mapped as Exclude<typeof mapped, Status>;
  const namespace = definition.namespaced ? base.namespace || options.namespace || 'default' : '';
  const response = yield* options.api.request(options.sender, {
    verb: 'delete', group: definition.group, version: definition.version, resource: definition.resource, namespace, name, options: { propagationPolicy: 'Background' },
  });
  if (isStatus(response.object) && response.object.status === 'Failure') return { ...refused(response.object), namespace, request: response.message };
  return { ...base, namespace, code: response.code, reason: '', message: `${displayName(definition, name).replace('/', ' "')}" deleted`, request: response.message };
}
