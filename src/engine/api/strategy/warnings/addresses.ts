import { quote } from '../../status';
import { ipString, parseCIDRSloppy, parseIPSloppy } from '../../validation/ip';

/** A warning for an address that is accepted, but not in its usual form. */
export function addressWarnings(path: string, value: string): readonly string[] {
  const ip = parseIPSloppy(value);
  if (!ip) return [];
  const canonical = ipString(ip);
  if (canonical === value) return [];
  const mapped = value.includes(':') && !canonical.includes(':');
  return value.includes(':') && !mapped
    ? [`${path}: IPv6 address ${quote(value)} should be in RFC 5952 canonical format (${quote(canonical)})`]
    : [`${path}: non-standard IP address ${quote(value)} is invalid: use ${quote(canonical)}`];
}

/** The same for a range of addresses. */
export function rangeWarnings(path: string, value: string): readonly string[] {
  const cidr = parseCIDRSloppy(value);
  if (!cidr) return [];
  const { text, ip, prefix } = cidr;
  const mapped = ip.colons && !text.includes(':');
  const single = `${ipString(ip)}/${ip.colons && !mapped ? 128 : 32}`;
  const out = [
    ...(cidr.hostBits ? [`${path}: CIDR value ${quote(value)} is ambiguous in this context (should be ${quote(text)} or ${quote(single)}?)`] : []),
    ...(cidr.leadingZeros || mapped ? [`${path}: non-standard CIDR value ${quote(value)} is invalid: use ${quote(text)}`] : []),
  ];
  const canonical = `${ipString(ip)}/${prefix}`;
  return out.length || !ip.colons || canonical === value ? out : [`${path}: IPv6 CIDR value ${quote(value)} should be in RFC 5952 canonical format (${quote(canonical)})`];
}
