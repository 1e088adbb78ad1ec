import { stringify } from 'yaml';
import type { KubernetesObject } from '../engine/api/object';

/** An object as kubectl get -o yaml prints it, without managedFields, as kubectl leaves them out. */
export function objectYaml(object: KubernetesObject): string {
  const { managedFields: _, ...metadata } = object.metadata;
  return stringify({ ...object, metadata }, { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: false });
}
