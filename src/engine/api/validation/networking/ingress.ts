import type { HTTPIngressPath, Ingress, IngressBackend, IngressClass, IngressClassParametersReference, IngressRule, IngressTLS, TypedLocalObjectReference } from '../../generated/types';
import { addInvalid, fieldForbidden, invalid, notSupported, Path, required, tooLong, type Errors } from '../field';
import { isDNS1123Label, isDNS1123Subdomain, isDomainPrefixedPath, isPathSegmentName, isValidPortName, isValidPortNum, isWildcardDNS1123Subdomain, longerThan } from '../formats';
import { isValidIPForLegacyField, parseIPSloppy } from '../ip';
import { forKind } from '../kind';
import { nameIsDNSSubdomain, SPEC, STATUS, validateImmutable, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { validateIngressHostname } from '../core/service';

const PATH_TYPES: readonly string[] = ['Exact', 'ImplementationSpecific', 'Prefix'];
const FORBIDDEN_SEQUENCES: readonly string[] = ['//', '/./', '/../', '%2f', '%2F'];
const FORBIDDEN_ENDS: readonly string[] = ['/..', '/.'];
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const MAX_CONTROLLER_LENGTH = 250;

/** What an update may keep because it is stored. */
interface IngressOptions {
  readonly allowInvalidSecretName: boolean;
  readonly allowInvalidWildcardRule: boolean;
}

function validateSegment(value: string, path: Path, errs: Errors): void {
  if (!value) errs.push(required(path, ''));
  else addInvalid(errs, path, value, isPathSegmentName(value));
}

function validateTypedReference(ref: TypedLocalObjectReference | IngressClassParametersReference, path: Path, errs: Errors): void {
  if (ref.apiGroup !== undefined) addInvalid(errs, path.child('apiGroup'), ref.apiGroup, isDNS1123Subdomain(ref.apiGroup));
  validateSegment(ref.kind ?? '', path.child('kind'), errs);
  validateSegment(ref.name ?? '', path.child('name'), errs);
}

function validateServiceBackend(service: NonNullable<IngressBackend['service']>, path: Path, errs: Errors): void {
  const name = service.name ?? '';
  if (!name) errs.push(required(path.child('service', 'name'), ''));
  else addInvalid(errs, path.child('service', 'name'), name, isDNS1123Label(name));
  const { name: portName = '', number = 0 } = service.port ?? {};
  if (portName && number) errs.push(invalid(path, '', 'cannot set both port name & port number'));
  else if (portName) addInvalid(errs, path.child('service', 'port', 'name'), portName, isValidPortName(portName));
  else if (number) addInvalid(errs, path.child('service', 'port', 'number'), number, isValidPortNum(number));
  else errs.push(required(path, 'port name or number is required'));
}

function validateBackend(backend: IngressBackend | undefined, path: Path, errs: Errors): void {
  if (backend?.resource && backend.service) errs.push(invalid(path, '', 'cannot set both resource and service backends'));
  else if (backend?.resource) validateTypedReference(backend.resource, path.child('resource'), errs);
  else if (backend?.service) validateServiceBackend(backend.service, path, errs);
  else errs.push(invalid(path, '', 'resource or service backend is required'));
}

function validatePath(entry: HTTPIngressPath, base: Path, errs: Errors): void {
  const { pathType, path = '' } = entry;
  const at = base.child('path');
  if (pathType === undefined) { errs.push(required(base.child('pathType'), 'pathType must be specified')); return; }
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!path.startsWith('/')) errs.push(invalid(at, path, 'must be an absolute path'));
    for (const sequence of FORBIDDEN_SEQUENCES) if (path.includes(sequence)) errs.push(invalid(at, path, `must not contain '${sequence}'`));
    for (const end of FORBIDDEN_ENDS) if (path.endsWith(end)) errs.push(invalid(at, path, `cannot end with '${end}'`));
  } else if (pathType === 'ImplementationSpecific') {
    if (path && !path.startsWith('/')) errs.push(invalid(at, path, 'must be an absolute path'));
  } else {
    errs.push(notSupported(base.child('pathType'), pathType, PATH_TYPES));
  }
  validateBackend(entry.backend, base.child('backend'), errs);
}

function validateRuleValue(rule: IngressRule, path: Path, errs: Errors): void {
  if (!rule.http) return;
  const paths = path.child('http', 'paths');
  if (!rule.http.paths?.length) errs.push(required(paths, ''));
  rule.http.paths?.forEach((entry, i) => { validatePath(entry, paths.index(i), errs); });
}

function validateHost(host: string, path: Path, errs: Errors): void {
  if (parseIPSloppy(host)) errs.push(invalid(path, host, 'must be a DNS name, not an IP address'));
  addInvalid(errs, path, host, host.includes('*') ? isWildcardDNS1123Subdomain(host) : isDNS1123Subdomain(host));
}

function validateTLS(tls: IngressTLS, allowInvalidSecretName: boolean, path: Path, errs: Errors): void {
  tls.hosts?.forEach((host, i) => { addInvalid(errs, path.child('hosts').index(i), host, host.includes('*') ? isWildcardDNS1123Subdomain(host) : isDNS1123Subdomain(host)); });
  if (tls.secretName && !allowInvalidSecretName) addInvalid(errs, path.child('secretName'), tls.secretName, isDNS1123Subdomain(tls.secretName));
}

function validateIngress(ingress: Ingress, options: IngressOptions, errs: Errors): void {
  validateObjectMeta(ingress.metadata, true, nameIsDNSSubdomain, errs);
  const { rules = [], defaultBackend, tls = [], ingressClassName } = ingress.spec ?? {};
  if (!rules.length && !defaultBackend) errs.push(invalid(SPEC, ingress.spec?.rules ?? null, 'either `defaultBackend` or `rules` must be specified'));
  if (defaultBackend) validateBackend(defaultBackend, SPEC.child('defaultBackend'), errs);
  rules.forEach((rule, i) => {
    const path = SPEC.child('rules').index(i);
    const host = rule.host ?? '';
    if (host) validateHost(host, path.child('host'), errs);
    if (!(host.includes('*') && options.allowInvalidWildcardRule)) validateRuleValue(rule, path, errs);
  });
  tls.forEach((entry, i) => { validateTLS(entry, options.allowInvalidSecretName, SPEC.child('tls').index(i), errs); });
  if (ingressClassName !== undefined) addInvalid(errs, SPEC.child('ingressClassName'), ingressClassName, isDNS1123Subdomain(ingressClassName));
}

function optionsOf(old: Ingress): IngressOptions {
  const badRule = (rule: IngressRule): boolean => {
    const errs: Errors = [];
    validateRuleValue(rule, Path.root, errs);
    return errs.length > 0;
  };
  return {
    allowInvalidSecretName: old.spec?.tls?.some((tls) => tls.secretName !== undefined && tls.secretName !== '' && isDNS1123Subdomain(tls.secretName).length > 0) ?? false,
    allowInvalidWildcardRule: old.spec?.rules?.some((rule) => rule.host?.includes('*') === true && badRule(rule)) ?? false,
  };
}

export const ingressValidation = forKind<Ingress>({
  create(ingress) {
    const errs: Errors = [];
    validateIngress(ingress, { allowInvalidSecretName: false, allowInvalidWildcardRule: false }, errs);
    const annotation = ingress.metadata.annotations?.[CLASS_ANNOTATION];
    const className = ingress.spec?.ingressClassName;
    if (annotation !== undefined && className !== undefined && annotation !== className) {
      errs.push(invalid(Path.of('annotations', CLASS_ANNOTATION), annotation, 'must match `ingressClassName` when both are specified'));
    }
    return errs;
  },
  update(ingress, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(ingress.metadata, old.metadata, errs);
    validateIngress(ingress, optionsOf(old), errs);
    return errs;
  },
  status(ingress, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(ingress.metadata, old.metadata, errs);
    const existing = old.status?.loadBalancer?.ingress?.flatMap((entry) => (entry.ip ? [entry.ip] : []));
    ingress.status?.loadBalancer?.ingress?.forEach((entry, i) => {
      const path = STATUS.child('loadBalancer', 'ingress').index(i);
      if (entry.ip) isValidIPForLegacyField(entry.ip, path.child('ip'), errs, existing);
      validateIngressHostname(entry.hostname ?? '', path.child('hostname'), errs);
    });
    return errs;
  },
});

function validateParameters(parameters: IngressClassParametersReference, path: Path, errs: Errors): void {
  validateTypedReference(parameters, path, errs);
  const { scope, namespace } = parameters;
  if (scope === undefined) { errs.push(required(path.child('scope'), '')); return; }
  const at = path.child('namespace');
  if (scope === 'Namespace') {
    if (namespace === undefined) errs.push(required(at, "`parameters.scope` is set to 'Namespace'"));
    else addInvalid(errs, at, namespace, isDNS1123Label(namespace));
  } else if (scope === 'Cluster') {
    if (namespace !== undefined) errs.push(fieldForbidden(at, "`parameters.scope` is set to 'Cluster'"));
  } else {
    errs.push(notSupported(path.child('scope'), scope, ['Cluster', 'Namespace']));
  }
}

function validateIngressClass(ingressClass: IngressClass, errs: Errors): void {
  validateObjectMeta(ingressClass.metadata, false, nameIsDNSSubdomain, errs);
  const controller = ingressClass.spec?.controller ?? '';
  const path = SPEC.child('controller');
  if (controller && longerThan(controller, MAX_CONTROLLER_LENGTH)) errs.push(tooLong(path, MAX_CONTROLLER_LENGTH));
  isDomainPrefixedPath(controller, path, errs);
  if (ingressClass.spec?.parameters) validateParameters(ingressClass.spec.parameters, SPEC.child('parameters'), errs);
}

export const ingressClassValidation = forKind<IngressClass>({
  create(ingressClass) {
    const errs: Errors = [];
    validateIngressClass(ingressClass, errs);
    return errs;
  },
  update(ingressClass, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(ingressClass.metadata, old.metadata, errs);
    validateImmutable(ingressClass.spec?.controller ?? '', old.spec?.controller ?? '', SPEC.child('controller'), errs);
    validateIngressClass(ingressClass, errs);
    return errs;
  },
});
