import type { ResourceDefinition } from '../resources/definition';
import { convertRemovedWorkload, isConvertible } from './removed-workloads';

/** The old versions of workloads that are accepted by converting them: to apps/v1, with the defaults of their time. Anything else comes back as it is. */
export function convertRemoved(object: { readonly [field: string]: unknown }): { readonly [field: string]: unknown } {
  return convertRemovedWorkload(object)?.object ?? object;
}

/** The version that takes objects of a removed version, or undefined where none does without a person's help. */
export const convertsTo = (apiVersion: string, kind: string): Pick<ResourceDefinition, 'group' | 'version' | 'kind'> | undefined =>
  (isConvertible(apiVersion, kind) ? { group: 'apps', version: 'v1', kind } : undefined);
