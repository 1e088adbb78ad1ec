import type { ASTNode } from '@marcbachmann/cel-js';
import { CelFailure } from '../words';
import { formatString } from './formatString';
import type { Call, Checker, Evaluator, Scope, Type } from './macros';

interface Format {
  readonly receiver: ASTNode;
  readonly values: readonly ASTNode[] | ASTNode;
  evaluate(evaluator: Evaluator, format: Format, scope: Scope): unknown;
  typeCheck(checker: Checker, format: Format, scope: Scope): Type;
}

/** "…".format([…]): a macro, because its list alone may hold values of different types. */
export function formatMacro({ args, receiver }: Call): Format {
  const [list] = args as readonly [ASTNode];
  return {
    receiver, values: list.op === 'list' ? list.args : list,
    typeCheck(checker, { values }, scope) {
      checker.check(receiver, scope);
      for (const node of Array.isArray(values) ? (values as readonly ASTNode[]) : [values as ASTNode]) checker.check(node, scope);
      return checker.getType('string');
    },
    evaluate(evaluator, { values }, scope) {
      const text = evaluator.run(receiver, scope);
      const shown = Array.isArray(values) ? (values as readonly ASTNode[]).map((node) => evaluator.run(node, scope)) : evaluator.run(values as ASTNode, scope);
      if (typeof text !== 'string' || !Array.isArray(shown)) throw new CelFailure('no such overload');
      return formatString(text, shown);
    },
  };
}
