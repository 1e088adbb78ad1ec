import type { ClusterRole, ClusterRoleBinding, PolicyRule, RbacSubject, Role, RoleBinding, RoleRef } from '../../generated/types';
import { semanticEqual } from '../equal';
import { addInvalid, invalid, notSupported, Path, required, type Errors } from '../field';
import { isDNS1123Subdomain, isPathSegmentName } from '../formats';
import { forKind, type KindValidations } from '../kind';
import { validateObjectMeta, validateObjectMetaUpdate, type NameFunction } from '../meta';
import { selectorHasInvalidLabelValue, validateLabelSelector } from '../selectors';
import { goStruct, ROLE_REF } from '../core/goStruct';

/** rbac.authorization.k8s.io */
const GROUP = 'rbac.authorization.k8s.io';
const RULES = Path.of('rules');
const SUBJECTS = Path.of('subjects');
const ROLE = Path.of('roleRef');
const SELECTORS = Path.of('aggregationRule', 'clusterRoleSelectors');
const SUBJECT_KINDS: readonly string[] = ['ServiceAccount', 'User', 'Group'];

/** A role's name only has to fit into a URL. */
const nameOfRole: NameFunction = (name) => isPathSegmentName(name);

function validateRule(rule: PolicyRule, namespaced: boolean, path: Path, errs: Errors): void {
  const { verbs = [], nonResourceURLs = [], apiGroups = [], resources = [], resourceNames = [] } = rule;
  if (!verbs.length) errs.push(required(path.child('verbs'), 'verbs must contain at least one value'));
  if (nonResourceURLs.length) {
    const urls = path.child('nonResourceURLs');
    if (namespaced) errs.push(invalid(urls, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups.length || resources.length || resourceNames.length) errs.push(invalid(urls, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'));
    return;
  }
  if (!apiGroups.length) errs.push(required(path.child('apiGroups'), 'resource rules must supply at least one api group'));
  if (!resources.length) errs.push(required(path.child('resources'), 'resource rules must supply at least one resource'));
}

function validateRole(role: Role | ClusterRole, namespaced: boolean, errs: Errors): void {
  validateObjectMeta(role.metadata, namespaced, nameOfRole, errs);
  role.rules?.forEach((rule, i) => { validateRule(rule, namespaced, RULES.index(i), errs); });
}

const roleValidation = forKind<Role>({
  create(role) {
    const errs: Errors = [];
    validateRole(role, true, errs);
    return errs;
  },
  update(role, old) {
    const errs: Errors = [];
    validateRole(role, true, errs);
    validateObjectMetaUpdate(role.metadata, old.metadata, errs);
    return errs;
  },
});

function validateClusterRole(role: ClusterRole, allowInvalidLabelValue: boolean, errs: Errors): void {
  validateRole(role, false, errs);
  if (!role.aggregationRule) return;
  const selectors = role.aggregationRule.clusterRoleSelectors ?? [];
  if (!selectors.length) errs.push(required(SELECTORS, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
  selectors.forEach((selector, i) => {
    const path = SELECTORS.index(i);
    const before = errs.length;
    validateLabelSelector(selector, path, errs, { allowInvalidLabelValue });
    // The bad value is the selector that could not be made: nil.
    if (errs.length > before) errs.push(invalid(path, null, 'invalid label selector.'));
  });
}

const clusterRoleValidation = forKind<ClusterRole>({
  create(role) {
    const errs: Errors = [];
    validateClusterRole(role, false, errs);
    return errs;
  },
  update(role, old) {
    const errs: Errors = [];
    validateClusterRole(role, old.aggregationRule?.clusterRoleSelectors?.some(selectorHasInvalidLabelValue) ?? false, errs);
    validateObjectMetaUpdate(role.metadata, old.metadata, errs);
    return errs;
  },
});

function validateSubject(subject: RbacSubject, namespaced: boolean, path: Path, errs: Errors): void {
  const { name = '', kind = '', apiGroup = '', namespace = '' } = subject;
  if (!name) errs.push(required(path.child('name'), ''));
  if (kind === 'ServiceAccount') {
    if (name) addInvalid(errs, path.child('name'), name, isDNS1123Subdomain(name));
    if (apiGroup) errs.push(notSupported(path.child('apiGroup'), apiGroup, ['']));
    if (!namespaced && !namespace) errs.push(required(path.child('namespace'), ''));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== GROUP) errs.push(notSupported(path.child('apiGroup'), apiGroup, [GROUP]));
  } else {
    errs.push(notSupported(path.child('kind'), kind, SUBJECT_KINDS));
  }
}

function validateRoleRef(ref: Partial<RoleRef>, kinds: readonly string[], errs: Errors): void {
  const { apiGroup = '', kind = '', name = '' } = ref;
  if (apiGroup !== GROUP) errs.push(notSupported(ROLE.child('apiGroup'), apiGroup, [GROUP]));
  if (!kinds.includes(kind)) errs.push(notSupported(ROLE.child('kind'), kind, kinds));
  if (!name) errs.push(required(ROLE.child('name'), ''));
  else addInvalid(errs, ROLE.child('name'), name, isPathSegmentName(name));
}

function validateBinding(binding: RoleBinding | ClusterRoleBinding, namespaced: boolean, errs: Errors): void {
  validateObjectMeta(binding.metadata, namespaced, nameOfRole, errs);
  validateRoleRef(binding.roleRef ?? {}, namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'], errs);
  binding.subjects?.forEach((subject, i) => { validateSubject(subject, namespaced, SUBJECTS.index(i), errs); });
}

function validateBindingUpdate(binding: RoleBinding | ClusterRoleBinding, old: RoleBinding | ClusterRoleBinding, namespaced: boolean): Errors {
  const errs: Errors = [];
  validateBinding(binding, namespaced, errs);
  validateObjectMetaUpdate(binding.metadata, old.metadata, errs);
  if (!semanticEqual(goStruct(ROLE_REF, binding.roleRef), goStruct(ROLE_REF, old.roleRef))) errs.push(invalid(ROLE, goStruct(ROLE_REF, binding.roleRef), 'cannot change roleRef'));
  return errs;
}

const bindingValidation = (namespaced: boolean): KindValidations[string] => forKind<RoleBinding | ClusterRoleBinding>({
  create(binding) {
    const errs: Errors = [];
    validateBinding(binding, namespaced, errs);
    return errs;
  },
  update: (binding, old) => validateBindingUpdate(binding, old, namespaced),
});

export const rbacValidations: KindValidations = {
  [`${GROUP}/ClusterRole`]: clusterRoleValidation,
  [`${GROUP}/ClusterRoleBinding`]: bindingValidation(false),
  [`${GROUP}/Role`]: roleValidation,
  [`${GROUP}/RoleBinding`]: bindingValidation(true),
};
