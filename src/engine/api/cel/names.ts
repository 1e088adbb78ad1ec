import type { ASTNode } from '@marcbachmann/cel-js';
import { CelFailure, located, placeOf, undeclared } from './words';

/** Functions that expressions in Kubernetes have. What the library offers besides is refused, as the real server refuses it. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  // The language
  'bool', 'bytes', 'double', 'duration', 'dyn', 'int', 'string', 'timestamp', 'type', 'uint', 'size', 'has', 'all', 'exists', 'exists_one', 'existsOne', 'map', 'filter', 'contains', 'startsWith', 'endsWith', 'matches',
  'transformList', 'transformMap', 'getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear', 'getHours', 'getMinutes', 'getSeconds', 'getMilliseconds',
  // Optional values
  'of', 'none', 'hasValue', 'value', 'or', 'orValue',
  // Strings and lists
  'charAt', 'indexOf', 'lastIndexOf', 'join', 'lowerAscii', 'upperAscii', 'replace', 'split', 'substring', 'trim', 'format', 'isSorted', 'sum', 'min', 'max', 'find', 'findAll',
  // Sets
  'equivalent', 'intersects',
  // Kubernetes' own types
  'quantity', 'isQuantity', 'sign', 'isInteger', 'asInteger', 'asApproximateFloat', 'add', 'sub', 'isGreaterThan', 'isLessThan', 'compareTo',
  'url', 'isURL', 'getScheme', 'getHost', 'getHostname', 'getPort', 'getEscapedPath', 'getQuery',
  'ip', 'isIP', 'isCanonical', 'family', 'isUnspecified', 'isLoopback', 'isLinkLocalMulticast', 'isLinkLocalUnicast', 'isGlobalUnicast', 'cidr', 'isCIDR', 'containsIP', 'containsCIDR', 'masked', 'prefixLength',
  'named', 'validate', 'dns1123Label', 'dns1123Subdomain', 'dns1035Label', 'qualifiedName', 'dns1123LabelPrefix', 'dns1123SubdomainPrefix', 'dns1035LabelPrefix', 'labelValue', 'uri', 'uuid', 'byte', 'date', 'datetime',
  'semver', 'isSemver', 'major', 'minor', 'patch',
  'path', 'group', 'serviceAccount', 'resource', 'subresource', 'namespace', 'name', 'check', 'fieldSelector', 'labelSelector', 'allowed', 'reason', 'errored', 'error',
]);
/** Functions of which the library's own form is not Go's: ours have another name. */
const REPLACED: ReadonlySet<string> = new Set(['matches', 'lowerAscii', 'upperAscii']);

type Children = readonly unknown[];

/** Every node of a tree, macros as they were expanded. */
function* nodes(root: ASTNode): Iterable<ASTNode> {
  const open: unknown[] = [root];
  // A macro holds its arguments twice: as they were written and as they were expanded.
  const seen = new Set<unknown>();
  while (open.length > 0) {
    const next = open.pop();
    if (Array.isArray(next)) { open.push(...(next as Children)); continue; }
    if (typeof next !== 'object' || next === null || !('op' in next)) continue;
    if (seen.has(next)) continue;
    seen.add(next);
    const node = next as ASTNode & { readonly meta?: { readonly alternate?: ASTNode } };
    yield node;
    open.push(node.meta?.alternate, ...childrenOf(node));
  }
}

function childrenOf(node: ASTNode): Children {
  const args = node.args as unknown;
  if (Array.isArray(args)) return args as Children;
  if (typeof args !== 'object' || args === null) return [];
  if ('op' in args) return [args];
  // A comprehension: what it goes over, what it begins with, what it does at each step.
  const { iterable, init, step } = args as { readonly iterable?: unknown; readonly init?: unknown; readonly step?: unknown };
  return [iterable, init, step];
}

/** The refusal of a function that Kubernetes does not have. */
export function undeclaredCall(root: ASTNode): CelFailure | undefined {
  for (const node of nodes(root)) {
    if (node.op !== 'call' && node.op !== 'rcall') continue;
    const name = String((node.args as Children)[0]);
    if (!FUNCTIONS.has(name)) return new CelFailure(`compilation failed: ${located(node.input, placeOf(node, node.input) ?? node.start, undeclared(name))}`);
  }
  return undefined;
}

/**
 * The identifiers in a tree. On the way it makes the tree ours: functions that have to be Go's get the names of ours, and each step of a loop
 * is counted.
 */
export function knownNames(root: ASTNode, step: () => void): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodes(root)) {
    const args = node.args as unknown;
    if (node.op === 'id') names.add(String(args));
    else if (node.op === 'rcall' && REPLACED.has(String((args as Children)[0]))) (args as unknown[])[0] = `k8s_${String((args as Children)[0])}`;
    else if ((node.op as string) === 'comprehension') counted((args as { readonly step: Evaluated }).step, step);
  }
  return names;
}

type Evaluate = (...all: unknown[]) => unknown;
interface Evaluated { evaluate: Evaluate }

/** The library has no meter, and puts a faster function in place of `evaluate` when it first runs: both go through the count. */
function counted(node: Evaluated, step: () => void): void {
  let inner: Evaluate = node.evaluate;
  const outer: Evaluate = (...all) => { step(); return inner.apply(node, all); };
  Object.defineProperty(node, 'evaluate', { get: () => outer, set: (faster: Evaluate) => { inner = faster; } });
}
