import type { ASTNode } from '@marcbachmann/cel-js';

/** What the library hands to a macro and to its evaluation, as far as these use it. */
export interface Type { readonly kind: string; readonly keyType?: Type; readonly valueType?: Type }
export interface Scope {
  forkWithVariable(name: string, type: Type): Scope;
  reuse(parent: Scope): Scope;
  setIterValue(value: unknown, evaluator: Evaluator): Scope;
}
export interface Checker {
  check(node: ASTNode, scope: Scope): Type;
  getType(name: string): Type;
}
export interface Evaluator {
  run(node: ASTNode, scope: Scope): unknown;
  tryEval(node: ASTNode, scope: Scope): unknown;
}
export interface Call { readonly args: readonly ASTNode[]; readonly receiver: ASTNode }
