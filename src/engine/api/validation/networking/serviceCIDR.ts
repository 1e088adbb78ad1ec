import type { IPAddress, ParentReference, ServiceCIDR } from '../../generated/types';
import { addInvalid, invalid, Path, required, type Errors } from '../field';
import { isDNS1123Subdomain, isPathSegmentName } from '../formats';
import { isIPv4, isValidCIDR, isValidIP, parseCIDRSloppy } from '../ip';
import { forKind } from '../kind';
import { IMMUTABLE, nameIsDNSSubdomain, SPEC, validateImmutable, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { goStruct, text, type GoShape } from '../core/goStruct';

/** IPAddress and ServiceCIDR: what backs the cluster IPs of Services. */
const CIDRS = SPEC.child('cidrs');
const PARENT_REF = SPEC.child('parentRef');
const PARENT: GoShape = { Group: ['group', text], Resource: ['resource', text], Namespace: ['namespace', text], Name: ['name', text] };

/** The name of an IPAddress is the address itself, in canonical form. */
const nameIsIP = (name: string): readonly string[] => {
  const errs: Errors = [];
  isValidIP(name, Path.root, errs);
  const prefix = `Invalid value: ${JSON.stringify(name)}: `;
  return errs.map((e) => (e.body.startsWith(prefix) ? e.body.slice(prefix.length) : e.body));
};

function validateParent(parent: ParentReference | undefined, errs: Errors): void {
  if (!parent) { errs.push(required(PARENT_REF, '')); return; }
  if (parent.group) addInvalid(errs, PARENT_REF.child('group'), parent.group, isDNS1123Subdomain(parent.group));
  for (const field of ['resource', 'name'] as const) {
    const value = parent[field] ?? '';
    if (!value) errs.push(required(PARENT_REF.child(field), ''));
    else addInvalid(errs, PARENT_REF.child(field), value, isPathSegmentName(value));
  }
  if (parent.namespace) addInvalid(errs, PARENT_REF.child('namespace'), parent.namespace, isPathSegmentName(parent.namespace));
}

function validateAddress(address: IPAddress): Errors {
  const errs: Errors = [];
  validateObjectMeta(address.metadata, false, nameIsIP, errs);
  validateParent(address.spec?.parentRef, errs);
  return errs;
}

export const ipAddressValidation = forKind<IPAddress>({
  create: validateAddress,
  update(address, old) {
    const errs = validateAddress(address);
    validateObjectMetaUpdate(address.metadata, old.metadata, errs);
    const parent = address.spec?.parentRef;
    validateImmutable(parent, old.spec?.parentRef, PARENT_REF, errs, parent ? goStruct(PARENT, parent) : null);
    return errs;
  },
});

function validateCIDRs(cidrs: readonly string[], errs: Errors): void {
  if (!cidrs.length) { errs.push(required(CIDRS, 'at least one CIDR required')); return; }
  if (cidrs.length > 2) { errs.push(invalid(CIDRS, { CIDRs: cidrs }, 'may only hold up to 2 values')); return; }
  cidrs.forEach((cidr, i) => { isValidCIDR(cidr, CIDRS.index(i), errs); });
  const [first, second] = cidrs.map((cidr) => { const parsed = parseCIDRSloppy(cidr); return parsed && isIPv4(parsed.ip); });
  if (cidrs.length === 2 && first !== undefined && first === second) {
    errs.push(invalid(CIDRS, cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'));
  }
}

export const serviceCIDRValidation = forKind<ServiceCIDR>({
  create(serviceCIDR) {
    const errs: Errors = [];
    validateObjectMeta(serviceCIDR.metadata, false, nameIsDNSSubdomain, errs);
    validateCIDRs(serviceCIDR.spec?.cidrs ?? [], errs);
    return errs;
  },
  /** A second family may be added; nothing else changes. */
  update(serviceCIDR, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(serviceCIDR.metadata, old.metadata, errs);
    const is = serviceCIDR.spec?.cidrs ?? [];
    const was = old.spec?.cidrs ?? [];
    if (is.length === was.length) {
      was.forEach((cidr, i) => { if (cidr !== is[i]) errs.push(invalid(CIDRS.index(i), is[i], IMMUTABLE)); });
    } else if (was.length === 1 && is.length === 2) {
      if (is[0] !== was[0]) errs.push(invalid(CIDRS.index(0), is[0], IMMUTABLE));
      validateCIDRs(is, errs);
    } else {
      errs.push(invalid(CIDRS, serviceCIDR.spec?.cidrs ?? null, IMMUTABLE));
    }
    return errs;
  },
  status(serviceCIDR, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(serviceCIDR.metadata, old.metadata, errs);
    return errs;
  },
});
