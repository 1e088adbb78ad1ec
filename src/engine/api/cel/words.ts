import type { ASTNode } from '@marcbachmann/cel-js';

/** An expression that cannot be compiled or evaluated, in the words of cel-go. */
export class CelFailure extends Error {
  override readonly name = 'CelFailure';
}

/** What the library's errors carry besides the message. */
interface LibraryError {
  readonly message: string;
  readonly code?: string;
  readonly summary?: string;
  readonly node?: ASTNode;
  readonly range?: { readonly start: number };
}

const OPERATORS: { readonly [op: string]: string } = {
  '+': '_+_', '-': '_-_', '*': '_*_', '/': '_/_', '%': '_%_', '==': '_==_', '!=': '_!=_', '<': '_<_', '<=': '_<=_', '>': '_>_', '>=': '_>=_', in: '@in', '&&': '_&&_', '||': '_||_',
};

const asError = (thrown: unknown): LibraryError => (thrown instanceof Error ? (thrown as LibraryError) : new Error(String(thrown)));
const typeName = (type: string): string => type.replace(/</g, '(').replace(/>/g, ')');
/** "(int, string)" out of a list that may hold commas of its own. */
const typesOf = (text: string): string => `(${typeName(text)})`;

/** Why an expression does not compile, with the place under it. */
export function compileWords(thrown: unknown, text: string): CelFailure {
  const error = asError(thrown);
  const summary = error.summary ?? error.message;
  return new CelFailure(`compilation failed: ${located(text, positionOf(error, text), compileMessage(error, summary))}`);
}

/** "ERROR: <input>:1:8: words", the line, and an arrow under the place. */
export function located(text: string, position: number, message: string): string {
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - (before.lastIndexOf('\n') + 1);
  const source = text.split('\n')[line - 1] ?? '';
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${source}\n | ${'.'.repeat(column)}^`;
}

function compileMessage({ code = '', node }: LibraryError, summary: string): string {
  const quoted = /'([^']*)'/.exec(summary)?.[1] ?? '';
  switch (code) {
    case 'unknown_variable': return undeclared(summary.replace(/^Unknown variable: /, ''));
    case 'no_such_key': return `undefined field '${summary.replace(/^No such key: /, '')}'`;
    case 'no_such_overload': return overload(summary);
    case 'no_matching_overload': return noMatch(summary);
    case 'invalid_logical_operand': return `expected type 'bool' but found '${typeName(quoted)}'`;
    case 'invalid_condition_type': return `expected type 'bool' but found '${typeName(/got '([^']*)'/.exec(summary)?.[1] ?? '')}'`;
    case 'cannot_index_type': return node?.op === '[]' ? `found no matching overload for '_[_]' applied to '(${typeName(quoted)}, dyn)'` : `type '${typeName(quoted)}' does not support field selection`;
    case 'invalid_index_type': return `found no matching overload for '_[_]' applied to '(list(dyn), ${typeName(/'([^']*)'$/.exec(summary)?.[1] ?? '')})'`;
    case 'invalid_comprehension_range': return `expression of type '${typeName(quoted)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
    case 'heterogeneous_list_element': case 'heterogeneous_map_key': case 'heterogeneous_map_value': {
      const [, wanted = '', found = ''] = /expected type '(.*)' but found '(.*)'/.exec(summary) ?? [];
      return `expected type '${typeName(wanted)}' but found '${typeName(found)}'`;
    }
    case 'incompatible_ternary_branches': {
      const [, a = '', b = ''] = /got '(.*)' and '(.*)'/.exec(summary) ?? [];
      return `found no matching overload for '_?_:_' applied to '(bool, ${typeName(a)}, ${typeName(b)})'`;
    }
    case 'invalid_macro_argument': return summary.startsWith('has') ? 'invalid argument to has() macro' : 'argument is not an identifier';
    case 'unexpected_token': case 'unexpected_character': case 'unterminated_string': case 'parse_error': return `Syntax error: ${syntax(summary)}`;
    default: return summary;
  }
}

export const undeclared = (name: string): string => `undeclared reference to '${name}' (in container '')`;

function syntax(summary: string): string {
  if (summary.includes('EOF')) return "mismatched input '<EOF>' expecting an expression";
  const found = /'(.*)'/.exec(summary)?.[1];
  return found === undefined ? summary : `extraneous input '${found}' expecting <EOF>`;
}

function overload(summary: string): string {
  const text = summary.replace(/^no such overload: /, '');
  const unary = /^([!-])(\S+)$/.exec(text);
  if (unary) return `found no matching overload for '${unary[1]}_' applied to '${typesOf(unary[2] ?? '')}'`;
  const [, left = '', op = '', right = ''] = /^(.*) (==|!=|<=|>=|<|>|\+|-|\*|\/|%|in) (.*)$/.exec(text) ?? [];
  return `found no matching overload for '${OPERATORS[op] ?? op}' applied to '${typesOf(`${left}, ${right}`)}'`;
}

function noMatch(summary: string): string {
  const [, whole = ''] = /^found no matching overload for '(.*)'$/.exec(summary) ?? [];
  const [, receiver, name = '', args = ''] = /^(?:(.*)\.)?(\w+)\((.*)\)$/.exec(whole) ?? [];
  return `found no matching overload for '${name.replace(/^k8s_/, '')}' applied to '${receiver === undefined ? '' : `${typeName(receiver)}.`}(${typeName(args)})'`;
}

/** cel-go points at the operator, the dot or the bracket of what is wrong. */
function positionOf({ node, range }: LibraryError, text: string): number {
  const start = range?.start ?? 0;
  if (!node || node.op === undefined) return start;
  return placeOf(node, text) ?? start;
}

export function placeOf(node: ASTNode, text: string): number | undefined {
  const args = node.args as unknown;
  const children = Array.isArray(args) ? (args as readonly ASTNode[]) : [];
  const after = (from: ASTNode | undefined, what: string): number | undefined => {
    const found = from ? text.indexOf(what, from.end) : -1;
    return found < 0 ? undefined : found;
  };
  switch (node.op as string) {
    case '.': case '.?': return after(children[0], '.');
    case '[]': case '[?]': return after(children[0], '[');
    case 'call': return text.indexOf('(', node.start);
    case 'rcall': return after(children[1], '(');
    case '?:': return after(children[0], '?');
    case '!_': case '-_': return node.start;
    default: return node.op in OPERATORS ? after(children[0], node.op) : undefined;
  }
}

/** Why an expression failed while it ran. */
export function runtimeWords(thrown: unknown): CelFailure {
  if (thrown instanceof CelFailure) return thrown;
  const error = asError(thrown);
  const summary = error.summary ?? error.message;
  return new CelFailure(runtimeMessage(error.code ?? '', summary));
}

function runtimeMessage(code: string, summary: string): string {
  switch (code) {
    case 'no_such_key': return `no such key: ${summary.replace(/^No such key: /, '')}`;
    case 'index_out_of_bounds': return `index out of bounds: ${/index (-?\d+)/.exec(summary)?.[1] ?? ''}`;
    case 'modulo_by_zero': return 'modulus by zero';
    case 'numeric_overflow': return summary.includes('nsigned') ? 'unsigned integer overflow' : 'integer overflow';
    case 'optional_value_missing': return 'optional.none() dereference';
    case 'unknown_variable': return `no such attribute(s): ${summary.replace(/^Unknown variable: /, '')}`;
    case 'no_such_overload': case 'no_matching_overload': case 'invalid_logical_operand': case 'invalid_condition_type': case 'unsupported_type': case 'invalid_comprehension_range': case 'invalid_comparison_type':
      return 'no such overload';
    default: return summary;
  }
}
