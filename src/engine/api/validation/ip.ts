import { invalid, type Errors, type Path } from './field';
import { quote } from '../status';

/**
 * IP addresses and CIDRs as k8s.io/apimachinery/pkg/util/validation/ip.go checks them. "Sloppy" parsing is Go's before
 * 1.17: leading zeros in a number are allowed and decimal.
 */
export interface IP {
  /** 16 bytes; an IPv4 address is mapped (::ffff:a.b.c.d). */
  readonly bytes: readonly number[];
  /** Dotted, or IPv6 text with a dotted end: what strictness complains about. */
  readonly leadingZeros: boolean;
  /** Written as IPv6 (with colons). */
  readonly colons: boolean;
}

const MAPPED: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

function parseIPv4(text: string): { readonly bytes: readonly number[]; readonly leadingZeros: boolean } | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^[0-9]+$/.test(p) && Number(p) <= 255)) return undefined;
  return { bytes: parts.map(Number), leadingZeros: parts.some((p) => p.length > 1 && p.startsWith('0')) };
}

function groupsOf(text: string): { readonly bytes: readonly number[]; readonly leadingZeros: boolean } | undefined {
  if (text === '') return { bytes: [], leadingZeros: false };
  const groups = text.split(':');
  const bytes: number[] = [];
  let leadingZeros = false;
  for (const [i, group] of groups.entries()) {
    if (i === groups.length - 1 && group.includes('.')) {
      const v4 = parseIPv4(group);
      if (!v4) return undefined;
      bytes.push(...v4.bytes);
      leadingZeros ||= v4.leadingZeros;
    } else {
      if (!/^[0-9a-fA-F]+$/.test(group)) return undefined;
      const n = parseInt(group, 16);
      if (n > 0xffff) return undefined;
      bytes.push(n >> 8, n & 255);
      leadingZeros ||= group.length > 4;
    }
  }
  return { bytes, leadingZeros };
}

/** net.ParseIP, with leading zeros allowed; undefined where it is no IP address. */
export function parseIPSloppy(text: string): IP | undefined {
  if (text.length > 200) return undefined;
  if (!text.includes(':')) {
    const v4 = parseIPv4(text);
    return v4 && { bytes: [...MAPPED, ...v4.bytes], leadingZeros: v4.leadingZeros, colons: false };
  }
  const gap = text.indexOf('::');
  if (gap !== text.lastIndexOf('::')) return undefined;
  if (gap < 0) {
    const all = groupsOf(text);
    return all && all.bytes.length === 16 ? { ...all, colons: true } : undefined;
  }
  const head = text.slice(0, gap);
  if (head.includes('.')) return undefined;
  const before = groupsOf(head);
  const after = groupsOf(text.slice(gap + 2));
  if (!before || !after || before.bytes.length + after.bytes.length > 14) return undefined;
  const zeros = new Array<number>(16 - before.bytes.length - after.bytes.length).fill(0);
  return { bytes: [...before.bytes, ...zeros, ...after.bytes], leadingZeros: before.leadingZeros || after.leadingZeros, colons: true };
}

/** Whether the address is IPv4, also when mapped into IPv6. */
export const isIPv4 = (ip: IP): boolean => MAPPED.every((b, i) => ip.bytes[i] === b);
const isMapped = (ip: IP): boolean => ip.colons && isIPv4(ip);

/** net.IP.String(): dotted for IPv4 (mapped too), RFC 5952 for IPv6. */
export function ipString(ip: Pick<IP, 'bytes'>): string {
  const { bytes } = ip;
  if (MAPPED.every((b, i) => bytes[i] === b)) return bytes.slice(12).join('.');
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0));
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && groups[j] === 0) j++;
    if (j - i > length) { start = i; length = j - i; }
    if (j > i) i = j;
  }
  const hex = (part: readonly number[]): string => part.map((g) => g.toString(16)).join(':');
  return start < 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** An IP address in a field older than strict validation (StrictIPCIDRValidation is on); values of the old object stay allowed. */
export function isValidIPForLegacyField(value: string, path: Path, errs: Errors, validOldIPs: readonly string[] = []): void {
  if (!validOldIPs.includes(value)) strictIP(value, path, errs);
}

function strictIP(value: string, path: Path, errs: Errors): IP | undefined {
  const ip = parseIPSloppy(value);
  if (!ip) { errs.push(invalid(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')); return undefined; }
  if (ip.leadingZeros) { errs.push(invalid(path, value, 'must not have leading 0s')); return undefined; }
  if (isMapped(ip)) { errs.push(invalid(path, value, 'must not be an IPv4-mapped IPv6 address')); return undefined; }
  return ip;
}

/** An IP address by the current standard: strict and canonical. */
export function isValidIP(value: string, path: Path, errs: Errors): void {
  const ip = strictIP(value, path, errs);
  if (ip && ipString(ip) !== value) errs.push(invalid(path, value, `must be in canonical form (${quote(ipString(ip))})`));
}

export interface CIDR {
  readonly ip: IP;
  /** Length of the prefix, of 32 for IPv4 written dotted and of 128 otherwise. */
  readonly prefix: number;
  /** Canonical text of the network. */
  readonly text: string;
  readonly leadingZeros: boolean;
  /** The address has bits beyond the prefix. */
  readonly hostBits: boolean;
}

/** net.ParseCIDR, with leading zeros allowed. */
export function parseCIDRSloppy(text: string): CIDR | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const ip = parseIPSloppy(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (!ip || !/^[0-9]+$/.test(digits)) return undefined;
  const bits = ip.colons ? 128 : 32;
  const prefix = Number(digits);
  if (prefix > bits) return undefined;
  const first = 128 - bits;
  const masked = ip.bytes.map((b, i) => {
    const keep = Math.min(8, Math.max(0, first + prefix - i * 8));
    return b & ((0xff00 >> keep) & 0xff);
  });
  return {
    ip, prefix, text: `${ipString({ bytes: masked })}/${prefix}`, hostBits: masked.some((b, i) => b !== ip.bytes[i]),
    leadingZeros: ip.leadingZeros || (digits.length > 1 && digits.startsWith('0')),
  };
}

function strictCIDR(value: string, path: Path, errs: Errors): CIDR | undefined {
  const cidr = parseCIDRSloppy(value);
  const problem = !cidr ? 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'
    : cidr.leadingZeros ? 'must not have leading 0s in IP or prefix length'
      : isMapped(cidr.ip) ? 'must not have an IPv4-mapped IPv6 address'
        : cidr.hostBits ? 'must not have bits set beyond the prefix length' : '';
  if (problem) errs.push(invalid(path, value, problem));
  return problem ? undefined : cidr;
}

/** A CIDR in a field older than strict validation; values of the old object stay allowed. */
export function isValidCIDRForLegacyField(value: string, path: Path, errs: Errors, validOldCIDRs: readonly string[] = []): void {
  if (!validOldCIDRs.includes(value)) strictCIDR(value, path, errs);
}

/** A CIDR by the current standard: strict and canonical. */
export function isValidCIDR(value: string, path: Path, errs: Errors): void {
  const cidr = strictCIDR(value, path, errs);
  if (cidr && cidr.text !== value) errs.push(invalid(path, value, `must be in canonical form (${quote(cidr.text)})`));
}

/** An interface address "192.168.1.5/24", canonical. */
export function isValidInterfaceAddress(value: string, path: Path, errs: Errors): void {
  const cidr = parseCIDRSloppy(value);
  if (!cidr) { errs.push(invalid(path, value, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)')); return; }
  const size = isIPv4(cidr.ip) && cidr.prefix > 32 ? cidr.prefix - 96 : cidr.prefix;
  const canonical = `${ipString(cidr.ip)}/${size}`;
  if (value !== canonical) errs.push(invalid(path, value, `must be in canonical form (${quote(canonical)})`));
}
