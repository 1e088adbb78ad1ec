import { decodeObject, isDecoded } from '../api/decode/decode';
import type { KubernetesObject } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';
import { badRequest, type Status } from '../api/status';
import type { ErrorList } from '../api/validation/field';
import type { Decoded, KindLogic } from './kindLogic';
import type { ApiRequest } from './request';

/** The built-in kinds: decoding, defaulting, strategies and validation by their tables. */
export class BuiltInKinds implements KindLogic {
  constructor(_sources: { readonly random: { next(): number } }) {}

  decode(definition: ResourceDefinition, request: ApiRequest): Decoded | Status {
    const body = request.text ?? request.body;
    if (body === undefined || (typeof body !== 'string' && (typeof body !== 'object' || body === null))) return badRequest('the request has no body');
    const result = decodeObject({ body, expected: { ...definition, schema: definition.schema }, fieldValidation: request.options?.fieldValidation });
    return isDecoded(result) ? result : result;
  }

  defaults(_definition: ResourceDefinition, object: KubernetesObject): KubernetesObject { return object; }

  prepareForCreate(_definition: ResourceDefinition, object: KubernetesObject): KubernetesObject { return object; }

  prepareForUpdate(_definition: ResourceDefinition, subresource: string, object: KubernetesObject, old: KubernetesObject): KubernetesObject {
    if (subresource === 'status') return { ...old, status: object.status };
    return object;
  }

  validateCreate(_definition: ResourceDefinition, _object: KubernetesObject): ErrorList { return []; }

  validateUpdate(_definition: ResourceDefinition, _subresource: string, _object: KubernetesObject, _old: KubernetesObject): ErrorList { return []; }

  warnings(_definition: ResourceDefinition, _object: KubernetesObject, _old: KubernetesObject | undefined): readonly string[] { return []; }
}
