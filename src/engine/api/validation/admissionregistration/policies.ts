import type {
  AuditAnnotation, ParamKind, ParamRef, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, Validation, Variable,
} from '../../generated/types';
import { semanticEqual } from '../equal';
import { addInvalid, duplicate, fieldForbidden, invalid, notSupported, required, type Errors, type Path } from '../field';
import { byteLength, isDNS1035Label, isDNS1123Subdomain, isPathSegmentName } from '../formats';
import { forKind } from '../kind';
import { nameIsDNSSubdomain, SPEC, STATUS, validateQualifiedName } from '../meta';
import { validateGenericMeta } from '../core/commonMeta';
import { validateLabelSelector } from '../selectors';
import { validateConditions } from '../core/conditions';
import { goStruct, text, type GoShape } from '../core/goStruct';
import { compileAdmission, scopesOf, ANYTHING, BOOL, STRING, STRING_OR_NULL, type AdmissionVariables } from '../../cel/admission';
import { CelFailure } from '../../cel/words';
import { FAILURE_POLICIES, validateMatchConditions, validateMatchResources } from './rules';

/** ValidatingAdmissionPolicy and its binding. */
const MAX_AUDIT_ANNOTATIONS = 20;
const MAX_VALUE_EXPRESSION = 5 * 1024;
const ANNOTATION: GoShape = { Key: ['key', text], ValueExpression: ['valueExpression', text] };
const REASONS: readonly string[] = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const ACTIONS: readonly string[] = ['Audit', 'Deny', 'Warn'];
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const hasNewline = (value: string): boolean => /[\n\r]/.test(value);

function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, path: Path, errs: Errors): void {
  const at = path.child('apiVersion');
  if (!apiVersion) errs.push(required(at, ''));
  else validateGroupVersion(apiVersion, at, errs);
  if (!kind) { errs.push(required(path.child('kind'), '')); return; }
  const messages = isDNS1035Label(kind.toLowerCase());
  if (messages.length) errs.push(invalid(path.child('kind'), kind, `may have mixed case, but should otherwise match: ${messages.join(',')}`));
}

function validateGroupVersion(apiVersion: string, path: Path, errs: Errors): void {
  const parts = apiVersion === '/' ? ['', ''] : apiVersion.split('/');
  if (parts.length > 2) { errs.push(invalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)); return; }
  const group = parts.length === 2 ? parts[0] ?? '' : '';
  const version = parts[parts.length - 1] ?? '';
  const groupMessages = group ? isDNS1123Subdomain(group) : [];
  if (groupMessages.length) errs.push(invalid(path, group, groupMessages.join(',')));
  if (!version) { errs.push(invalid(path, apiVersion, 'version must be specified')); return; }
  const messages = isDNS1035Label(version);
  if (messages.length) errs.push(invalid(path, version, messages.join(',')));
}

/** An expression that does not compile, or to something else than is wanted. */
function validateExpression(expression: string, scope: AdmissionVariables, returns: readonly string[], path: Path, errs: Errors): void {
  const compiled = compileAdmission(expression, scope, returns);
  if (compiled instanceof CelFailure) errs.push(invalid(path, expression, compiled.message));
}

function validateVariable({ name = '', expression = '' }: Variable, scope: AdmissionVariables, path: Path, errs: Errors): void {
  if (!name.trim()) errs.push(required(path.child('name'), 'name is not specified'));
  else if (!IDENTIFIER.test(name) || RESERVED.has(name)) errs.push(invalid(path.child('name'), name, 'name is not a valid CEL identifier'));
  if (!expression.trim()) errs.push(required(path.child('expression'), 'expression is not specified'));
  else validateExpression(expression, scope, ANYTHING, path.child('expression'), errs);
}

function validateValidation({ expression = '', message = '', messageExpression = '', reason }: Validation, scopes: ReturnType<typeof scopesOf>, path: Path, errs: Errors): void {
  if (!expression.trim()) errs.push(required(path.child('expression'), 'expression is not specified'));
  else validateExpression(expression.trim(), scopes.validation, BOOL, path.child('expression'), errs);
  if (messageExpression && !messageExpression.trim()) errs.push(invalid(path.child('messageExpression'), messageExpression, 'must be non-empty if specified'));
  else if (messageExpression) validateExpression(messageExpression.trim(), scopes.message, STRING, path.child('messageExpression'), errs);
  if (message && !message.trim()) errs.push(invalid(path.child('message'), message, 'message must be non-empty if specified'));
  else if (hasNewline(message.trim())) errs.push(invalid(path.child('message'), message, 'message must not contain line breaks'));
  if (reason !== undefined && !REASONS.includes(reason)) errs.push(notSupported(path.child('reason'), reason, REASONS));
}

function validateAnnotation({ key = '', valueExpression = '' }: AuditAnnotation, policyName: string, scope: AdmissionVariables, path: Path, errs: Errors): void {
  if (policyName) validateQualifiedName(`${policyName}/${key}`, path.child('key'), errs);
  else errs.push(invalid(path.child('key'), key, 'requires metadata.name be non-empty'));
  const trimmed = valueExpression.trim();
  if (!trimmed) errs.push(required(path.child('valueExpression'), 'valueExpression is not specified'));
  else if (byteLength(trimmed) > MAX_VALUE_EXPRESSION) errs.push(required(path.child('valueExpression'), `must not exceed ${MAX_VALUE_EXPRESSION} bytes in length`));
  else validateExpression(trimmed, scope, STRING_OR_NULL, path.child('valueExpression'), errs);
}

function validateAnnotations(annotations: readonly AuditAnnotation[], policyName: string, scope: AdmissionVariables, errs: Errors): void {
  const path = SPEC.child('auditAnnotations');
  if (annotations.length > MAX_AUDIT_ANNOTATIONS) errs.push(invalid(path, annotations.map((a) => goStruct(ANNOTATION, a)), `must not have more than ${MAX_AUDIT_ANNOTATIONS} auditAnnotations`));
  annotations.forEach((annotation, i) => {
    validateAnnotation(annotation, policyName, scope, path.index(i), errs);
    if (annotations.findIndex((other) => other.key === annotation.key) < i) errs.push(duplicate(path.index(i).child('key'), annotation.key));
  });
}

function validatePolicy(policy: ValidatingAdmissionPolicy, ignoreMatchConditions: boolean): Errors {
  const errs: Errors = [];
  validateGenericMeta(policy.metadata, false, nameIsDNSSubdomain, errs);
  const { failurePolicy, paramKind, matchConstraints, matchConditions = [], variables = [], validations = [], auditAnnotations = [] } = policy.spec ?? {};
  if (failurePolicy === undefined) errs.push(required(SPEC.child('failurePolicy'), ''));
  else if (!FAILURE_POLICIES.includes(failurePolicy)) errs.push(notSupported(SPEC.child('failurePolicy'), failurePolicy, FAILURE_POLICIES));
  if (paramKind) validateParamKind(paramKind, SPEC.child('paramKind'), errs);
  const constraints = SPEC.child('matchConstraints');
  if (!matchConstraints) errs.push(required(constraints, ''));
  else {
    validateMatchResources(matchConstraints, constraints, errs);
    if (!matchConstraints.resourceRules?.length) errs.push(required(constraints.child('resourceRules'), ''));
  }
  const scopes = scopesOf(policy.spec ?? {});
  if (!ignoreMatchConditions) validateMatchConditions(matchConditions, scopes.matchCondition, SPEC.child('matchConditions'), errs);
  variables.forEach((variable, i) => { validateVariable(variable, scopes.variable(i), SPEC.child('variables').index(i), errs); });
  if (!validations.length && !auditAnnotations.length) {
    for (const field of ['validations', 'auditAnnotations']) errs.push(required(SPEC.child(field), 'validations or auditAnnotations must contain at least one item'));
    return errs;
  }
  validations.forEach((validation, i) => { validateValidation(validation, scopes, SPEC.child('validations').index(i), errs); });
  validateAnnotations(auditAnnotations, policy.metadata.name, scopes.message, errs);
  return errs;
}

export const policyValidation = forKind<ValidatingAdmissionPolicy>({
  create: (policy) => validatePolicy(policy, false),
  update: (policy, old) =>
    validatePolicy(policy, semanticEqual(policy.spec?.paramKind, old.spec?.paramKind) && semanticEqual(policy.spec?.matchConditions, old.spec?.matchConditions)),
  status(policy) {
    const errs: Errors = [];
    policy.status?.typeChecking?.expressionWarnings?.forEach(({ warning, fieldRef = '' }, i) => {
      const path = STATUS.child('typeChecking', 'expressionWarnings').index(i);
      if (!warning) errs.push(required(path.child('warning'), ''));
      if (!fieldRef.trim()) errs.push(required(path.child('fieldRef'), ''));
    });
    validateConditions(policy.status?.conditions ?? [], STATUS.child('conditions'), errs);
    return errs;
  },
});

function validateParamRef(ref: ParamRef, path: Path, errs: Errors): void {
  const { name = '', selector, parameterNotFoundAction: action = '' } = ref;
  const exclusive = 'name and selector are mutually exclusive';
  if (name) {
    addInvalid(errs, path.child('name'), name, isPathSegmentName(name));
    if (selector) errs.push(fieldForbidden(path.child('name'), exclusive));
  }
  if (selector) {
    validateLabelSelector(selector, path.child('selector'), errs);
    if (name) errs.push(fieldForbidden(path.child('selector'), exclusive));
  }
  if (!name && !selector) errs.push(required(path, 'one of name or selector must be specified'));
  if (!action) errs.push(required(path.child('parameterNotFoundAction'), ''));
  else if (action !== 'Deny' && action !== 'Allow') errs.push(notSupported(path.child('parameterNotFoundAction'), action, ['Deny', 'Allow']));
}

function validateActions(actions: readonly string[], path: Path, errs: Errors): void {
  actions.forEach((action, i) => {
    if (!ACTIONS.includes(action)) errs.push(notSupported(path.index(i), action, ACTIONS));
    if (actions.indexOf(action) < i) errs.push(duplicate(path.index(i), action));
  });
  if (actions.includes('Deny') && actions.includes('Warn')) {
    errs.push(invalid(path, actions, 'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'));
  }
  if (!actions.length) errs.push(required(path, 'at least one validation action is required'));
}

function validateBinding(binding: ValidatingAdmissionPolicyBinding): Errors {
  const errs: Errors = [];
  validateGenericMeta(binding.metadata, false, nameIsDNSSubdomain, errs);
  const { policyName = '', paramRef, matchResources, validationActions = [] } = binding.spec ?? {};
  if (!policyName) errs.push(required(SPEC.child('policyName'), ''));
  else addInvalid(errs, SPEC.child('policyName'), policyName, isDNS1123Subdomain(policyName));
  if (paramRef) validateParamRef(paramRef, SPEC.child('paramRef'), errs);
  validateMatchResources(matchResources, SPEC.child('matchResources'), errs);
  validateActions(validationActions, SPEC.child('validationActions'), errs);
  return errs;
}

export const bindingValidation = forKind<ValidatingAdmissionPolicyBinding>({ create: validateBinding, update: validateBinding });
