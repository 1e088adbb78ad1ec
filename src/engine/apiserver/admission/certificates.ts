import { decodeBase64Text } from '../../api/validation/core/base64';
import type { CertificateSigningRequest } from '../../api/generated/types';
import { quote } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import { denied } from './denied';
import { on, onSubresource } from './matching';
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './plugin';

const GROUP = 'certificates.k8s.io';
const RESOURCE = 'certificatesigningrequests';
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';
/** DER of the object identifier 2.5.4.10, organizationName. */
const ORGANIZATION = '\x06\x03\x55\x04\x0a';
const MASTERS = 'system:masters';

/** Whether the user may act for a signer by its name or for all of its domain. */
function mayActFor({ user }: AdmissionAttributes, verb: string, signer: string, environment: AdmissionEnvironment): boolean {
  const allowed = (name: string): boolean => environment.authorize(user, verb, GROUP, 'signers', '', '', name);
  return allowed(signer) || allowed(`${signer.split('/')[0] ?? ''}/*`);
}

/** CertificateApproval: who approves or denies a request must be allowed to for its signer. */
export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  handles: onSubresource(GROUP, RESOURCE, 'approval', 'UPDATE'),
  validate(attributes, environment) {
    const { signerName } = (attributes.oldObject as unknown as CertificateSigningRequest).spec;
    return mayActFor(attributes, 'approve', signerName, environment) ? undefined : denied(attributes, `user not permitted to approve requests with signerName ${quote(signerName)}`);
  },
};

/** CertificateSigning: who writes a certificate into a request must be allowed to for its signer. */
export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  handles: onSubresource(GROUP, RESOURCE, 'status', 'UPDATE'),
  validate(attributes, environment) {
    const { status } = attributes.object as unknown as CertificateSigningRequest;
    const { status: before, spec: { signerName } } = attributes.oldObject as unknown as CertificateSigningRequest;
    if ((status?.certificate ?? '') === (before?.certificate ?? '') && semanticEqual(status?.conditions, before?.conditions)) return undefined;
    return mayActFor(attributes, 'sign', signerName, environment) ? undefined : denied(attributes, `user not permitted to sign requests with signerName ${quote(signerName)}`);
  },
};

/** CertificateSubjectRestriction: nobody becomes a cluster administrator by asking for a client certificate. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: on(GROUP, RESOURCE, 'CREATE'),
  validate(attributes) {
    const { spec } = attributes.object as unknown as CertificateSigningRequest;
    if (spec.signerName !== CLIENT_SIGNER || !hasOrganization(spec.request, MASTERS)) return undefined;
    return denied(attributes, `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`);
  },
};

/** Looks for an organization in a PKCS#10 request (base64 of PEM) by its bytes: an identifier, a string's tag, its length, its text. */
function hasOrganization(request: string, organization: string): boolean {
  const body = /-----BEGIN [^-]*-----([^-]*)-----END/.exec(decodeBase64Text(request))?.[1] ?? '';
  const bytes = decodeBase64Text(body.replace(/\s+/g, ''));
  for (let at = bytes.indexOf(ORGANIZATION); at >= 0; at = bytes.indexOf(ORGANIZATION, at + 1)) {
    const start = at + ORGANIZATION.length + 2;
    if (bytes.charCodeAt(start - 1) === organization.length && bytes.startsWith(organization, start)) return true;
  }
  return false;
}
