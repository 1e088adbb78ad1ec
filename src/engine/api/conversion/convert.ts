import type { HorizontalPodAutoscaler, V2HorizontalPodAutoscaler } from '../generated/types';
import { apiVersionOf, type KubernetesObject } from '../object';
import type { ResourceDefinition } from '../resources/definition';
import { autoscalerFromV1, autoscalerToV1 } from './autoscaling';
import { eventFromCore, eventToCore } from './events';
import { convertRemovedWorkload, isConvertible } from './removed-workloads';

/** The old versions of workloads that are accepted by converting them: to apps/v1, with the defaults of their time. Anything else comes back as it is. */
export function convertRemoved(object: { readonly [field: string]: unknown }): { readonly [field: string]: unknown } {
  return convertRemovedWorkload(object)?.object ?? object;
}

/** The version that takes objects of a removed version, or undefined where none does without a person's help. */
export const convertsTo = (apiVersion: string, kind: string): Pick<ResourceDefinition, 'group' | 'version' | 'kind'> | undefined =>
  (isConvertible(apiVersion, kind) ? { group: 'apps', version: 'v1', kind } : undefined);

/** An object of a version that is served but not stored (definition.storedAs), as it is stored. Custom resources are not converted but for their apiVersion; others come back as they are. */
export function toStoredVersion(definition: ResourceDefinition, object: KubernetesObject): KubernetesObject {
  if (!definition.storedAs) return object;
  if (definition.schema === '') return { ...object, apiVersion: apiVersionOf(definition.storedAs) };
  if (definition.kind === 'Event') return eventToCore(object);
  return definition.kind === 'HorizontalPodAutoscaler' ? autoscalerFromV1(object as unknown as HorizontalPodAutoscaler) as unknown as KubernetesObject : object;
}

/** A stored object in the version that the client asked for. */
export function fromStoredVersion(definition: ResourceDefinition, object: KubernetesObject): KubernetesObject {
  if (!definition.storedAs) return object;
  if (definition.schema === '') return { ...object, apiVersion: apiVersionOf(definition) };
  if (definition.kind === 'Event') return eventFromCore(object);
  return definition.kind === 'HorizontalPodAutoscaler' ? autoscalerToV1(object as unknown as V2HorizontalPodAutoscaler) as unknown as KubernetesObject : object;
}
