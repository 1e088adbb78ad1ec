import { Environment, Optional } from '@marcbachmann/cel-js';
import { comprehensions } from './functions/comprehensions';
import { formats } from './functions/formats';
import { lists } from './functions/lists';
import { network } from './functions/network';
import { quantities } from './functions/quantities';
import { semver } from './functions/semver';
import { strings } from './functions/strings';
import { times } from './functions/times';
import { url } from './functions/url';
import { Meter } from './meter';
import { knownNames, undeclaredCall } from './names';
import { compileWords, runtimeWords, type CelFailure } from './words';

/**
 * CEL as the API server's rules use it: the one place that knows the library. Expressions are checked when they are compiled, bounded
 * when they run, and fail in the words of cel-go.
 */
export type Environments = Environment;
export type Variables = { readonly [name: string]: unknown };

/** An expression that is ready to run. */
export interface Expression {
  readonly text: string;
  /** Its type as CEL writes it: "bool", "list(string)", "dyn". */
  readonly type: string;
  /** Throws CelFailure with the words of cel-go. */
  run(variables: Variables, budget: Meter): unknown;
  /** Whether it mentions a variable. */
  uses(variable: string): boolean;
}

/** As CEL's own parser in Kubernetes: MaxExpressionSize is a matter of the fields; these bound the tree. */
const LIMITS = { maxAstNodes: 20_000, maxDepth: 200, maxListElements: 1000, maxMapEntries: 1000, maxCallArguments: 32 };

let base: Environment | undefined;

/** Made when the first expression turns up: most worlds have none. */
function makeBase(): Environment {
  const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: true, limits: LIMITS });
  for (const extend of [strings, lists, quantities, network, url, formats, semver, times, comprehensions]) extend(environment);
  return environment;
}

/** An environment of its own for other variables and types, with all of Kubernetes' functions. */
export const newEnvironment = (): Environment => (base ??= makeBase()).clone();

/** The expression, or why it is none: "compilation failed: ERROR: <input>:1:1: …". */
export function compile(environment: Environment, text: string): Expression | CelFailure {
  let parsed;
  try { parsed = environment.parse(text); } catch (thrown) { return compileWords(thrown, text); }
  const unknown = undeclaredCall(parsed.ast);
  if (unknown) return unknown;
  let meter = new Meter();
  const names = knownNames(parsed.ast, () => { meter.step(); });
  const checked = parsed.check();
  if (!checked.valid) return compileWords(checked.error, text);
  return {
    text, type: celType(checked.type ?? 'dyn'), uses: (variable) => names.has(variable),
    run(variables, budget) {
      meter = budget;
      try { return parsed(variables); } catch (thrown) { throw runtimeWords(thrown); }
    },
  };
}

/** "map<string, list<int>>" as cel-go prints it. */
export const celType = (type: string): string => type.replace(/optional</g, 'optional_type<').replace(/</g, '(').replace(/>/g, ')').replace(/^list$/, 'list(dyn)').replace(/^map$/, 'map(dyn, dyn)');

export { Optional };
