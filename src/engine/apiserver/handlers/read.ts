import type { KubernetesObject } from '../../api/object';
import type { ResourceDefinition } from '../../api/resources/definition';
import type { FieldSelector, Selector} from '../../api/selectors';
import { SelectorError, parseFieldSelector, parseLabelSelector } from '../../api/selectors';
import { badRequest, expired, failure, isStatus, notFound, type Status } from '../../api/status';
import type { Process } from '../../simulation/process';
import { refuse, type Answer, type RequestContext } from '../context';
import { fieldSupported, fieldValue } from '../fieldSelectors';
import type { ListResult, RequestOptions } from '../request';
import { presentedInAnotherVersion } from '../versions';
import type { Filter } from '../watchCache';

/** GET of one object. */
export function* get(context: RequestContext): Process<Answer> {
  const { storage, namespace, name } = context;
  const object = storage.current(namespace, name);
  if (!object) return refuse(context, 'storage', notFound(storage.definition, name));
  return { code: 200, object, revision: storage.cache.revision };
}

/** GET of a collection. */
export function list(context: RequestContext, currentRevision: number): ListResult | Status {
  const { definition, storage, options } = context;
  const filter = filterOf(context.definition, context.namespace, options);
  if (isStatus(filter)) return filter;
  const from = startOf(options);
  if (isStatus(from)) return from;
  const all = select(storage.cache.list(), filter as Filter);
  const rest = from.after === '' ? all : all.filter((o) => keyOf(o) > from.after);
  const limit = options.limit ?? 0;
  const page = limit > 0 && rest.length > limit ? rest.slice(0, limit) : rest;
  const revision = from.revision || String(currentRevision);
  const items = definition.storedAs ? page.map((o) => presentedInAnotherVersion(definition, o)) : page;
  const more = page.length < rest.length;
  return {
    apiVersion: definition.group ? `${definition.group}/${definition.version}` : definition.version, kind: definition.listKind, items, resourceVersion: revision,
    ...(more ? { continueToken: encodeContinue({ revision, after: keyOf(page.at(-1) as KubernetesObject) }), ...(filter.matches ? {} : { remainingItemCount: rest.length - page.length }) } : {}),
  };
}

/** The objects of a collection that a filter admits. */
export function select(objects: readonly KubernetesObject[], filter: Filter): readonly KubernetesObject[] {
  if (filter.namespace === '' && filter.matches === undefined) return objects;
  return objects.filter((o) => (filter.namespace === '' || o.metadata.namespace === filter.namespace) && (filter.matches === undefined || filter.matches(o)));
}

/** Compiles the selectors of a list or watch. */
export function filterOf(definition: ResourceDefinition, namespace: string, options: RequestOptions): Filter | Status {
  const label = options.labelSelector ? parseLabelSelector(options.labelSelector) : undefined;
  if (label instanceof SelectorError) return badRequest(`unable to parse requirement: ${label.message}`);
  const field = options.fieldSelector ? parseFieldSelector(options.fieldSelector) : undefined;
  if (field instanceof SelectorError) return badRequest(field.message);
  for (const term of field?.terms ?? []) if (!fieldSupported(definition, term.field)) return badRequest(`Unable to find "${definition.group ? `${definition.group}/` : ''}${definition.version}, Resource=${definition.resource}" that match label selector "${options.labelSelector ?? ''}", field selector "${options.fieldSelector ?? ''}": field label not supported: ${term.field}`);
  if (!label && !field) return { namespace, matches: undefined };
  const exact = (name: string): string | undefined => field?.terms.find((t) => t.field === name && !t.negated)?.value;
  const nodeName = definition.resource === 'pods' && definition.group === '' ? exact('spec.nodeName') : undefined;
  const name = exact('metadata.name');
  return { namespace, matches: matcher(label, field), ...(nodeName ? { nodeName } : {}), ...(name ? { name } : {}) };
}

function matcher(label: Selector | undefined, field: FieldSelector | undefined): (object: KubernetesObject) => boolean {
  return (object) => (label === undefined || label.matches(object.metadata.labels)) && (field === undefined || field.terms.every((t) => (fieldValue(object, t.field) === t.value) !== t.negated));
}

interface Continue { readonly revision: string; readonly after: string }
const keyOf = (object: KubernetesObject): string => (object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name);

/** Opaque to clients; letters only, so that it needs no escaping. */
function encodeContinue(token: Continue): string {
  return [...JSON.stringify(token)].map((c) => c.charCodeAt(0).toString(16).padStart(4, '0')).join('');
}

function startOf(options: RequestOptions): Continue | Status {
  if (!options.continueToken) return { revision: '', after: '' };
  const text = options.continueToken.replace(/[0-9a-f]{4}/g, (hex) => String.fromCharCode(parseInt(hex, 16)));
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'after' in parsed && 'revision' in parsed) return { revision: String(parsed.revision), after: String(parsed.after) };
  } catch { /* answered below as any other unreadable token */ }
  return badRequest('continue key is not valid: illegal base64 data');
}

export const tooOld = (asked: number, oldest: number): Status => expired(`too old resource version: ${asked} (${oldest})`);
export const tooLarge = (asked: number, current: number): Status => failure(504, 'Timeout', `Too large resource version: ${asked}, current: ${current}`, { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 });
