import { fromStoredVersion } from '../api/conversion/convert';
import { decodeObject } from '../api/decode/decode';
import { applyDefaults } from '../api/defaults/defaults';
import type { Service } from '../api/generated/types';
import type { KubernetesObject } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';
import { badRequest, type Status } from '../api/status';
import type { StrategyContext } from '../api/strategy/kind-strategy';
import { allocateService } from '../api/strategy/service';
import { prepareForCreate, prepareForUpdate, warningsFor } from '../api/strategy/strategy';
import { validateCommonMeta } from '../api/validation/core/commonMeta';
import { validateClusterIPs } from '../api/validation/core/serviceIPs';
import type { ErrorList, Errors } from '../api/validation/field';
import { validatorFor } from '../api/validation/index';
import type { KindValidation } from '../api/validation/kind';
import { CustomKinds } from './customResources/kinds';
import type { Decoded } from './decoded';
import type { KindLogic, Prepared } from './kindLogic';
import { RandomServiceAllocator } from './serviceAllocator';
import type { ApiRequest } from './request';

export interface KindSources {
  readonly random: { next(): number };
  /** The services there are, so that no address is given twice. */
  readonly services: () => Iterable<KubernetesObject>;
}

const NO_ERRORS: ErrorList = [];
const COMMON_METADATA = ['name', 'namespace', 'generateName', 'uid', 'resourceVersion', 'labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields'] as const;

/** The kinds there are, by their tables: decoding, defaulting, strategies and validation. */
export class BuiltInKinds implements KindLogic {
  readonly custom = new CustomKinds();
  private readonly allocator: RandomServiceAllocator;

  constructor(sources: KindSources) { this.allocator = new RandomServiceAllocator(sources.services, sources.random); }

  decode(definition: ResourceDefinition, request: ApiRequest, base?: KubernetesObject): Decoded | Status {
    const body = request.text ?? request.body;
    if (body === undefined || (typeof body !== 'string' && (typeof body !== 'object' || body === null))) return badRequest('the request has no body');
    const input = { body, yaml: request.yaml, expected: definition, fieldValidation: request.options?.fieldValidation, base };
    return definition.schema === '' ? this.custom.decode(definition, input) : decodeObject(input);
  }

  defaults(definition: ResourceDefinition, object: KubernetesObject, base?: KubernetesObject): KubernetesObject {
    return definition.schema === '' ? object : applyDefaults(definition.schema, object, base);
  }

  prepareForCreate(definition: ResourceDefinition, object: KubernetesObject, context: StrategyContext): Prepared {
    return this.withNumbers(definition, prepareForCreate(definition, object, context), undefined);
  }

  prepareForUpdate(definition: ResourceDefinition, subresource: string, object: KubernetesObject, old: KubernetesObject, context: StrategyContext): Prepared {
    const prepared = prepareForUpdate(definition, subresource, object, old, context);
    return subresource === '' ? this.withNumbers(definition, prepared, old) : { object: prepared, errors: NO_ERRORS };
  }

  /** rest.BeforeCreate: the rules of all metadata come last, and only where the kind's own found nothing. */
  validateCreate(definition: ResourceDefinition, object: KubernetesObject, asked = definition): ErrorList {
    const { validator, form } = this.judgeOf(definition, asked);
    const errors = validator?.create(form(object)) ?? NO_ERRORS;
    // Reviews are questions: they need no name.
    return errors.length > 0 || !definition.verbs.includes('get') ? errors : validateCommonMeta(object.metadata, undefined, definition.namespaced);
  }

  /** rest.BeforeUpdate: the rules of all metadata come first, and count together with the kind's own. */
  validateUpdate(definition: ResourceDefinition, subresource: string, object: KubernetesObject, old: KubernetesObject, asked = definition): ErrorList {
    const { validator, form } = this.judgeOf(definition, asked);
    const common = sameMetadata(object, old) ? NO_ERRORS : validateCommonMeta(object.metadata, old.metadata, definition.namespaced);
    const own = subresource === '' ? validator?.update : subresource === 'status' ? validator?.status : validator?.subresources?.[subresource]?.update;
    const errors = own?.call(subresource === '' || subresource === 'status' ? validator : validator?.subresources?.[subresource], form(object), form(old)) ?? NO_ERRORS;
    return common.length > 0 ? [...common, ...errors] : errors;
  }

  warnings(definition: ResourceDefinition, object: KubernetesObject, old: KubernetesObject | undefined): readonly string[] {
    return warningsFor(definition, object, old);
  }

  /** Events and custom resources are judged in the version of the request, all else in the stored one. */
  private judgeOf(definition: ResourceDefinition, asked: ResourceDefinition): { readonly validator: KindValidation | undefined; readonly form: (object: KubernetesObject) => KubernetesObject } {
    if (asked === definition || (definition.schema !== '' && asked.group !== 'events.k8s.io')) return { validator: this.validatorOf(definition), form: (object) => object };
    return { validator: this.validatorOf(asked), form: (object) => fromStoredVersion(asked, object) };
  }

  private validatorOf(definition: ResourceDefinition): KindValidation | undefined {
    return definition.schema === '' ? (this.custom.validationOf(definition) as KindValidation | undefined) : validatorFor(definition.group, definition.kind);
  }

  /** A service gets its addresses and ports between strategy and validation. */
  private withNumbers(definition: ResourceDefinition, object: KubernetesObject, old: KubernetesObject | undefined): Prepared {
    if (definition.group !== '' || definition.kind !== 'Service') return { object, errors: NO_ERRORS };
    const service = object as unknown as Service, before = old as unknown as Service | undefined;
    const errors: Errors = [];
    validateClusterIPs(service, before, errors);
    if (errors.length > 0) return { object, errors };
    const reservation = this.allocator.reserve();
    const result = allocateService(service, before, reservation);
    if (!('errors' in result)) return { object: result.service as unknown as KubernetesObject, errors: NO_ERRORS, release: () => reservation.release() };
    reservation.release();
    return { object, errors: result.errors };
  }
}

/** What was valid and did not change is not judged again. */
function sameMetadata(object: KubernetesObject, old: KubernetesObject): boolean {
  const { metadata: a } = object, { metadata: b } = old;
  return a === b || COMMON_METADATA.every((field) => a[field] === b[field]);
}
