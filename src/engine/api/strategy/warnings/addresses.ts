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
  const [address = '', bits = ''] = value.split('/');
  const ip = parseIPSloppy(address);
  if (!cidr || !ip) return [];
  const given = ipString(ip);
  const prefix = Number(bits);
  const network = `${ipString({ bytes: masked(ip.bytes, value.includes(':') ? prefix : prefix + 96) })}/${prefix}`;
  const ambiguous = network !== `${given}/${prefix}`
    ? [`${path}: CIDR value ${quote(value)} is ambiguous in this context (should be ${quote(network)} or ${quote(`${given}/${given.includes(':') ? 128 : 32}`)}?)`] : [];
  const mapped = value.includes(':') && !given.includes(':');
  const loose = mapped || (!value.includes(':') && given !== address) || String(prefix) !== bits;
  const odd = loose ? [`${path}: non-standard CIDR value ${quote(value)} is invalid: use ${quote(network)}`] : [];
  if (ambiguous.length || odd.length) return [...ambiguous, ...odd];
  return given === address ? [] : [`${path}: IPv6 CIDR value ${quote(value)} should be in RFC 5952 canonical format (${quote(`${given}/${prefix}`)})`];
}

/** The first bits of an address of 16 bytes, the rest zero. */
const masked = (bytes: readonly number[], bits: number): readonly number[] =>
  bytes.map((byte, i) => byte & (0xff << Math.max(0, Math.min(8, 8 - (bits - i * 8)))) & 0xff);
