import { ANYTHING, BOOL, compileAdmission, scopesOf, STRING, STRING_OR_NULL } from '../../../api/cel/admission';
import type { Expression } from '../../../api/cel/library';
import { CelFailure } from '../../../api/cel/words';
import type { AuditAnnotation, ValidatingAdmissionPolicy, Validation } from '../../../api/generated/types';

type Compiled = Expression | CelFailure;

/** A policy with its expressions ready to run. */
export interface CompiledPolicy {
  readonly policy: ValidatingAdmissionPolicy;
  readonly variables: readonly { readonly name: string; readonly expression: Compiled }[];
  readonly matchConditions: readonly Compiled[];
  readonly validations: readonly { readonly validation: Validation; readonly expression: Compiled; readonly message: Compiled | undefined }[];
  readonly annotations: readonly { readonly annotation: AuditAnnotation; readonly expression: Compiled }[];
}

const compiled = new WeakMap<object, CompiledPolicy>();

/** Compiles what is in a policy; each stored state of it once. */
export function compiledPolicy(policy: ValidatingAdmissionPolicy): CompiledPolicy {
  let ready = compiled.get(policy);
  if (!ready) compiled.set(policy, ready = compileAll(policy));
  return ready;
}

function compileAll(policy: ValidatingAdmissionPolicy): CompiledPolicy {
  const { variables = [], matchConditions = [], validations = [], auditAnnotations = [] } = policy.spec ?? {};
  const scopes = scopesOf(policy.spec ?? {});
  return {
    policy,
    variables: variables.map(({ name, expression }, i) => ({ name, expression: compileAdmission(expression, scopes.variable(i), ANYTHING) })),
    matchConditions: matchConditions.map(({ expression }) => compileAdmission(expression, scopes.matchCondition, BOOL)),
    validations: validations.map((validation) => ({
      validation, expression: compileAdmission(validation.expression, scopes.validation, BOOL),
      message: validation.messageExpression ? compileAdmission(validation.messageExpression, scopes.message, STRING) : undefined,
    })),
    annotations: auditAnnotations.map((annotation) => ({ annotation, expression: compileAdmission(annotation.valueExpression, scopes.message, STRING_OR_NULL) })),
  };
}

export { CelFailure };
