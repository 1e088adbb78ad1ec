import type { ParamKind, ParamRef } from '../../../api/generated/types';
import { parseApiVersion, type KubernetesObject } from '../../../api/object';
import { compileLabelSelector } from '../../../api/selectors';
import type { AdmissionAttributes, AdmissionEnvironment } from '../plugin';

/** The parameters that a binding names: one undefined where none are asked for, or why they cannot be had. */
export function paramsOf(kind: ParamKind | undefined, ref: ParamRef | undefined, { namespace }: AdmissionAttributes, environment: AdmissionEnvironment): readonly (KubernetesObject | undefined)[] | string {
  if (!kind || !ref) return [undefined];
  const { group } = parseApiVersion(kind.apiVersion ?? '');
  const definition = environment.definitionOf(kind.apiVersion ?? '', kind.kind ?? '');
  if (!definition) return `paramKind kind \`${kind.apiVersion ?? ''}, Kind=${kind.kind ?? ''}\` not known`;
  if (!definition.namespaced && ref.namespace) return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`';
  const at = definition.namespaced ? ref.namespace || namespace : '';
  if (definition.namespaced && at === '') return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
  const found = ref.name ? [environment.get(group, definition.resource, at, ref.name)].filter((o) => o !== undefined) : selected(ref, group, definition.resource, definition.namespaced ? at : undefined, environment);
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny') return 'no params found for policy binding with `Deny` parameterNotFoundAction';
  return found;
}

function selected({ selector }: ParamRef, group: string, resource: string, namespace: string | undefined, environment: AdmissionEnvironment): readonly KubernetesObject[] {
  const matcher = compileLabelSelector(selector);
  return [...environment.list(group, resource, namespace)].filter((object) => matcher.matches(object.metadata.labels));
}
