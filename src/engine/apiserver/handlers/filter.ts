import type { KubernetesObject } from '../../api/object';
import type { FieldSelector } from '../../api/fieldSelectors';
import type { Selector } from '../../api/selectors';
import { parseFieldSelector } from '../../api/fieldSelectors';
import { parseLabelSelector } from '../../api/labelSelectorText';
import { SelectorError } from '../../api/selectors';
import { badRequest, type Status } from '../../api/status';
import type { RequestContext } from '../context';
import { fieldSupported, fieldValue, unsupportedField } from '../fieldSelectors';
import type { Filter } from '../watchCache';

/** The objects of a collection that a filter admits. */
export function select(objects: readonly KubernetesObject[], filter: Filter): readonly KubernetesObject[] {
  if (filter.namespace === '' && filter.matches === undefined) return objects;
  return objects.filter((o) => (filter.namespace === '' || o.metadata.namespace === filter.namespace) && (filter.matches === undefined || filter.matches(o)));
}

/** Compiles the selectors of a list or watch. One that names an object in its path is of that object alone. */
export function filterOf(context: RequestContext): Filter | Status {
  const { definition, namespace, options } = context;
  const label = options.labelSelector ? parseLabelSelector(options.labelSelector) : undefined;
  if (label instanceof SelectorError) return badRequest(label.message);
  const given = options.fieldSelector ? parseFieldSelector(options.fieldSelector) : undefined;
  if (given instanceof SelectorError) return badRequest(given.message);
  for (const term of given?.terms ?? []) if (!fieldSupported(definition, term.field)) return badRequest(unsupportedField(definition, term.field));
  const exact = (name: string): string | undefined => given?.terms.find((t) => t.field === name && !t.negated)?.value;
  if (context.name !== '' && given && given.terms.length > 0 && exact('metadata.name') !== context.name) return badRequest("fieldSelector metadata.name doesn't match requested name");
  const name = context.name || exact('metadata.name');
  if (!label && !given && !name) return { namespace, matches: undefined };
  const nodeName = definition.resource === 'pods' && definition.group === '' ? exact('spec.nodeName') : undefined;
  return { namespace, matches: matcher(label, given, context.name), ...(nodeName ? { nodeName } : {}), ...(name ? { name } : {}) };
}

function matcher(label: Selector | undefined, field: FieldSelector | undefined, name: string): (object: KubernetesObject) => boolean {
  return (object) => (name === '' || object.metadata.name === name) && (label === undefined || label.matches(object.metadata.labels))
    && (field === undefined || field.terms.every((t) => (fieldValue(object, t.field) === t.value) !== t.negated));
}
