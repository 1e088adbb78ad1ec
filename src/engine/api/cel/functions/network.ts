import type { Environment } from '@marcbachmann/cel-js';
import { ipString, isIPv4, parseCIDRSloppy, parseIPSloppy, type CIDR, type IP } from '../../validation/ip';
import { CelFailure } from '../words';

export class IPValue { constructor(readonly ip: IP) {} }
export class CIDRValue { constructor(readonly cidr: CIDR) {} }

/** netip.ParseAddr: no leading zeros, no zone, no IPv4 in IPv6. */
function strictIP(text: string): IP | undefined {
  const ip = parseIPSloppy(text);
  return !ip || ip.leadingZeros || (ip.colons && isIPv4(ip)) ? undefined : ip;
}

function strictCIDR(text: string): CIDR | undefined {
  const cidr = parseCIDRSloppy(text);
  return !cidr || cidr.leadingZeros || (cidr.ip.colons && isIPv4(cidr.ip)) ? undefined : cidr;
}

const ipOf = (text: string): IPValue => {
  const ip = strictIP(text);
  if (!ip) throw new CelFailure(`IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`);
  return new IPValue(ip);
};
const cidrOf = (text: string): CIDRValue => {
  const cidr = strictCIDR(text);
  if (!cidr) throw new CelFailure(`network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): no '/'`);
  return new CIDRValue(cidr);
};

const same = (a: IP, b: IP): boolean => a.bytes.every((byte, i) => byte === b.bytes[i]);
const v4 = (ip: IP): readonly number[] => ip.bytes.slice(12);
const bit = (ip: IP, at: number): number => ((ip.bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
/** Bits of the prefix counted in 128. */
const prefixBits = ({ ip, prefix }: CIDR): number => (ip.colons ? prefix : prefix + 96);

function contains(network: CIDR, ip: IP): boolean {
  if (isIPv4(network.ip) !== isIPv4(ip)) return false;
  for (let i = 0; i < prefixBits(network); i++) if (bit(network.ip, i) !== bit(ip, i)) return false;
  return true;
}

const isLoopback = (ip: IP): boolean => (isIPv4(ip) ? v4(ip)[0] === 127 : ipString(ip) === '::1');
const isUnspecified = (ip: IP): boolean => ['0.0.0.0', '::'].includes(ipString(ip));
const isMulticast = (ip: IP): boolean => (isIPv4(ip) ? ((v4(ip)[0] ?? 0) & 0xf0) === 0xe0 : ip.bytes[0] === 0xff);
const isLinkLocalMulticast = (ip: IP): boolean => (isIPv4(ip) ? v4(ip).slice(0, 3).join('.') === '224.0.0' : ip.bytes[0] === 0xff && ((ip.bytes[1] ?? 0) & 0x0f) === 2);
const isLinkLocalUnicast = (ip: IP): boolean => (isIPv4(ip) ? v4(ip).slice(0, 2).join('.') === '169.254' : ip.bytes[0] === 0xfe && ((ip.bytes[1] ?? 0) & 0xc0) === 0x80);
const isGlobalUnicast = (ip: IP): boolean => !isUnspecified(ip) && !isLoopback(ip) && !isMulticast(ip) && !isLinkLocalUnicast(ip) && ipString(ip) !== '255.255.255.255';

/** Kubernetes' IP addresses and networks. */
export function network(environment: Environment): void {
  environment
    .registerType('net.IP', IPValue)
    .registerType('net.CIDR', CIDRValue)
    .registerFunction('isIP(string): bool', (text: string) => strictIP(text) !== undefined)
    .registerFunction('ip(string): net.IP', ipOf)
    .registerFunction('string(net.IP): string', (v: IPValue) => ipString(v.ip))
    .registerFunction('net.IP.family(): int', (v: IPValue) => (isIPv4(v.ip) ? 4n : 6n))
    .registerFunction('net.IP.isUnspecified(): bool', (v: IPValue) => isUnspecified(v.ip))
    .registerFunction('net.IP.isLoopback(): bool', (v: IPValue) => isLoopback(v.ip))
    .registerFunction('net.IP.isLinkLocalMulticast(): bool', (v: IPValue) => isLinkLocalMulticast(v.ip))
    .registerFunction('net.IP.isLinkLocalUnicast(): bool', (v: IPValue) => isLinkLocalUnicast(v.ip))
    .registerFunction('net.IP.isGlobalUnicast(): bool', (v: IPValue) => isGlobalUnicast(v.ip))
    .registerOperator('net.IP == net.IP', (a: IPValue, b: IPValue) => same(a.ip, b.ip))
    .registerType('IPNamespace', IPNamespace)
    .registerConstant('ip', 'IPNamespace', new IPNamespace())
    .registerFunction('IPNamespace.isCanonical(string): bool', (_: IPNamespace, text: string) => ipString(ipOf(text).ip) === text)
    .registerFunction('isCIDR(string): bool', (text: string) => strictCIDR(text) !== undefined)
    .registerFunction('cidr(string): net.CIDR', cidrOf)
    .registerFunction('string(net.CIDR): string', (v: CIDRValue) => `${ipString(v.cidr.ip)}/${v.cidr.prefix}`)
    .registerFunction('net.CIDR.ip(): net.IP', (v: CIDRValue) => new IPValue(v.cidr.ip))
    .registerFunction('net.CIDR.masked(): net.CIDR', (v: CIDRValue) => cidrOf(v.cidr.text))
    .registerFunction('net.CIDR.prefixLength(): int', (v: CIDRValue) => BigInt(v.cidr.prefix))
    .registerFunction('net.CIDR.containsIP(net.IP): bool', (v: CIDRValue, ip: IPValue) => contains(v.cidr, ip.ip))
    .registerFunction('net.CIDR.containsIP(string): bool', (v: CIDRValue, text: string) => contains(v.cidr, ipOf(text).ip))
    .registerFunction('net.CIDR.containsCIDR(net.CIDR): bool', (v: CIDRValue, other: CIDRValue) => prefixBits(other.cidr) >= prefixBits(v.cidr) && contains(v.cidr, other.cidr.ip))
    .registerFunction('net.CIDR.containsCIDR(string): bool', (v: CIDRValue, text: string) => { const other = cidrOf(text).cidr; return prefixBits(other) >= prefixBits(v.cidr) && contains(v.cidr, other.ip); })
    .registerOperator('net.CIDR == net.CIDR', (a: CIDRValue, b: CIDRValue) => same(a.cidr.ip, b.cidr.ip) && a.cidr.prefix === b.cidr.prefix);
}

/** Holds ip.isCanonical(…). */
class IPNamespace {}
