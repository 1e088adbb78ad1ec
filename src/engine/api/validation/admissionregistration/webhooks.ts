import type { MutatingWebhook, MutatingWebhookConfiguration, ValidatingWebhook, ValidatingWebhookConfiguration } from '../../generated/types';
import { semanticEqual } from '../equal';
import { addInvalid, duplicate, invalid, notSupported, Path, required, type Errors } from '../field';
import { isDNS1035Label, isFullyQualifiedName } from '../formats';
import { forKind } from '../kind';
import { nameIsDNSSubdomain } from '../meta';
import { validateGenericMeta } from '../core/commonMeta';
import { selectorHasInvalidLabelValue, validateLabelSelector } from '../selectors';
import { validateClientConfig } from './clientConfig';
import type { AdmissionVariables } from '../../cel/admission';
import { FAILURE_POLICIES, MATCH_POLICIES, validateMatchConditions, validateRule } from './rules';

type Configuration = ValidatingWebhookConfiguration | MutatingWebhookConfiguration;
type Webhook = ValidatingWebhook | MutatingWebhook;

/** What the match conditions of a webhook may use. */
const MATCH_SCOPE: AdmissionVariables = { params: false, authorizer: true, variables: [] };
const WEBHOOKS = Path.of('webhooks');
export const REVIEW_VERSIONS: readonly string[] = ['v1', 'v1beta1'];
const NO_SIDE_EFFECTS: readonly string[] = ['None', 'NoneOnDryRun'];
const SIDE_EFFECTS: readonly string[] = ['None', 'NoneOnDryRun', 'Some', 'Unknown'];
const REINVOCATION_POLICIES: readonly string[] = ['IfNeeded', 'Never'];

/** What an update may keep because it is stored. */
interface Options {
  readonly ignoreMatchConditions: boolean;
  readonly requireNoSideEffects: boolean;
  readonly requireKnownVersion: boolean;
  readonly requireUniqueNames: boolean;
  readonly allowInvalidLabelValue: boolean;
}

const CREATE: Options = { ignoreMatchConditions: false, requireNoSideEffects: true, requireKnownVersion: true, requireUniqueNames: true, allowInvalidLabelValue: false };

const hooksOf = (configuration: Configuration): readonly Webhook[] => configuration.webhooks ?? [];

function optionsOf(configuration: Configuration, old: Configuration): Options {
  const [is, was] = [hooksOf(configuration), hooksOf(old)];
  return {
    ignoreMatchConditions: is.length === was.length && was.every((hook, i) => semanticEqual(hook.matchConditions, is[i]?.matchConditions)),
    requireNoSideEffects: was.every((hook) => NO_SIDE_EFFECTS.includes(hook.sideEffects)),
    requireKnownVersion: was.every((hook) => !hook.admissionReviewVersions?.length || hook.admissionReviewVersions.some((v) => REVIEW_VERSIONS.includes(v))),
    requireUniqueNames: new Set(was.map((hook) => hook.name)).size === was.length,
    allowInvalidLabelValue: was.some((hook) => selectorHasInvalidLabelValue(hook.namespaceSelector) || selectorHasInvalidLabelValue(hook.objectSelector)),
  };
}

/** Versions of a review that the webhook understands; one of them must be known here. Conversion webhooks say the same. */
export function validateReviewVersions(versions: readonly string[], requireKnown: boolean, emptyDetail: string, path: Path, errs: Errors): void {
  if (!versions.length) { errs.push(required(path, emptyDetail)); return; }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) errs.push(invalid(path.index(i), version, 'duplicate version'));
    else addInvalid(errs, path.index(i), version, isDNS1035Label(version));
  });
  if (requireKnown && !versions.some((v) => REVIEW_VERSIONS.includes(v))) errs.push(invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
}

function validateWebhook(hook: Webhook, options: Options, path: Path, errs: Errors): void {
  const { failurePolicy, matchPolicy, sideEffects, timeoutSeconds } = hook;
  isFullyQualifiedName(hook.name ?? '', path.child('name'), errs);
  hook.rules?.forEach((rule, i) => { validateRule(rule, path.child('rules').index(i), errs); });
  if (failurePolicy !== undefined && !FAILURE_POLICIES.includes(failurePolicy)) errs.push(notSupported(path.child('failurePolicy'), failurePolicy, FAILURE_POLICIES));
  if (matchPolicy !== undefined && !MATCH_POLICIES.includes(matchPolicy)) errs.push(notSupported(path.child('matchPolicy'), matchPolicy, MATCH_POLICIES));
  const allowed = options.requireNoSideEffects ? NO_SIDE_EFFECTS : SIDE_EFFECTS;
  if (sideEffects === undefined) errs.push(required(path.child('sideEffects'), `must specify one of ${allowed.join(', ')}`));
  else if (!allowed.includes(sideEffects)) errs.push(notSupported(path.child('sideEffects'), sideEffects, allowed));
  if (timeoutSeconds !== undefined && (timeoutSeconds > 30 || timeoutSeconds < 1)) errs.push(invalid(path.child('timeoutSeconds'), timeoutSeconds, 'the timeout value must be between 1 and 30 seconds'));
  validateLabelSelector(hook.namespaceSelector, path.child('namespaceSelector'), errs, options);
  validateLabelSelector(hook.objectSelector, path.child('objectSelector'), errs, options);
  const reinvocation = 'reinvocationPolicy' in hook ? hook.reinvocationPolicy : undefined;
  if (reinvocation !== undefined && !REINVOCATION_POLICIES.includes(reinvocation)) errs.push(notSupported(path.child('reinvocationPolicy'), reinvocation, REINVOCATION_POLICIES));
  validateClientConfig(hook.clientConfig, path.child('clientConfig'), errs);
  if (!options.ignoreMatchConditions) validateMatchConditions(hook.matchConditions ?? [], MATCH_SCOPE, path.child('matchConditions'), errs);
}

function validateConfiguration(configuration: Configuration, options: Options): Errors {
  const errs: Errors = [];
  validateGenericMeta(configuration.metadata, false, nameIsDNSSubdomain, errs);
  const names = new Set<string>();
  hooksOf(configuration).forEach((hook, i) => {
    const path = WEBHOOKS.index(i);
    validateWebhook(hook, options, path, errs);
    validateReviewVersions(hook.admissionReviewVersions ?? [], options.requireKnownVersion, `must specify one of ${REVIEW_VERSIONS.join(', ')}`, path.child('admissionReviewVersions'), errs);
    if (!options.requireUniqueNames || !hook.name) return;
    if (names.has(hook.name)) errs.push(duplicate(path.child('name'), hook.name));
    names.add(hook.name);
  });
  return errs;
}

export const webhookConfigurationValidation = forKind<Configuration>({
  create: (configuration) => validateConfiguration(configuration, CREATE),
  update: (configuration, old) => validateConfiguration(configuration, optionsOf(configuration, old)),
});
