import type { ResourceQuota, ResourceQuotaSpec } from '../../generated/types';
import { invalid, Path, required, type Errors } from '../field';
import { forKind } from '../kind';
import { IMMUTABLE, nameIsDNSSubdomain, SPEC, STATUS, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { goStruct, SCOPE_SELECTOR } from './goStruct';
import { isStandardQuotaName, validateQuotaResourceName, validateResourceQuantity } from './resourceNames';

const POD_RESOURCES: readonly string[] = ['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
const CLAIM_RESOURCES: readonly string[] = ['persistentvolumeclaims', 'requests.storage'];
/** Which standard resources each scope can count. */
const SCOPES: ReadonlyMap<string, readonly string[]> = new Map([
  ['Terminating', POD_RESOURCES], ['NotTerminating', POD_RESOURCES], ['NotBestEffort', POD_RESOURCES], ['PriorityClass', POD_RESOURCES], ['CrossNamespacePodAffinity', POD_RESOURCES],
  ['BestEffort', ['pods']], ['VolumeAttributesClass', CLAIM_RESOURCES],
]);
const EXISTS_ONLY: readonly string[] = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];
const CONFLICTS = [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']] as const;
const EXISTS_MESSAGE =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

function validateResources(resources: { readonly [name: string]: string } | undefined, base: Path, errs: Errors): void {
  for (const name in resources) {
    validateQuotaResourceName(name, base.key(name), errs);
    validateResourceQuantity(name, resources[name] ?? '0', base.key(name), errs);
  }
}

const mismatches = (spec: ResourceQuotaSpec, scope: string): number =>
  Object.keys(spec.hard ?? {}).filter((name) => isStandardQuotaName(name) && !(SCOPES.get(scope)?.includes(name) ?? true)).length;

function validateConflicts(scopes: readonly string[], shown: unknown, path: Path, errs: Errors): void {
  for (const pair of CONFLICTS) if (pair.every((scope) => scopes.includes(scope))) errs.push(invalid(path, shown, 'conflicting scopes'));
}

function validateScopes(spec: ResourceQuotaSpec, errs: Errors): void {
  const scopes = spec.scopes ?? [];
  const path = SPEC.child('scopes');
  for (const scope of scopes) {
    if (!SCOPES.has(scope)) errs.push(invalid(path, scopes, 'unsupported scope'));
    for (let n = mismatches(spec, scope); n > 0; n--) errs.push(invalid(path, scopes, 'unsupported scope applied to resource'));
  }
  validateConflicts(scopes, scopes, path, errs);
}

function validateOperator(operator: string, values: readonly string[], path: Path, errs: Errors): void {
  switch (operator) {
    case 'In': case 'NotIn':
      if (!values.length) errs.push(required(path.child('values'), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
      break;
    case 'Exists': case 'DoesNotExist':
      if (values.length) errs.push(invalid(path.child('values'), values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"));
      break;
    default:
      errs.push(invalid(path.child('operator'), operator, 'not a valid selector operator'));
  }
}

function validateScopeSelector(spec: ResourceQuotaSpec, errs: Errors): void {
  if (!spec.scopeSelector) return;
  const path = SPEC.child('scopeSelector', 'matchExpressions');
  const requirements = spec.scopeSelector.matchExpressions ?? [];
  for (const { scopeName = '', operator = '', values = [] } of requirements) {
    if (!SCOPES.has(scopeName)) errs.push(invalid(path.child('scopeName'), scopeName, 'unsupported scope'));
    for (let n = mismatches(spec, scopeName); n > 0; n--) errs.push(invalid(path, goStruct(SCOPE_SELECTOR, spec.scopeSelector), 'unsupported scope applied to resource'));
    if (EXISTS_ONLY.includes(scopeName) && operator !== 'Exists') errs.push(invalid(path.child('operator'), operator, EXISTS_MESSAGE));
    validateOperator(operator, values, path, errs);
  }
  validateConflicts(requirements.map((r) => r.scopeName), spec.scopes ?? null, path, errs);
}

function validateQuotaSpec(quota: ResourceQuota, errs: Errors): void {
  const spec = quota.spec ?? {};
  validateResources(spec.hard, SPEC.child('hard'), errs);
  validateScopes(spec, errs);
  validateScopeSelector(spec, errs);
}

function validateQuotaStatus(quota: ResourceQuota, errs: Errors): void {
  validateResources(quota.status?.hard, STATUS.child('hard'), errs);
  validateResources(quota.status?.used, STATUS.child('used'), errs);
}

export const resourceQuotaValidation = forKind<ResourceQuota>({
  create(quota) {
    const errs: Errors = [];
    validateObjectMeta(quota.metadata, true, nameIsDNSSubdomain, errs);
    validateQuotaSpec(quota, errs);
    validateQuotaStatus(quota, errs);
    return errs;
  },
  update(quota, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(quota.metadata, old.metadata, errs);
    validateQuotaSpec(quota, errs);
    const is = new Set(quota.spec?.scopes);
    const was = new Set(old.spec?.scopes);
    if (is.size !== was.size || [...is].some((scope) => !was.has(scope))) errs.push(invalid(SPEC.child('scopes'), quota.spec?.scopes ?? null, IMMUTABLE));
    return errs;
  },
  status(quota, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(quota.metadata, old.metadata, errs);
    if (!quota.metadata.resourceVersion) errs.push(required(Path.of('resourceVersion'), ''));
    validateQuotaStatus(quota, errs);
    return errs;
  },
});
