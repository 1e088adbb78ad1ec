import { invalid, type Errors, type Path } from '../field';
import { isIPv4, parseIPSloppy } from '../ip';

const LOOPBACK = 'may not be in the loopback range (127.0.0.0/8, ::1/128)';
const LINK_LOCAL = 'may not be in the link-local range (169.254.0.0/16, fe80::/10)';
const LINK_LOCAL_MULTICAST = 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)';

/** Addresses that cannot be an endpoint of a Service; external IPs are judged by the same rules. */
export function validateEndpointIP(value: string, path: Path, errs: Errors): void {
  const ip = parseIPSloppy(value);
  if (!ip) { errs.push(invalid(path, value, 'must be a valid IP address')); return; }
  const v4 = isIPv4(ip);
  const bytes = v4 ? ip.bytes.slice(12) : ip.bytes;
  const [a = 0, b = 0, c = 0] = bytes;
  const last = bytes[bytes.length - 1];
  const zeros = bytes.slice(0, -1).every((byte) => byte === 0);
  if (zeros && last === 0) errs.push(invalid(path, value, `may not be unspecified (${value})`));
  if (v4 ? a === 127 : zeros && last === 1) errs.push(invalid(path, value, LOOPBACK));
  if (v4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80) errs.push(invalid(path, value, LINK_LOCAL));
  if (v4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 2) errs.push(invalid(path, value, LINK_LOCAL_MULTICAST));
}
