import type { ClusterTrustBundleProjection, KeyToPath, PodCertificateProjection, ProjectedVolumeSource, VolumeProjection } from '../../generated/types';
import { fieldForbidden, invalid, notSupported, required, tooLong, type Errors, type Path } from '../field';
import { isDNS1123Label, isDNS1123Subdomain, isDomainPrefixedKey, longerThan } from '../formats';
import { annotationsSize, nameIsDNSSubdomain, TOTAL_ANNOTATION_SIZE_LIMIT } from '../meta';
import { selectorJSON, validateLabelSelector } from '../selectors';
import { quote } from '../../status';
import type { PodOptions } from './options';
import { validateLocalNonReservedPath } from './paths';
import { requireText, validateDownwardFile, validateKeyToPath, validateMode } from './volumeSources';

/** Volumes projected from several sources. Conflicting paths are reported on the volume itself, as Kubernetes does. */
class Paths {
  private readonly seen = new Set<string>();
  constructor(private readonly path: Path, private readonly errs: Errors) {}
  add(target: string, shown: string): void {
    if (this.seen.has(target)) this.errs.push(invalid(this.path, shown, 'conflicting duplicate paths'));
    else this.seen.add(target);
  }
}

export function validateProjectedVolume(source: ProjectedVolumeSource, path: Path, errs: Errors, options: PodOptions): void {
  validateMode(source.defaultMode, path.child('defaultMode'), errs);
  const paths = new Paths(path, errs);
  source.sources?.forEach((projection, i) => { validateProjection(projection, path.child('sources').index(i), path, paths, errs, options); });
}

function validateProjection(p: VolumeProjection, path: Path, volumePath: Path, paths: Paths, errs: Errors, options: PodOptions): void {
  if (p.secret) validateItems(p.secret, path.child('secret'), paths, errs);
  if (p.configMap) validateItems(p.configMap, path.child('configMap'), paths, errs);
  p.downwardAPI?.items?.forEach((file) => {
    validateDownwardFile(file, path.child('downwardAPI'), errs);
    if (file.path) paths.add(file.path, file.path);
  });
  if (p.serviceAccountToken) validateToken(p.serviceAccountToken, path.child('serviceAccountToken'), volumePath, errs, options);
  if (p.clusterTrustBundle) validateTrustBundle(p.clusterTrustBundle, path.child('clusterTrustBundle'), paths, errs);
  if (p.podCertificate) validateCertificate(p.podCertificate, path.child('podCertificate'), paths, errs);
  const count = [p.secret, p.configMap, p.downwardAPI, p.serviceAccountToken, p.clusterTrustBundle, p.podCertificate].filter((s) => s !== undefined).length;
  if (count > 1) errs.push(fieldForbidden(path, 'may not specify more than 1 volume type per source'));
}

function validateItems(source: { readonly name?: string; readonly items?: readonly KeyToPath[] }, path: Path, paths: Paths, errs: Errors): void {
  requireText(source.name, path.child('name'), errs);
  source.items?.forEach((item, i) => {
    validateKeyToPath(item, path.child('items').index(i), errs);
    if (item.path) paths.add(item.path, source.name ?? '');
  });
}

function validateToken(token: NonNullable<VolumeProjection['serviceAccountToken']>, path: Path, volumePath: Path, errs: Errors, options: PodOptions): void {
  const seconds = token.expirationSeconds ?? 0;
  if (seconds < 600) errs.push(invalid(path.child('expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > 2 ** 32) errs.push(invalid(path.child('expirationSeconds'), seconds, 'may not specify a duration larger than 2^32 seconds'));
  if (!token.path) errs.push(required(volumePath.child('path'), ''));
  else if (!options.allowNonLocalTokenPath) validateLocalNonReservedPath(token.path, volumePath.child('path'), errs);
}

function trustBundleNameErrors(name: string): readonly string[] {
  const colon = name.lastIndexOf(':');
  if (colon < 0) return nameIsDNSSubdomain(name, false);
  const signer = name.slice(0, colon).replaceAll(':', '/');
  if (signer === '') return ['ClusterTrustBundle without signer name must not have ":" in its name'];
  return nameIsDNSSubdomain(name.slice(colon + 1), false);
}

function validateTrustBundle(bundle: ClusterTrustBundleProjection, path: Path, paths: Paths, errs: Errors): void {
  const { name, signerName } = bundle;
  if (name !== undefined && signerName !== undefined) {
    const shown = { Name: name, SignerName: signerName, LabelSelector: selectorJSON(bundle.labelSelector), Optional: bundle.optional ?? null, Path: bundle.path ?? '' };
    errs.push(invalid(path, shown, 'only one of name and signerName may be used'));
  } else if (name !== undefined) {
    if (name === '') errs.push(required(path.child('name'), 'must be a valid object name'));
    for (const message of trustBundleNameErrors(name)) errs.push(invalid(path.child('name'), name, `not a valid clustertrustbundlename: ${message}`));
    if (bundle.labelSelector) errs.push(invalid(path.child('labelSelector'), selectorJSON(bundle.labelSelector), 'labelSelector must be unset if name is specified'));
  } else if (signerName !== undefined) {
    if (signerName === '') errs.push(required(path.child('signerName'), 'must be a valid signer name'));
    validateSignerName(signerName, path.child('signerName'), errs);
    validateLabelSelector(bundle.labelSelector, path.child('labelSelector'), errs);
  } else {
    errs.push(required(path, 'either name or signerName must be specified'));
  }
  requireText(bundle.path, path.child('path'), errs);
  validateLocalNonReservedPath(bundle.path ?? '', path.child('path'), errs);
  paths.add(bundle.path ?? '', bundle.path ?? '');
}

const KEY_TYPES = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];
/** certificates.MaxMaxExpirationSeconds: 91 days; a day for kubernetes.io signers. */
const MAX_EXPIRATION = 91 * 86400;
const KUBERNETES_MAX_EXPIRATION = 86400;

function validateCertificate(certificate: PodCertificateProjection, path: Path, paths: Paths, errs: Errors): void {
  const signer = certificate.signerName ?? '';
  validateSignerName(signer, path.child('signerName'), errs);
  if (certificate.userAnnotations) validateUserAnnotations(certificate.userAnnotations, path.child('userAnnotations'), errs);
  const keyType = certificate.keyType ?? '';
  if (!KEY_TYPES.includes(keyType)) errs.push(notSupported(path.child('keyType'), keyType, KEY_TYPES));
  const seconds = certificate.maxExpirationSeconds;
  if (seconds !== undefined) {
    const host = signer.split('/', 1)[0] ?? '';
    const max = host === 'kubernetes.io' || host.endsWith('.kubernetes.io') ? KUBERNETES_MAX_EXPIRATION : MAX_EXPIRATION;
    if (seconds < 3600) errs.push(invalid(path.child('maxExpirationSeconds'), seconds, 'if provided, maxExpirationSeconds must be >= 3600'));
    if (seconds > max) errs.push(invalid(path.child('maxExpirationSeconds'), seconds, `if provided, maxExpirationSeconds must be <= ${max}`));
  }
  let count = 0;
  for (const field of ['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const) {
    const target = certificate[field];
    if (!target) continue;
    count++;
    validateLocalNonReservedPath(target, path.child(field), errs);
    paths.add(target, target);
  }
  if (count === 0) errs.push(required(path, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'));
}

function validateUserAnnotations(annotations: { readonly [key: string]: string }, path: Path, errs: Errors): void {
  for (const key in annotations) isDomainPrefixedKey(key.toLowerCase(), path, errs);
  if (annotationsSize(annotations) > TOTAL_ANNOTATION_SIZE_LIMIT) errs.push(tooLong(path, TOTAL_ANNOTATION_SIZE_LIMIT));
}

/** "example.com/signer": a domain of at least two labels and a path of subdomains. */
export function validateSignerName(signer: string, path: Path, errs: Errors): void {
  if (!signer) { errs.push(required(path, '')); return; }
  const [domain = '', name = '', ...more] = signer.split('/');
  if (more.length || !signer.includes('/')) { errs.push(invalid(path, signer, "must be a fully qualified domain and path of the form 'example.com/signer-name'")); return; }
  if (longerThan(domain, 253)) errs.push(tooLong(path, 253));
  const report = (whole: string, check: (label: string) => readonly string[]): void => {
    const bad = whole.split('.').find((label) => check(label).length > 0);
    if (bad !== undefined) for (const message of check(bad)) errs.push(invalid(path, whole, `validating label ${quote(bad)}: ${message}`));
  };
  report(domain, isDNS1123Label);
  if (!domain.includes('.')) errs.push(invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  report(name, isDNS1123Subdomain);
  if (longerThan(signer, 571)) errs.push(tooLong(path, 571));
}
