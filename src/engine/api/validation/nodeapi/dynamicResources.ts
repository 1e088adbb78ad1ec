import type { DeviceClass, ResourceClaimTemplate, ResourcePool, ResourceResourceClaim, ResourceSlice, ResourceSliceSpec } from '../../generated/types';
import { addInvalid, fieldForbidden, invalid, required, tooLong, type Errors, type Path } from '../field';
import { isDNS1123Subdomain } from '../formats';
import { forKind, type KindValidations } from '../kind';
import { nameIsDNSSubdomain, SPEC, STATUS, validateDNS1123Label, validateDNS1123Subdomain, validateImmutable, validateObjectMeta, validateObjectMetaUpdate, validateTemplateMeta } from '../meta';
import { validateNodeSelector } from '../selectors';
import { goStruct } from '../core/goStruct';
import { isExtendedResourceName } from '../core/resourceNames';
import { validateCSIDriverName } from '../core/volumeSources';
import { CLAIM_SPEC } from './claimShapes';
import { validateDeviceClaim, validateEach, validateOpaque, validateSelectors, validateUnique } from './deviceClaim';

/** resource.k8s.io: names, shapes and what may not change. Expressions are not compiled. */
const DEVICES = SPEC.child('devices');
const MAX_CONFIG = 32;
const MAX_DEVICES = 128;
const MAX_COUNTER_SETS = 8;
const MAX_POOL_NAME = 253;
const MAX_CONSUMERS = 256;
const UNSET_OR_TRUE = 'must be either unset or set to true';
const ONE_SELECTION = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';

function validatePool(pool: ResourcePool | undefined, path: Path, errs: Errors): void {
  const { name = '', resourceSliceCount = 0, generation = 0 } = pool ?? {};
  if (!name) {
    errs.push(required(path.child('name'), ''));
  } else {
    if (name.length > MAX_POOL_NAME) errs.push(tooLong(path.child('name'), MAX_POOL_NAME));
    for (const part of name.split('/')) validateDNS1123Subdomain(part, path.child('name'), errs);
  }
  if (resourceSliceCount <= 0) errs.push(invalid(path.child('resourceSliceCount'), resourceSliceCount, 'must be greater than zero'));
  if (generation < 0) errs.push(invalid(path.child('generation'), generation, 'must be greater than or equal to zero'));
}

/** Which nodes reach the devices: said in exactly one way. */
function validateNodeSelection(spec: Partial<ResourceSliceSpec>, errs: Errors): void {
  const set: string[] = [];
  if (spec.nodeName) {
    set.push('`nodeName`');
    addInvalid(errs, SPEC.child('nodeName'), spec.nodeName, isDNS1123Subdomain(spec.nodeName));
  } else if (spec.nodeName === '') {
    errs.push(invalid(SPEC.child('nodeName'), '', 'must be either unset or set to a non-empty string'));
  }
  if (spec.nodeSelector) {
    set.push('`nodeSelector`');
    validateNodeSelector(spec.nodeSelector, SPEC.child('nodeSelector'), errs);
    const terms = spec.nodeSelector.nodeSelectorTerms ?? [];
    if (terms.length !== 1) errs.push(invalid(SPEC.child('nodeSelector', 'nodeSelectorTerms'), terms, 'must have exactly one node selector term'));
  }
  for (const field of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (spec[field]) set.push(`\`${field}\``);
    else if (spec[field] === false) errs.push(invalid(SPEC.child(field), false, UNSET_OR_TRUE));
  }
  if (!set.length) errs.push(required(SPEC, ONE_SELECTION));
  if (set.length > 1) errs.push(invalid(SPEC, `{${set.join(', ')}}`, `${ONE_SELECTION}, but multiple fields are set`));
}

function validateSlice(slice: ResourceSlice, old: ResourceSlice | undefined, errs: Errors): void {
  const spec: Partial<ResourceSliceSpec> = slice.spec ?? {};
  validateCSIDriverName(spec.driver ?? '', SPEC.child('driver'), errs);
  validatePool(spec.pool, SPEC.child('pool'), errs);
  if (old) {
    validateImmutable(spec.pool?.name, old.spec?.pool?.name, SPEC.child('pool', 'name'), errs);
    validateImmutable(spec.driver, old.spec?.driver, SPEC.child('driver'), errs);
    validateImmutable(spec.nodeName, old.spec?.nodeName, SPEC.child('nodeName'), errs);
  }
  validateNodeSelection(spec, errs);
  if (spec.sharedCounters && spec.devices) errs.push(invalid(SPEC, '', 'only one of `sharedCounters` or `devices` is allowed'));
  validateUnique(spec.devices, MAX_DEVICES, (d) => d.name, DEVICES, errs, (d, at) => { validateDNS1123Label(d.name ?? '', at.child('name'), errs); });
  validateUnique(spec.sharedCounters, MAX_COUNTER_SETS, (c) => c.name, SPEC.child('sharedCounters'), errs, (c, at) => {
    if (c.name) validateDNS1123Label(c.name, at.child('name'), errs);
    else errs.push(required(at.child('name'), ''));
    if (!Object.keys(c.counters ?? {}).length) errs.push(required(at.child('counters'), ''));
  });
}

function validateClassSpec(deviceClass: DeviceClass, errs: Errors): void {
  const { selectors, config, extendedResourceName } = deviceClass.spec ?? {};
  validateSelectors(selectors, SPEC.child('selectors'), errs);
  validateEach(config, MAX_CONFIG, SPEC.child('config'), errs, (c, at) => { validateOpaque(c.opaque, at.child('opaque'), errs); });
  if (extendedResourceName !== undefined && !isExtendedResourceName(extendedResourceName)) {
    errs.push(invalid(SPEC.child('extendedResourceName'), extendedResourceName, 'must be a valid extended resource name'));
  }
}

const claimValidation = forKind<ResourceResourceClaim>({
  create(claim) {
    const errs: Errors = [];
    validateObjectMeta(claim.metadata, true, nameIsDNSSubdomain, errs);
    validateDeviceClaim(claim.spec?.devices, DEVICES, errs);
    return errs;
  },
  update(claim, old) {
    const errs: Errors = [];
    validateObjectMeta(claim.metadata, true, nameIsDNSSubdomain, errs);
    validateObjectMetaUpdate(claim.metadata, old.metadata, errs);
    validateImmutable(claim.spec, old.spec, SPEC, errs, goStruct(CLAIM_SPEC, claim.spec));
    return errs;
  },
  status(claim, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(claim.metadata, old.metadata, errs);
    const { reservedFor, allocation } = claim.status ?? {};
    const path = STATUS.child('reservedFor');
    validateUnique(reservedFor, MAX_CONSUMERS, (consumer) => consumer.uid, path, errs, (consumer, at) => {
      for (const field of ['resource', 'name', 'uid'] as const) if (!consumer[field]) errs.push(required(at.child(field), ''));
    });
    if (reservedFor?.length && !allocation) errs.push(fieldForbidden(path, 'may not be specified when `allocated` is not set'));
    if (allocation && old.status?.allocation) validateImmutable(allocation, old.status.allocation, STATUS.child('allocation'), errs);
    return errs;
  },
});

const templateValidation = forKind<ResourceClaimTemplate>({
  create(template) {
    const errs: Errors = [];
    validateObjectMeta(template.metadata, true, nameIsDNSSubdomain, errs);
    validateTemplateMeta(template.spec?.metadata, SPEC.child('metadata'), errs);
    validateDeviceClaim(template.spec?.spec?.devices, SPEC.child('spec', 'devices'), errs);
    return errs;
  },
  update(template, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(template.metadata, old.metadata, errs);
    // The metadata is embedded, so its fields stand next to the spec.
    validateImmutable(template.spec, old.spec, SPEC, errs, { ...template.spec?.metadata, Spec: goStruct(CLAIM_SPEC, template.spec?.spec) });
    return errs;
  },
});

const classValidation = forKind<DeviceClass>({
  create(deviceClass) {
    const errs: Errors = [];
    validateObjectMeta(deviceClass.metadata, false, nameIsDNSSubdomain, errs);
    validateClassSpec(deviceClass, errs);
    return errs;
  },
  update(deviceClass, old) {
    const errs: Errors = [];
    validateObjectMeta(deviceClass.metadata, false, nameIsDNSSubdomain, errs);
    validateObjectMetaUpdate(deviceClass.metadata, old.metadata, errs);
    validateClassSpec(deviceClass, errs);
    return errs;
  },
});

const sliceValidation = forKind<ResourceSlice>({
  create(slice) {
    const errs: Errors = [];
    validateObjectMeta(slice.metadata, false, nameIsDNSSubdomain, errs);
    validateSlice(slice, undefined, errs);
    return errs;
  },
  update(slice, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(slice.metadata, old.metadata, errs);
    validateSlice(slice, old, errs);
    return errs;
  },
});

export const dynamicResourceValidations: KindValidations = {
  'resource.k8s.io/DeviceClass': classValidation,
  'resource.k8s.io/ResourceClaim': claimValidation,
  'resource.k8s.io/ResourceClaimTemplate': templateValidation,
  'resource.k8s.io/ResourceSlice': sliceValidation,
};
