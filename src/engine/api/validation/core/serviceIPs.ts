import type { Service } from '../../generated/types';
import { duplicate, invalid, required, type Errors } from '../field';
import { isIPv4, isValidIPForLegacyField, parseIPSloppy } from '../ip';
import { SPEC } from '../meta';
import { validateEnum } from './values';

/** clusterIPs, ipFamilies and ipFamilyPolicy of a Service: they depend on each other. */
const CLUSTER_IPS = SPEC.child('clusterIPs');
const FAMILIES = SPEC.child('ipFamilies');
const FAMILY_POLICY = SPEC.child('ipFamilyPolicy');
const ONCE_SET = 'may not change once set';
const FAMILY_NAMES: readonly string[] = ['IPv4', 'IPv6'];
const POLICIES: readonly string[] = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

export const isHeadless = (service: Service): boolean => service.spec?.clusterIPs?.length === 1 && service.spec.clusterIPs[0] === 'None';

const isIPv6Text = (text: string): boolean => {
  const ip = parseIPSloppy(text);
  return ip !== undefined && !isIPv4(ip);
};

function validateFamilies(families: readonly string[], errs: Errors): void {
  const seen = new Set<string>();
  families.forEach((family, i) => {
    validateEnum(family, FAMILY_NAMES, FAMILIES.index(i), errs);
    if (seen.has(family)) errs.push(duplicate(FAMILIES.index(i), family));
    seen.add(family);
  });
}

/** Returns whether an entry is no IP address. */
function validateEntries(ips: readonly string[], existing: readonly string[] | undefined, errs: Errors): boolean {
  const before = errs.length;
  ips.forEach((ip, i) => {
    if (i === 0 && ip === 'None') {
      if (ips.length > 1) errs.push(invalid(CLUSTER_IPS, ips, "'None' must be the first and only value"));
    } else {
      isValidIPForLegacyField(ip, CLUSTER_IPS.index(i), errs, existing);
    }
  });
  return errs.length > before;
}

function validateFamilyMatch(ips: readonly string[], families: readonly string[], errs: Errors): void {
  ips.slice(0, families.length).forEach((ip, i) => {
    const want = families[i];
    if (want === 'IPv4' && isIPv6Text(ip)) errs.push(invalid(CLUSTER_IPS.index(i), ip, `expected an IPv4 value as indicated by \`ipFamilies[${i}]\``));
    if (want === 'IPv6' && !isIPv6Text(ip)) errs.push(invalid(CLUSTER_IPS.index(i), ip, `expected an IPv6 value as indicated by \`ipFamilies[${i}]\``));
  });
}

/** Also run while IP addresses are allocated, before the rest of the validation. */
export function validateClusterIPs(service: Service, old: Service | undefined, errs: Errors): void {
  const { type, clusterIP = '', clusterIPs: ips = [], ipFamilies = [], ipFamilyPolicy } = service.spec ?? {};
  if (type === 'ExternalName') return;
  if (clusterIP) {
    if (!ips.length) errs.push(required(CLUSTER_IPS, ''));
    else if (ips[0] !== clusterIP) errs.push(invalid(CLUSTER_IPS, ips, 'first value must match `clusterIP`'));
  } else if (ips.length) {
    errs.push(invalid(CLUSTER_IPS, ips, 'must be empty when `clusterIP` is not specified'));
  }
  validateFamilies(ipFamilies, errs);
  if (ipFamilyPolicy !== undefined) validateEnum(ipFamilyPolicy, POLICIES, FAMILY_POLICY, errs);
  const bad = validateEntries(ips, old?.spec?.clusterIPs, errs);
  if (ips.length > 2) errs.push(invalid(CLUSTER_IPS, ips, 'may only hold up to 2 values'));
  if (bad) return;
  if (ips.length > 1 && !(ips.some(isIPv6Text) && ips.some((ip) => !isIPv6Text(ip)))) {
    errs.push(invalid(CLUSTER_IPS, ips, 'may specify no more than one IP for each IP family'));
  }
  if (!isHeadless(service) && ips.length && ipFamilies.length) validateFamilyMatch(ips, ipFamilies, errs);
}

const isExternalName = (service: Service): boolean => service.spec?.type === 'ExternalName';

/** The first address stays; the second may come, and go with ipFamilyPolicy SingleStack. */
export function validateClusterIPsUpdate(service: Service, old: Service, errs: Errors): void {
  if (isExternalName(service) || isExternalName(old) || (isHeadless(old) && isHeadless(service))) return;
  const was = old.spec?.clusterIPs ?? [];
  const is = service.spec?.clusterIPs ?? [];
  const shown = service.spec?.clusterIPs ?? null;
  const first = CLUSTER_IPS.index(0);
  if (was.length === is.length) {
    was.forEach((ip, i) => { if (ip !== is[i]) errs.push(invalid(CLUSTER_IPS.index(i), shown, ONCE_SET)); });
  } else if (was.length > is.length) {
    if (!is.length) errs.push(invalid(first, shown, 'primary clusterIP can not be unset'));
    if (is.length && is[0] !== was[0]) errs.push(invalid(first, shown, ONCE_SET));
    if (is.length === 1 && service.spec?.ipFamilyPolicy !== 'SingleStack') {
      errs.push(invalid(FAMILY_POLICY, service.spec?.ipFamilyPolicy ?? null, "must be set to 'SingleStack' when releasing the secondary clusterIP"));
    }
  } else if (was.length && is[0] !== was[0]) {
    errs.push(invalid(first, shown, ONCE_SET));
  }
}

export function validateFamiliesUpdate(service: Service, old: Service, errs: Errors): void {
  if (isExternalName(service) || isExternalName(old) || isHeadless(old) || isHeadless(service)) return;
  const was = old.spec?.ipFamilies ?? [];
  const is = service.spec?.ipFamilies ?? [];
  const families = service.spec?.ipFamilies ?? null;
  // The original prints the addresses here.
  const addresses = service.spec?.clusterIPs ?? null;
  const first = FAMILIES.index(0);
  if (was.length === is.length) {
    was.forEach((family, i) => { if (family !== is[i]) errs.push(invalid(first, families, ONCE_SET)); });
  } else if (was.length > is.length) {
    if (!service.spec?.clusterIPs?.length) errs.push(invalid(first, families, 'primary ipFamily can not be unset'));
    if (is.length && is[0] !== was[0]) errs.push(invalid(first, addresses, ONCE_SET));
    if (is.length === 1 && service.spec?.ipFamilyPolicy !== 'SingleStack') {
      errs.push(invalid(FAMILY_POLICY, service.spec?.ipFamilyPolicy ?? null, "must be set to 'SingleStack' when releasing the secondary ipFamily"));
    }
  } else if (was.length && is[0] !== was[0]) {
    errs.push(invalid(first, addresses, ONCE_SET));
  }
}
