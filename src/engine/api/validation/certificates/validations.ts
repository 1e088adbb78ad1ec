import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../generated/types';
import { semanticEqual } from '../equal';
import { duplicate, fieldForbidden, invalid, notSupported, required, type Errors } from '../field';
import { forKind, type KindValidations } from '../kind';
import { SPEC, STATUS, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { unifiedDiff } from '../core/diff';
import { goStruct, nullable, text, type GoShape } from '../core/goStruct';
import { certificateProblem, requestProblem } from './pem';
import { validateSignerName } from './signerName';

/** certificates.k8s.io: CertificateSigningRequest. */
const CONDITIONS = STATUS.child('conditions');
const CERTIFICATE = STATUS.child('certificate');
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const MIN_SECONDS = 600;
const USAGES: readonly string[] = [
  'any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment', 'decipher only', 'digital signature', 'email protection', 'encipher only',
  'ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement', 'key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping',
];
const TRUE_ONLY: readonly string[] = ['Approved', 'Denied', 'Failed'];
const CONDITION: GoShape = {
  Type: ['type', text], Status: ['status', text], Reason: ['reason', text], Message: ['message', text], LastUpdateTime: ['lastUpdateTime', nullable], LastTransitionTime: ['lastTransitionTime', nullable],
};

/** What a write may do, by subresource and by what is stored already. */
interface Options {
  readonly settingConditions: boolean;
  readonly settingCertificate: boolean;
  readonly old?: CertificateSigningRequest;
}

const usagesOf = (request: CertificateSigningRequest): readonly string[] => request.spec?.usages ?? [];
const conditionsOf = (request: CertificateSigningRequest | undefined): readonly CertificateSigningRequestCondition[] => request?.status?.conditions ?? [];
const repeats = (values: readonly string[]): boolean => new Set(values).size < values.length;
const withType = (request: CertificateSigningRequest, type: string): readonly CertificateSigningRequestCondition[] => conditionsOf(request).filter((c) => c.type === type);

function validateUsages(request: CertificateSigningRequest, old: CertificateSigningRequest | undefined, errs: Errors): void {
  const path = SPEC.child('usages');
  const usages = usagesOf(request);
  if (!usages.length) errs.push(required(path, ''));
  if (!old || usagesOf(old).every((u) => USAGES.includes(u))) usages.forEach((usage, i) => { if (!USAGES.includes(usage)) errs.push(notSupported(path.index(i), usage, USAGES)); });
  if (!old || !repeats(usagesOf(old))) usages.forEach((usage, i) => { if (usages.indexOf(usage) < i) errs.push(duplicate(path.index(i), usage)); });
}

function validateConditions(request: CertificateSigningRequest, old: CertificateSigningRequest | undefined, errs: Errors): void {
  const before = conditionsOf(old);
  const allowEmpty = before.some((c) => !c.type);
  const allowBoth = ['Approved', 'Denied'].every((type) => before.some((c) => c.type === type));
  const allowRepeats = repeats(before.map((c) => c.type));
  const seen = new Set<string>();
  conditionsOf(request).forEach(({ type = '', status = '' }, i) => {
    const path = CONDITIONS.index(i);
    if (!type && !allowEmpty) errs.push(required(path.child('type'), ''));
    const allowed = TRUE_ONLY.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (!status) errs.push(required(path.child('status'), ''));
    else if (!allowed.includes(status)) errs.push(notSupported(path.child('status'), status, allowed));
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : '';
    if (opposite && seen.has(opposite) && !allowBoth) errs.push(invalid(path.child('type'), type, 'Approved and Denied conditions are mutually exclusive'));
    if (seen.has(type) && !allowRepeats) errs.push(duplicate(path.child('type'), type));
    seen.add(type);
  });
}

function validateRequest(request: CertificateSigningRequest, { old }: Options, errs: Errors): void {
  validateObjectMeta(request.metadata, false, () => [], errs);
  const { request: pem = '', signerName = '', expirationSeconds: seconds } = request.spec ?? {};
  const problem = requestProblem(pem);
  if (problem) errs.push(invalid(SPEC.child('request'), pem, problem));
  validateUsages(request, old, errs);
  const signer = SPEC.child('signerName');
  if (signerName === LEGACY_SIGNER && old?.spec?.signerName !== LEGACY_SIGNER) errs.push(invalid(signer, signerName, 'the legacy signerName is not allowed via this API version'));
  else validateSignerName(signerName, signer, errs);
  if (seconds !== undefined && seconds < MIN_SECONDS) errs.push(invalid(SPEC.child('expirationSeconds'), seconds, 'may not specify a duration less than 600 seconds (10 minutes)'));
  validateConditions(request, old, errs);
  validateCertificate(request, old, errs);
}

function validateCertificate(request: CertificateSigningRequest, old: CertificateSigningRequest | undefined, errs: Errors): void {
  const certificate = request.status?.certificate ?? '';
  const before = old?.status?.certificate ?? '';
  if (old && (certificate === before || certificateProblem(before))) return;
  const problem = certificateProblem(certificate);
  if (problem) errs.push(invalid(CERTIFICATE, '<certificate data>', problem));
}

/** An approval, a denial, a failure are never taken back; only /approval adds the first two, only /status the certificate. */
function validateChange(request: CertificateSigningRequest, old: CertificateSigningRequest, options: Options, errs: Errors): void {
  for (const type of TRUE_ONLY) {
    if (withType(request, type).length < withType(old, type).length) errs.push(fieldForbidden(CONDITIONS, `updates may not remove a condition of type "${type}"`));
  }
  if (!options.settingConditions) {
    for (const type of ['Approved', 'Denied']) {
      const [was, is] = [withType(old, type), withType(request, type)];
      if (is.length > was.length) errs.push(fieldForbidden(CONDITIONS, `updates may not add a condition of type "${type}"`));
      else if (is.length === was.length && !semanticEqual(was, is)) {
        const print = (list: readonly CertificateSigningRequestCondition[]): unknown => list.map((c) => goStruct(CONDITION, c));
        errs.push(fieldForbidden(CONDITIONS, `updates may not modify a condition of type "${type}"\n${unifiedDiff(print(was), print(is))}`));
      }
    }
  }
  const before = old.status?.certificate ?? '';
  if ((request.status?.certificate ?? '') === before) return;
  if (!options.settingCertificate) errs.push(fieldForbidden(CERTIFICATE, 'updates may not set certificate content'));
  else if (before) errs.push(fieldForbidden(CERTIFICATE, 'updates may not modify existing certificate content'));
}

function validateUpdate(request: CertificateSigningRequest, old: CertificateSigningRequest, settingConditions: boolean, settingCertificate: boolean): Errors {
  const errs: Errors = [];
  const options = { settingConditions, settingCertificate, old };
  validateRequest(request, options, errs);
  validateChange(request, old, options, errs);
  validateObjectMetaUpdate(request.metadata, old.metadata, errs);
  return errs;
}

const certificateSigningRequestValidation = forKind<CertificateSigningRequest>({
  create(request) {
    const errs: Errors = [];
    validateRequest(request, { settingConditions: false, settingCertificate: false }, errs);
    return errs;
  },
  update: (request, old) => validateUpdate(request, old, false, false),
  status: (request, old) => validateUpdate(request, old, false, true),
  subresources: { approval: { update: (request, old) => validateUpdate(request, old, true, false) } },
});

export const certificatesValidations: KindValidations = { 'certificates.k8s.io/CertificateSigningRequest': certificateSigningRequestValidation };
