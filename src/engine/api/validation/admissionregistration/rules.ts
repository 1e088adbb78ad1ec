import type { MatchCondition, MatchResources, NamedRuleWithOperations, RuleWithOperations } from '../../generated/types';
import { BOOL, compileAdmission, type AdmissionVariables } from '../../cel/admission';
import { CelFailure } from '../../cel/words';
import { addInvalid, duplicate, invalid, notSupported, required, tooMany, type Errors, type Path } from '../field';
import { isPathSegmentName } from '../formats';
import { validateQualifiedName } from '../meta';
import { validateLabelSelector } from '../selectors';

/** Rules that select requests: webhooks and policies share them. */
const OPERATIONS: readonly string[] = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES: readonly string[] = ['*', 'Cluster', 'Namespaced'];
export const FAILURE_POLICIES: readonly string[] = ['Fail', 'Ignore'];
export const MATCH_POLICIES: readonly string[] = ['Equivalent', 'Exact'];
const MAX_MATCH_CONDITIONS = 64;

/** "*" with others, where it already means all. */
const redundant = (list: readonly string[]): boolean => list.length > 1 && list.includes('*');

interface Wildcards { readonly resources: Set<string>; readonly subresources: Set<string> }

function validateSubresource(resource: string, seen: Wildcards, path: Path, errs: Errors): void {
  const slash = resource.indexOf('/');
  const [parent, sub] = [resource.slice(0, slash), resource.slice(slash + 1)];
  if (seen.resources.has(parent)) errs.push(invalid(path, resource, `if '${parent}/*' is present, must not specify ${resource}`));
  if (seen.subresources.has(sub)) errs.push(invalid(path, resource, `if '*/${sub}' is present, must not specify ${resource}`));
  if (sub === '*') seen.resources.add(parent);
  if (parent === '*') seen.subresources.add(sub);
}

function validateResources(resources: readonly string[], path: Path, errs: Errors): void {
  if (!resources.length) errs.push(required(path, ''));
  const seen: Wildcards = { resources: new Set(), subresources: new Set() };
  // The original remembers only the last plain resource here.
  let plain = false;
  resources.forEach((resource, i) => {
    if (!resource) errs.push(required(path.index(i), ''));
    else if (resource.includes('/')) validateSubresource(resource, seen, path.index(i), errs);
    else plain = resource !== '*';
  });
  if (resources.length > 1 && resources.includes('*/*')) errs.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && plain) errs.push(invalid(path, resources, "if '*' is present, must not specify other resources without subresources"));
}

export function validateRule(rule: RuleWithOperations, path: Path, errs: Errors): void {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  const at = path.child('operations');
  if (!operations.length) errs.push(required(at, ''));
  if (redundant(operations)) errs.push(invalid(at, operations, "if '*' is present, must not specify other operations"));
  operations.forEach((operation, i) => { if (!OPERATIONS.includes(operation)) errs.push(notSupported(at.index(i), operation, OPERATIONS)); });
  if (!apiGroups.length) errs.push(required(path.child('apiGroups'), ''));
  if (redundant(apiGroups)) errs.push(invalid(path.child('apiGroups'), apiGroups, "if '*' is present, must not specify other API groups"));
  const versions = path.child('apiVersions');
  if (!apiVersions.length) errs.push(required(versions, ''));
  if (redundant(apiVersions)) errs.push(invalid(versions, apiVersions, "if '*' is present, must not specify other API versions"));
  apiVersions.forEach((version, i) => { if (!version) errs.push(required(versions.index(i), '')); });
  validateResources(resources, path.child('resources'), errs);
  if (scope !== undefined && !SCOPES.includes(scope)) errs.push(notSupported(path.child('scope'), scope, SCOPES));
}

function validateNamedRule(rule: NamedRuleWithOperations, path: Path, errs: Errors): void {
  const names = rule.resourceNames ?? [];
  names.forEach((name, i) => {
    const at = path.child('resourceNames').index(i);
    addInvalid(errs, at, name, isPathSegmentName(name));
    if (names.indexOf(name) < i) errs.push(duplicate(at, name));
  });
  validateRule(rule, path, errs);
}

export function validateMatchResources(match: MatchResources | undefined, path: Path, errs: Errors): void {
  if (!match) return;
  const { matchPolicy, namespaceSelector, objectSelector } = match;
  if (matchPolicy === undefined) errs.push(required(path.child('matchPolicy'), ''));
  else if (!MATCH_POLICIES.includes(matchPolicy)) errs.push(notSupported(path.child('matchPolicy'), matchPolicy, MATCH_POLICIES));
  if (!namespaceSelector) errs.push(required(path.child('namespaceSelector'), ''));
  else validateLabelSelector(namespaceSelector, path.child('namespaceSelector'), errs);
  if (!objectSelector) errs.push(required(path.child('objectSelector'), ''));
  else validateLabelSelector(objectSelector, path.child('objectSelector'), errs);
  match.resourceRules?.forEach((rule, i) => { validateNamedRule(rule, path.child('resourceRules').index(i), errs); });
  match.excludeResourceRules?.forEach((rule, i) => { validateNamedRule(rule, path.child('excludeResourceRules').index(i), errs); });
}

export function validateMatchConditions(conditions: readonly MatchCondition[], scope: AdmissionVariables, path: Path, errs: Errors): void {
  if (conditions.length > MAX_MATCH_CONDITIONS) errs.push(tooMany(path, conditions.length, MAX_MATCH_CONDITIONS));
  const names = new Set<string>();
  conditions.forEach(({ name = '', expression = '' }, i) => {
    const at = path.index(i);
    if (!expression.trim()) errs.push(required(at.child('expression'), ''));
    else {
      const compiled = compileAdmission(expression, scope, BOOL);
      if (compiled instanceof CelFailure) errs.push(invalid(at.child('expression'), expression, compiled.message));
    }
    if (!name) { errs.push(required(at.child('name'), '')); return; }
    validateQualifiedName(name, at.child('name'), errs);
    if (names.has(name)) errs.push(duplicate(at.child('name'), name));
    names.add(name);
  });
}
