import type { KubernetesObject } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';
import type { Status } from '../api/status';
import type { StrategyContext } from '../api/strategy/kind-strategy';
import type { ErrorList } from '../api/validation/field';
import type { CustomKinds } from './customResources/kinds';
import type { Decoded } from './decoded';
import type { ApiRequest } from './request';

/** What the pipeline needs to know of kinds; the built-in ones and custom resources are behind it. Pure functions, except for the numbers and names they draw. */
export interface KindLogic {
  readonly custom: CustomKinds;
  /** Turns the body of a create or update into an object of the version that was asked for, with only known fields. */
  decode(definition: ResourceDefinition, request: ApiRequest, base?: KubernetesObject): Decoded | Status;
  /** Fills in defaults. The same reference when there is nothing to fill in. Parts shared with `base`, the stored object, are not looked at again. */
  defaults(definition: ResourceDefinition, object: KubernetesObject, base?: KubernetesObject): KubernetesObject;
  prepareForCreate(definition: ResourceDefinition, object: KubernetesObject, context: StrategyContext): Prepared;
  prepareForUpdate(definition: ResourceDefinition, subresource: string, object: KubernetesObject, old: KubernetesObject, context: StrategyContext): Prepared;
  /** Judges a new object; `asked` is the version of the request, where that is not the stored one. */
  validateCreate(definition: ResourceDefinition, object: KubernetesObject, asked?: ResourceDefinition): ErrorList;
  validateUpdate(definition: ResourceDefinition, subresource: string, object: KubernetesObject, old: KubernetesObject, asked?: ResourceDefinition): ErrorList;
  warnings(definition: ResourceDefinition, object: KubernetesObject, old: KubernetesObject | undefined): readonly string[];
}


/** What a strategy made of an object. */
export interface Prepared {
  readonly object: KubernetesObject;
  /** What could not be allocated: such an object is refused before it is validated. */
  readonly errors: ErrorList;
  /** Gives back the numbers that were taken for the object, once its write is over, whichever way. */
  readonly release?: () => void;
}
