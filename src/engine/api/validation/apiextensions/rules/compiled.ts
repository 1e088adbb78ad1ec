import { compile, newEnvironment, type Expression } from '../../../cel/library';
import { CelFailure } from '../../../cel/words';
import type { ValidationRule } from '../../../generated/types';
import type { Schema } from '../schemaTypes';
import { RuleTypes, type RuleType } from './types';

/** x-kubernetes-validations of one schema, ready to run. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly expression: Expression | CelFailure;
  readonly message: Expression | CelFailure | undefined;
  readonly usesOldSelf: boolean;
}

export interface CompiledRules {
  readonly type: RuleType;
  readonly rules: readonly CompiledRule[];
}

/** By schema: nothing else decides; and whether it is a resource's root. */
const roots = new WeakMap<Schema, CompiledRules | CelFailure>();
const inner = new WeakMap<Schema, CompiledRules | CelFailure>();

/** The rules on a schema, or why there can be none on it. `of` is what the values are like, where the rules stand in an allOf. */
export function compiledRules(schema: Schema, root: boolean, of: Schema = schema): CompiledRules | CelFailure {
  const known = of === schema ? (root ? roots : inner) : undefined;
  let compiled = known?.get(schema);
  if (!compiled) {
    compiled = compileAll(schema['x-kubernetes-validations'] ?? [], of, root);
    known?.set(schema, compiled);
  }
  return compiled;
}

function compileAll(rules: readonly ValidationRule[], schema: Schema, root: boolean): CompiledRules | CelFailure {
  const environment = newEnvironment();
  const type = new RuleTypes(environment).typeOf(schema, root);
  if (!type) return new CelFailure(`rule declared on schema that does not support validation rules type: '${schema.type ?? ''}' x-kubernetes-preserve-unknown-fields: '${String(schema['x-kubernetes-preserve-unknown-fields'] ?? false)}'`);
  environment.registerVariable('self', type.name);
  const optional = environment.clone().registerVariable('oldSelf', `optional<${type.name}>`);
  const usual = environment.clone().registerVariable('oldSelf', type.name);
  return {
    type,
    rules: rules.map((rule) => {
      const variables = rule.optionalOldSelf ? optional : usual;
      const expression = typed(compile(variables, rule.rule), 'bool', 'cel expression must evaluate to a bool');
      const message = rule.messageExpression ? typed(compile(variables, rule.messageExpression), 'string', 'messageExpression must evaluate to a string') : undefined;
      return { rule, expression, message, usesOldSelf: !(expression instanceof CelFailure) && expression.uses('oldSelf') };
    }),
  };
}

const typed = (compiled: Expression | CelFailure, type: string, otherwise: string): Expression | CelFailure =>
  compiled instanceof CelFailure || compiled.type === type ? compiled : new CelFailure(otherwise);
