import { apiVersionOf, type KubernetesObject } from '../api/object';
import { fromStoredVersion, toStoredVersion } from '../api/conversion/convert';
import type { ResourceDefinition } from '../api/resources/definition';

/** An object sent in a version that is not the stored one, as the stored one. */
export const createdInAnotherVersion = toStoredVersion;

/** A stored object as a client sees it that asked for another version. Other kinds (Scale, Status) stay what they are. */
export function presentedInAnotherVersion(definition: ResourceDefinition, object: KubernetesObject): KubernetesObject {
  if (definition.storedAs === undefined || object.kind !== definition.kind || object.apiVersion === apiVersionOf(definition)) return object;
  return fromStoredVersion(definition, object);
}
