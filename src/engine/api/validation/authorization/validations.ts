import type {
  AuthenticationTokenRequest, LocalSubjectAccessReview, NonResourceAttributes, ObjectMeta, ResourceAttributes, SelfSubjectAccessReview, SubjectAccessReview,
} from '../../generated/types';
import { invalid, Path, type Errors } from '../field';
import { forKind, type KindValidations } from '../kind';
import { SPEC } from '../meta';
import { validateFieldSelectorRequirements, validateLabelSelectorRequirements } from './selectorAttributes';
import { goStruct, text, type GoShape } from '../core/goStruct';

/** Reviews of authorization.k8s.io and authentication.k8s.io: created, answered, never stored. */
const NON_RESOURCE: GoShape = { Path: ['path', text], Verb: ['verb', text] };
const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;

interface Attributes {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
}

function validateAttributes({ resourceAttributes, nonResourceAttributes }: Attributes, errs: Errors): void {
  if (resourceAttributes && nonResourceAttributes) {
    errs.push(invalid(SPEC.child('nonResourceAttributes'), goStruct(NON_RESOURCE, nonResourceAttributes), 'cannot be specified in combination with resourceAttributes'));
  }
  if (!resourceAttributes && !nonResourceAttributes) {
    errs.push(invalid(SPEC.child('resourceAttributes'), null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified'));
  }
}

/** The selectors of the list or watch that is asked about. */
function validateSelectors({ resourceAttributes }: Attributes, errs: Errors): void {
  if (!resourceAttributes) return;
  validateFieldSelectorRequirements(resourceAttributes.fieldSelector, SPEC.child('resourceAttributes', 'fieldSelector'), errs);
  validateLabelSelectorRequirements(resourceAttributes.labelSelector, SPEC.child('resourceAttributes', 'labelSelector'), errs);
}

/** A review has no metadata of its own; a LocalSubjectAccessReview has its namespace. */
function validateEmptyMeta(meta: Partial<ObjectMeta> | undefined, except: readonly string[], message: string, errs: Errors): void {
  const given = Object.entries(meta ?? {}).filter(([, value]) => value !== undefined && value !== '' && value !== null);
  const isSet = given.some(([field]) => field !== 'managedFields' && field !== 'creationTimestamp' && field !== 'uid' && !except.includes(field));
  if (isSet) errs.push(invalid(Path.of('metadata'), Object.fromEntries(given), message));
}

function validateSubject(spec: { readonly user?: string; readonly groups?: readonly string[] }, errs: Errors): void {
  if (!spec.user && !spec.groups?.length) errs.push(invalid(SPEC.child('user'), spec.user ?? '', 'at least one of user or group must be specified'));
}

const none = (): Errors => [];

const subjectAccessReview = forKind<SubjectAccessReview>({
  create(review) {
    const errs: Errors = [];
    validateAttributes(review.spec ?? {}, errs);
    validateSubject(review.spec ?? {}, errs);
    validateSelectors(review.spec ?? {}, errs);
    validateEmptyMeta(review.metadata, [], 'must be empty', errs);
    return errs;
  },
  update: none,
});

const selfSubjectAccessReview = forKind<SelfSubjectAccessReview>({
  create(review) {
    const errs: Errors = [];
    validateAttributes(review.spec ?? {}, errs);
    validateSelectors(review.spec ?? {}, errs);
    validateEmptyMeta(review.metadata, [], 'must be empty', errs);
    return errs;
  },
  update: none,
});

const localSubjectAccessReview = forKind<LocalSubjectAccessReview>({
  create(review) {
    const errs: Errors = [];
    const spec = review.spec ?? {};
    validateAttributes(spec, errs);
    validateSubject(spec, errs);
    validateSelectors(spec, errs);
    validateEmptyMeta(review.metadata, ['namespace'], 'must be empty except for namespace', errs);
    const namespace = spec.resourceAttributes?.namespace ?? '';
    if (spec.resourceAttributes && namespace !== (review.metadata?.namespace ?? '')) errs.push(invalid(SPEC.child('resourceAttributes', 'namespace'), namespace, 'must match metadata.namespace'));
    if (spec.nonResourceAttributes) errs.push(invalid(SPEC.child('nonResourceAttributes'), goStruct(NON_RESOURCE, spec.nonResourceAttributes), 'disallowed on this kind of request'));
    return errs;
  },
  update: none,
});

const tokenRequest = forKind<AuthenticationTokenRequest>({
  create(request) {
    const errs: Errors = [];
    const seconds = request.spec?.expirationSeconds ?? 0;
    const path = SPEC.child('expirationSeconds');
    if (seconds < MIN_TOKEN_SECONDS) errs.push(invalid(path, seconds, 'may not specify a duration less than 10 minutes'));
    if (seconds > MAX_TOKEN_SECONDS) errs.push(invalid(path, seconds, 'may not specify a duration larger than 2^32 seconds'));
    return errs;
  },
  update: none,
});

/** A TokenReview without a token is a bad request (400) with these words, not an invalid object. */
export const TOKEN_REQUIRED = 'token is required for TokenReview in authentication';

export const authorizationValidations: KindValidations = {
  'authorization.k8s.io/LocalSubjectAccessReview': localSubjectAccessReview,
  'authorization.k8s.io/SelfSubjectAccessReview': selfSubjectAccessReview,
  'authorization.k8s.io/SelfSubjectRulesReview': { create: none, update: none },
  'authorization.k8s.io/SubjectAccessReview': subjectAccessReview,
  'authentication.k8s.io/SelfSubjectReview': { create: none, update: none },
  'authentication.k8s.io/TokenRequest': tokenRequest,
  'authentication.k8s.io/TokenReview': { create: none, update: none },
};
