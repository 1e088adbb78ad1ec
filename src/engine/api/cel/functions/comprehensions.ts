import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { CelFailure } from '../words';
import type { Call, Checker, Evaluator, Scope, Type } from './macros';

interface Macro {
  readonly receiver: ASTNode;
  readonly keyName: string;
  readonly valueName: string;
  readonly body: readonly ASTNode[];
  keyScope?: Scope;
  valueScope?: Scope;
  evaluate(evaluator: Evaluator, macro: Macro, scope: Scope): unknown;
  typeCheck(checker: Checker, macro: Macro, scope: Scope): Type;
}

type Step = (key: unknown, value: unknown, evaluate: (node: number) => unknown) => void;
/** How a macro goes through its range: `over` calls the step for each element, and the result is read at the end. */
type Fold = () => { readonly step: Step; readonly done?: () => boolean; readonly result: () => unknown };

const MAX_STEPS = 200_000;

const entriesOf = (range: unknown): readonly (readonly [unknown, unknown])[] => {
  if (Array.isArray(range)) return range.map((value, i) => [BigInt(i), value] as const);
  if (range instanceof Map) return [...range.entries()];
  if (typeof range === 'object' && range !== null) return Object.entries(range);
  throw new CelFailure('no such overload');
};

function identifier(node: ASTNode | undefined): string {
  if (node?.op !== 'id') throw new CelFailure('argument is not an identifier');
  return node.args;
}

/** A macro over two variables: index and value of a list, key and value of a map (KEP-4222's two-variable comprehensions). */
function twoVariables(result: string, fold: Fold): (call: Call) => Macro {
  return ({ args, receiver }) => ({
    receiver, keyName: identifier(args[0]), valueName: identifier(args[1]), body: args.slice(2),
    typeCheck(checker, macro, scope) {
      const range = checker.check(macro.receiver, scope);
      const dyn = checker.getType('dyn');
      const key = range.kind === 'list' ? checker.getType('int') : range.keyType ?? dyn;
      macro.keyScope = scope.forkWithVariable(macro.keyName, key);
      macro.valueScope = macro.keyScope.forkWithVariable(macro.valueName, range.valueType ?? dyn);
      for (const node of macro.body) checker.check(node, macro.valueScope);
      return checker.getType(result);
    },
    evaluate(evaluator, macro, scope) {
      const entries = entriesOf(evaluator.run(macro.receiver, scope));
      if (entries.length > MAX_STEPS) throw new CelFailure('operation cancelled: actual cost limit exceeded');
      const { step, done, result: read } = fold();
      for (const [key, value] of entries) {
        if (done?.()) break;
        const keyScope = (macro.keyScope as Scope).reuse(scope).setIterValue(key, evaluator);
        const inner = (macro.valueScope as Scope).reuse(keyScope).setIterValue(value, evaluator);
        step(key, value, (node) => evaluator.run(macro.body[node] as ASTNode, inner));
      }
      return read();
    },
  });
}

function bool(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new CelFailure('no such overload');
  return value;
}

/** all and exists go on past an error, in case another element decides. */
function quantifier(decisive: boolean): Fold {
  return () => {
    let decided = false, failure: unknown;
    return {
      step: (_key, _value, evaluate) => { try { decided ||= bool(evaluate(0)) === decisive; } catch (thrown) { failure ??= thrown; } },
      done: () => decided,
      result: () => { if (!decided && failure !== undefined) throw failure; return decided ? decisive : !decisive; },
    };
  };
}

const existsOne: Fold = () => {
  let found = 0;
  return { step: (_key, _value, evaluate) => { if (bool(evaluate(0))) found++; }, result: () => found === 1 };
};

/** With a filter in front where there are two bodies. */
const transformed = (filtered: boolean, keep: (key: unknown, value: unknown) => void): Step => (key, _value, evaluate) => {
  if (!filtered || bool(evaluate(0))) keep(key, evaluate(filtered ? 1 : 0));
};

const transformList = (filtered: boolean): Fold => () => {
  const list: unknown[] = [];
  return { step: transformed(filtered, (_, value) => { list.push(value); }), result: () => list };
};
const transformMap = (filtered: boolean): Fold => () => {
  const map = new Map<unknown, unknown>();
  return { step: transformed(filtered, (key, value) => { map.set(key, value); }), result: () => map };
};

/** all, exists, existsOne, transformList and transformMap over index and value, or key and value. */
export function comprehensions(environment: Environment): void {
  environment
    .registerFunction('list.all(ast, ast, ast): bool', twoVariables('bool', quantifier(false)))
    .registerFunction('list.exists(ast, ast, ast): bool', twoVariables('bool', quantifier(true)))
    .registerFunction('list.existsOne(ast, ast, ast): bool', twoVariables('bool', existsOne))
    .registerFunction('list.transformList(ast, ast, ast): list<dyn>', twoVariables('list<dyn>', transformList(false)))
    .registerFunction('list.transformList(ast, ast, ast, ast): list<dyn>', twoVariables('list<dyn>', transformList(true)))
    .registerFunction('list.transformMap(ast, ast, ast): map<dyn, dyn>', twoVariables('map<dyn, dyn>', transformMap(false)))
    .registerFunction('list.transformMap(ast, ast, ast, ast): map<dyn, dyn>', twoVariables('map<dyn, dyn>', transformMap(true)));
}
