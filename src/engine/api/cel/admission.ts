import type { ValidatingAdmissionPolicySpec } from '../generated/types';
import { authorization } from './functions/authorizer';
import { compile, newEnvironment, type Environments, type Expression } from './library';
import { CelFailure } from './words';

/** The expressions of ValidatingAdmissionPolicies: which variables each may use, and what it has to evaluate to. */
export interface AdmissionVariables {
  readonly params: boolean;
  readonly authorizer: boolean;
  /** Names of the policy's own variables. */
  readonly variables: readonly string[];
}

const MAX_ENVIRONMENTS = 200;
const environments = new Map<string, Environments>();


function environmentFor({ params, authorizer, variables }: AdmissionVariables): Environments {
  const key = JSON.stringify([params, authorizer, variables]);
  let environment = environments.get(key);
  if (environment) return environment;
  environment = newEnvironment();
  if (authorizer) authorization(environment);
  for (const name of ['object', 'oldObject', 'request', 'namespaceObject', ...(params ? ['params'] : [])]) environment.registerVariable(name, 'dyn');
  if (authorizer) environment.registerVariable('authorizer', 'kubernetes.authorization.Authorizer');
  environment.registerType('kubernetes.variables', { fields: Object.fromEntries(variables.map((name) => [name, 'dyn'])) }).registerVariable('variables', 'kubernetes.variables');
  if (environments.size >= MAX_ENVIRONMENTS) environments.clear();
  environments.set(key, environment);
  return environment;
}

/** The expression, or why it cannot be used. `returns` are the types of CEL that it may evaluate to. */
export function compileAdmission(text: string, variables: AdmissionVariables, returns: readonly string[]): Expression | CelFailure {
  const compiled = compile(environmentFor(variables), text);
  if (compiled instanceof CelFailure || returns.length === 0 || returns.includes(compiled.type)) return compiled;
  return new CelFailure(returns.length === 1 ? `must evaluate to ${returns[0] ?? ''}` : `must evaluate to one of [${returns.join(' ').replace('null', 'null_type')}]`);
}

export const BOOL = ['bool'], STRING = ['string'], STRING_OR_NULL = ['string', 'null'], ANYTHING: readonly string[] = [];

/** What the expressions of a policy may use, part by part. A variable sees those before it. */
export function scopesOf({ paramKind, variables = [] }: ValidatingAdmissionPolicySpec): {
  readonly matchCondition: AdmissionVariables; readonly validation: AdmissionVariables; readonly message: AdmissionVariables; variable(index: number): AdmissionVariables;
} {
  const params = paramKind !== undefined;
  const names = variables.map((v) => v.name);
  return {
    matchCondition: { params, authorizer: true, variables: [] }, validation: { params, authorizer: true, variables: names }, message: { params, authorizer: false, variables: names },
    variable: (index) => ({ params, authorizer: true, variables: names.slice(0, index) }),
  };
}
