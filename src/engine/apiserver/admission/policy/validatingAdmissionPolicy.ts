import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../api/generated/types';
import { type Status, type StatusReason } from '../../../api/status';
import { denied } from '../denied';
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionNotes, AdmissionPlugin } from '../plugin';
import { compiledPolicy } from './compiled';
import { evaluatePolicy, type Failure } from './evaluate';
import { matches } from './match';
import { paramsOf } from './params';

const GROUP = 'admissionregistration.k8s.io';
/** What policies never apply to: themselves, and questions that are no objects. */
const EXCLUDED: ReadonlySet<string> = new Set([
  `${GROUP}/validatingadmissionpolicies`, `${GROUP}/validatingadmissionpolicybindings`, `${GROUP}/mutatingadmissionpolicies`, `${GROUP}/mutatingadmissionpolicybindings`,
  'authentication.k8s.io/selfsubjectreviews', 'authentication.k8s.io/tokenreviews', 'authorization.k8s.io/localsubjectaccessreviews', 'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews', 'authorization.k8s.io/subjectaccessreviews',
]);
const CODES: { readonly [reason: string]: number } = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422 };
const FAILURE_ANNOTATION = 'validation.policy.admission.k8s.io/validation_failure';
const MAX_ANNOTATION = 10 * 1024;

interface Denial { readonly message: string; readonly reason: string }

/** ValidatingAdmissionPolicy: rules in CEL that are bound to requests (KEP-3488). */
export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  handles: ({ definition }) => !EXCLUDED.has(`${definition.group}/${definition.resource}`),
  applies(environment) { for (const _ of environment.list(GROUP, 'validatingadmissionpolicybindings')) return true; return false; },
  validate(attributes, environment, notes) {
    const bindings = [...environment.list(GROUP, 'validatingadmissionpolicybindings')] as unknown as readonly ValidatingAdmissionPolicyBinding[];
    const denials: Denial[] = [];
    for (const object of environment.list(GROUP, 'validatingadmissionpolicies')) {
      const policy = object as unknown as ValidatingAdmissionPolicy;
      const bound = bindings.filter((b) => b.spec?.policyName === policy.metadata.name);
      if (bound.length === 0 || !matches(policy.spec?.matchConstraints, attributes, environment)) continue;
      const annotations = new Map<string, string[]>();
      for (const binding of bound) if (matches(binding.spec?.matchResources, attributes, environment)) denials.push(...judge(policy, binding, attributes, environment, notes, annotations));
      for (const [key, values] of annotations) notes.annotate(`${policy.metadata.name}/${key}`, values.join(', '));
    }
    return denials[0] && refusal(attributes, denials[0]);
  },
};

/** What one binding of a policy has against a request. */
function judge(
  policy: ValidatingAdmissionPolicy, binding: ValidatingAdmissionPolicyBinding, attributes: AdmissionAttributes, environment: AdmissionEnvironment, notes: AdmissionNotes, annotations: Map<string, string[]>,
): readonly Denial[] {
  const about = `'${policy.metadata.name}' with binding '${binding.metadata.name}'`;
  const deny = (message: string, reason: string): Denial => ({ message: `ValidatingAdmissionPolicy ${about} denied request: ${message}`, reason: reason || 'Invalid' });
  const params = paramsOf(policy.spec?.paramKind, binding.spec?.paramRef, attributes, environment);
  if (typeof params === 'string') return policy.spec?.failurePolicy === 'Ignore' ? [] : [deny(`failed to configure binding: ${params}`, '')];
  const denials: Denial[] = [];
  for (const param of params) {
    const outcome = evaluatePolicy(compiledPolicy(policy), param, attributes, environment);
    for (const failure of outcome.failures) {
      for (const action of binding.spec?.validationActions ?? []) {
        if (action === 'Deny') denials.push(deny(failure.message, failure.reason));
        if (action === 'Warn') environment.warn(`Validation failed for ValidatingAdmissionPolicy ${about}: ${failure.message}`);
        if (action === 'Audit') notes.annotate(FAILURE_ANNOTATION, failureJson(policy, binding, failure));
      }
    }
    for (const message of outcome.fatal) denials.push(deny(message, ''));
    for (const { key, value } of outcome.annotations) add(annotations, key, value.slice(0, MAX_ANNOTATION));
  }
  return denials;
}

function add(annotations: Map<string, string[]>, key: string, value: string): void {
  const values = annotations.get(key) ?? [];
  if (!values.includes(value)) annotations.set(key, [...values, value]);
}

const failureJson = (policy: ValidatingAdmissionPolicy, binding: ValidatingAdmissionPolicyBinding, { message, index }: Failure): string =>
  JSON.stringify([{ message, policy: policy.metadata.name, binding: binding.metadata.name, expressionIndex: index, validationActions: binding.spec?.validationActions ?? [] }]);

function refusal(attributes: AdmissionAttributes, { message, reason }: Denial): Status {
  const status = denied(attributes, message);
  return { ...status, code: CODES[reason] ?? 422, reason: reason as StatusReason, details: { ...status.details, causes: [...(status.details?.causes ?? []), { message }] } };
}
