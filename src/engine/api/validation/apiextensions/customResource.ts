import type { KubernetesObject } from '../../object';
import { invalid, Path, type Errors, type FieldErrorType } from '../field';
import type { KindValidation } from '../kind';
import { nameIsDNSSubdomain } from '../meta';
import { validateGenericMeta, validateGenericMetaUpdate } from '../core/commonMeta';
import { validateEmbedded } from './embedded';
import { validateListTypes } from './listTypes';
import { hasRules, validateRules } from './rules/run';
import { isObject, propertyOf, type Schema } from './schemaTypes';
import { validateAgainstSchema } from './structural';

/** One version of a CustomResourceDefinition, as far as the validation of its objects needs it. */
export interface CustomResourceVersion {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** openAPIV3Schema of the version. */
  readonly schema?: Schema;
  /** subresources.scale of the version. */
  readonly scale?: { readonly specReplicasPath?: string; readonly statusReplicasPath?: string; readonly labelSelectorPath?: string };
}

/** Errors after which rules in CEL are not run, since they could fail on values of a wrong type. */
const BLOCKING: readonly FieldErrorType[] = ['NotSupported', 'Required', 'TooLong', 'TooMany', 'TypeInvalid'];
const NOT_CHECKED = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
const MAX_INT32 = 2147483647;

function validateType({ group, version, kind }: CustomResourceVersion, object: KubernetesObject): Errors {
  const errs: Errors = [];
  const apiVersion = `${group}/${version}`;
  if (object.kind !== kind) errs.push(invalid(Path.of('kind'), object.kind, `must be ${kind}`));
  if (object.apiVersion !== apiVersion) errs.push(invalid(Path.of('apiVersion'), object.apiVersion, `must be ${apiVersion}`));
  return errs;
}

function valueAt(object: unknown, path: string): unknown {
  return path.replace(/^\./, '').split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), object);
}

/** A count of replicas in a custom resource: a whole number that fits into 32 bits. */
function validateReplicas(object: KubernetesObject, at: string | undefined, errs: Errors): void {
  if (!at) return;
  const value = valueAt(object, at) ?? 0;
  const path = Path.of(at);
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    const accessor = at.startsWith('.') ? at : `.${at}`;
    errs.push(invalid(path, 0, `${accessor} accessor error: ${goValue(value)} is of the type ${goType(value)}, expected int64`));
  } else if (value < 0) {
    errs.push(invalid(path, value, 'should be a non-negative integer'));
  } else if (value > MAX_INT32) {
    errs.push(invalid(path, value, `should be less than or equal to ${MAX_INT32}`));
  }
}

const goType = (value: unknown): string =>
  typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'float64' : Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
const goValue = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

function validateScaleStatus(object: KubernetesObject, scale: NonNullable<CustomResourceVersion['scale']>, errs: Errors): void {
  validateReplicas(object, scale.statusReplicasPath, errs);
  const at = scale.labelSelectorPath;
  if (!at) return;
  const selector = valueAt(object, at);
  if (selector !== undefined && typeof selector !== 'string') {
    errs.push(invalid(Path.of(at), '', `${at.startsWith('.') ? at : `.${at}`} accessor error: ${goValue(selector)} is of the type ${goType(selector)}, expected string`));
  }
}

/** The validation of the objects of one version: rules in CEL (x-kubernetes-validations) run where nothing else is wrong. */
export function customResourceValidation(version: CustomResourceVersion): KindValidation<KubernetesObject> {
  const { schema, scale, namespaced } = version;
  const statusSchema = schema && propertyOf(schema, 'status');

  const finish = (errs: Errors, object: KubernetesObject, old?: KubernetesObject): Errors => {
    if (!schema || !hasRules(schema)) return errs;
    if (errs.some((e) => BLOCKING.includes(e.type))) errs.push(invalid(Path.root, null, NOT_CHECKED));
    else validateRules(schema, object, old, errs);
    return errs;
  };
  const validateScale = (object: KubernetesObject, errs: Errors): void => {
    if (!scale) return;
    validateReplicas(object, scale.specReplicasPath, errs);
    validateScaleStatus(object, scale, errs);
  };
  const listErrors = (object: KubernetesObject): Errors => {
    const errs: Errors = [];
    validateListTypes(schema, object, errs);
    return errs;
  };

  return {
    create(object) {
      const errs = validateType(version, object);
      if (!errs.length) {
        validateGenericMeta(object.metadata, namespaced, nameIsDNSSubdomain, errs);
        if (schema) validateAgainstSchema(schema, object, errs);
        validateScale(object, errs);
      }
      validateEmbedded(schema, object, errs);
      errs.push(...listErrors(object));
      return finish(errs, object);
    },
    update(object, old) {
      const errs = validateType(version, object);
      if (!errs.length) {
        validateGenericMetaUpdate(object.metadata, old.metadata, errs);
        if (schema) validateAgainstSchema(schema, object, errs, undefined, { value: old });
        validateScale(object, errs);
      }
      validateEmbedded(schema, object, errs);
      if (!listErrors(old).length) errs.push(...listErrors(object));
      return finish(errs, object, old);
    },
    status(object, old) {
      const errs = validateType(version, object);
      if (!errs.length) {
        validateGenericMetaUpdate(object.metadata, old.metadata, errs);
        if (statusSchema && 'status' in object) validateAgainstSchema(statusSchema, object.status, errs, Path.of('status'), { value: old.status });
        if (scale) validateScaleStatus(object, scale, errs);
      }
      const found = listErrors(object);
      if (found.length && !listErrors(old).length) errs.push(...found);
      return finish(errs, object, old);
    },
  };
}
