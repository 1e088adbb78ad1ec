import { apiVersionOf } from '../../object';
import type { ResourceDefinition } from '../../resources/definition';
import { builtInType, customType, type MapType } from '../fieldTypes';
import type { JsonObject } from '../json';
import { zeroValue } from '../zeroValues';

/** What field management needs to know of a kind. */
export interface ManagedType {
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: MapType;
  /** The empty object of the kind, which a new object is compared with. */
  readonly empty: JsonObject;
}

const built = new WeakMap<ResourceDefinition, ManagedType>();
const custom = new WeakMap<JsonObject, ManagedType>();

/** `openAPIV3Schema` is the schema of a custom resource's version, where it has one. */
export function managedTypeOf(definition: ResourceDefinition, openAPIV3Schema?: JsonObject): ManagedType {
  const known = openAPIV3Schema ? custom.get(openAPIV3Schema) : built.get(definition);
  if (known) return known;
  const apiVersion = apiVersionOf(definition);
  const header = { apiVersion, kind: definition.kind };
  const made: ManagedType = definition.schema
    ? { ...header, type: builtInType(definition.schema), empty: { ...header, ...zeroValue(definition.schema) } }
    : { ...header, type: customType(openAPIV3Schema), empty: { ...header, metadata: {} } };
  if (openAPIV3Schema) custom.set(openAPIV3Schema, made);
  else built.set(definition, made);
  return made;
}
