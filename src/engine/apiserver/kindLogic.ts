import type { KubernetesObject } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';
import type { Status } from '../api/status';
import type { StrategyContext } from '../api/strategy/kind-strategy';
import type { ErrorList } from '../api/validation/field';
import type { ApiRequest } from './request';

/** What the pipeline needs to know of kinds; the built-in ones and custom resources are behind it. Pure functions, except for the numbers and names they draw. */
export interface KindLogic {
  /** Turns the body of a create or update into an object of the stored version, with only known fields. */
  decode(definition: ResourceDefinition, request: ApiRequest): Decoded | Status;
  /** Fills in defaults. The same reference when there is nothing to fill in. */
  defaults(definition: ResourceDefinition, object: KubernetesObject): KubernetesObject;
  prepareForCreate(definition: ResourceDefinition, object: KubernetesObject, context: StrategyContext): Prepared;
  prepareForUpdate(definition: ResourceDefinition, subresource: string, object: KubernetesObject, old: KubernetesObject, context: StrategyContext): Prepared;
  validateCreate(definition: ResourceDefinition, object: KubernetesObject): ErrorList;
  validateUpdate(definition: ResourceDefinition, subresource: string, object: KubernetesObject, old: KubernetesObject): ErrorList;
  warnings(definition: ResourceDefinition, object: KubernetesObject, old: KubernetesObject | undefined): readonly string[];
}

export interface Decoded {
  readonly object: KubernetesObject;
  readonly warnings: readonly string[];
}

/** What a strategy made of an object; errors are of what could not be allocated, and come before validation's. */
export interface Prepared {
  readonly object: KubernetesObject;
  readonly errors: ErrorList;
}
