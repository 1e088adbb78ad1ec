import { Meter } from '../../../api/cel/meter';
import type { Variables, Expression } from '../../../api/cel/library';
import { CelFailure } from '../../../api/cel/words';
import type { KubernetesObject } from '../../../api/object';
import type { AdmissionAttributes, AdmissionEnvironment } from '../plugin';
import type { CompiledPolicy } from './compiled';
import { variablesFor } from './variables';

/** A validation that a request did not pass. */
export interface Failure {
  readonly message: string;
  readonly reason: string;
  /** Of the validation in the policy. */
  readonly index: number;
}

export interface Outcome {
  readonly failures: readonly Failure[];
  /** Failures of audit annotations: they refuse whatever the binding's actions say. */
  readonly fatal: readonly string[];
  readonly annotations: readonly { readonly key: string; readonly value: string }[];
}

const MAX_MESSAGE_BYTES = 5 * 1024;
const NOTHING: Outcome = { failures: [], fatal: [], annotations: [] };

/** The result, or the words of its failure. */
function evaluated(source: string, expression: Expression | CelFailure, variables: Variables, budget: Meter): { readonly value: unknown } | string {
  if (expression instanceof CelFailure) return `compilation error: ${expression.message}`;
  if (budget.exhausted) return 'validation failed due to running out of cost budget, no further validation rules will be run';
  budget.begin();
  try { return { value: expression.run(variables, budget) }; } catch (thrown) { return `expression '${source}' resulted in error: ${(thrown as Error).message}`; }
}

/** Asks a policy about a request, with one set of parameters. Errors count as its failurePolicy says. */
export function evaluatePolicy(compiled: CompiledPolicy, params: KubernetesObject | undefined, attributes: AdmissionAttributes, environment: AdmissionEnvironment): Outcome {
  const { policy, matchConditions, validations, annotations } = compiled;
  const ignoring = policy.spec?.failurePolicy === 'Ignore';
  const budget = new Meter();
  const variables = variablesFor(compiled, params, attributes, environment, budget);
  const errors: string[] = [];
  for (const [i, expression] of matchConditions.entries()) {
    const result = evaluated(policy.spec?.matchConditions?.[i]?.expression ?? '', expression, variables, budget);
    if (typeof result === 'string') errors.push(result);
    else if (result.value !== true) return NOTHING;
  }
  if (errors.length > 0) return ignoring ? NOTHING : { ...NOTHING, failures: [{ message: errors.length === 1 ? errors[0] ?? '' : `[${errors.join(', ')}]`, reason: '', index: 0 }] };
  const failures: Failure[] = [];
  for (const [index, { validation, expression, message }] of validations.entries()) {
    const result = evaluated(validation.expression, expression, variables, budget);
    if (typeof result === 'string') { if (!ignoring) failures.push({ message: result, reason: '', index }); continue; }
    if (result.value === true) continue;
    const said = message && !(message instanceof CelFailure) ? spoken(evaluated(validation.messageExpression ?? '', message, variables, budget)) : '';
    failures.push({ message: said || validation.message?.trim() || `failed expression: ${validation.expression.trim()}`, reason: validation.reason ?? 'Invalid', index });
  }
  return { failures, ...annotated(annotations, variables, budget, ignoring) };
}

/** A message that is no text, too long or of several lines is not used. */
function spoken(result: { readonly value: unknown } | string): string {
  if (typeof result === 'string' || typeof result.value !== 'string') return '';
  const text = result.value.trim();
  return text.length > MAX_MESSAGE_BYTES || text.includes('\n') ? '' : text;
}

function annotated(annotations: CompiledPolicy['annotations'], variables: Variables, budget: Meter, ignoring: boolean): Pick<Outcome, 'fatal' | 'annotations'> {
  const fatal: string[] = [];
  const kept: { readonly key: string; readonly value: string }[] = [];
  for (const { annotation, expression } of annotations) {
    const result = evaluated(annotation.valueExpression, expression, variables, budget);
    if (typeof result === 'string') { if (!ignoring) fatal.push(result); continue; }
    if (typeof result.value === 'string' && result.value.trim() !== '') kept.push({ key: annotation.key, value: result.value.trim() });
  }
  return { fatal, annotations: kept };
}
