import { decodeObject } from '../api/decode/decode';
import { applyDefaults } from '../api/defaults/defaults';
import type { Service } from '../api/generated/types';
import type { KubernetesObject } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';
import { badRequest, type Status } from '../api/status';
import type { StrategyContext } from '../api/strategy/kind-strategy';
import { allocateService } from '../api/strategy/service';
import { prepareForCreate, prepareForUpdate, warningsFor } from '../api/strategy/strategy';
import type { ErrorList } from '../api/validation/field';
import { validatorFor } from '../api/validation/index';
import type { Decoded, KindLogic, Prepared } from './kindLogic';
import { RandomServiceAllocator } from './serviceAllocator';
import type { ApiRequest } from './request';

export interface KindSources {
  readonly random: { next(): number };
  /** The services there are, so that no address is given twice. */
  readonly services: () => Iterable<KubernetesObject>;
}

const NO_ERRORS: ErrorList = [];

/** The built-in kinds: decoding, defaulting, strategies and validation by their tables. */
export class BuiltInKinds implements KindLogic {
  private readonly allocator: RandomServiceAllocator;

  constructor(sources: KindSources) { this.allocator = new RandomServiceAllocator(sources.services, sources.random); }

  decode(definition: ResourceDefinition, request: ApiRequest): Decoded | Status {
    const body = request.text ?? request.body;
    if (body === undefined || (typeof body !== 'string' && (typeof body !== 'object' || body === null))) return badRequest('the request has no body');
    return decodeObject({ body, yaml: request.yaml, expected: definition, fieldValidation: request.options?.fieldValidation });
  }

  defaults(definition: ResourceDefinition, object: KubernetesObject): KubernetesObject {
    return definition.schema === '' ? object : applyDefaults(definition.schema, object);
  }

  prepareForCreate(definition: ResourceDefinition, object: KubernetesObject, context: StrategyContext): Prepared {
    return this.withNumbers(definition, prepareForCreate(definition, object, context), undefined);
  }

  prepareForUpdate(definition: ResourceDefinition, subresource: string, object: KubernetesObject, old: KubernetesObject, context: StrategyContext): Prepared {
    const prepared = prepareForUpdate(definition, subresource, object, old, context);
    return subresource === '' ? this.withNumbers(definition, prepared, old) : { object: prepared, errors: NO_ERRORS };
  }

  validateCreate(definition: ResourceDefinition, object: KubernetesObject): ErrorList {
    return validatorFor(definition.group, definition.kind)?.create(object) ?? NO_ERRORS;
  }

  validateUpdate(definition: ResourceDefinition, subresource: string, object: KubernetesObject, old: KubernetesObject): ErrorList {
    const validator = validatorFor(definition.group, definition.kind);
    if (subresource === '') return validator?.update(object, old) ?? NO_ERRORS;
    if (subresource === 'status') return validator?.status?.(object, old) ?? NO_ERRORS;
    return validator?.subresources?.[subresource]?.update?.(object, old) ?? NO_ERRORS;
  }

  warnings(definition: ResourceDefinition, object: KubernetesObject, old: KubernetesObject | undefined): readonly string[] {
    return warningsFor(definition, object, old);
  }

  /** A service gets its addresses and ports between strategy and validation. */
  private withNumbers(definition: ResourceDefinition, object: KubernetesObject, old: KubernetesObject | undefined): Prepared {
    if (definition.group !== '' || definition.kind !== 'Service') return { object, errors: NO_ERRORS };
    const result = allocateService(object as unknown as Service, old as unknown as Service | undefined, this.allocator);
    return 'errors' in result ? { object, errors: result.errors } : { object: result.service as unknown as KubernetesObject, errors: NO_ERRORS };
  }
}
