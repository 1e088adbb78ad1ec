import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../generated/types';
import { addInvalid, fieldForbidden, invalid, notSupported, required, type Errors, type Path } from '../field';
import { isValidPortName, isValidPortNum } from '../formats';
import { isIPv4, isValidCIDRForLegacyField, parseCIDRSloppy, type CIDR } from '../ip';
import { forKind } from '../kind';
import { nameIsDNSSubdomain, SPEC, validateObjectMeta, validateObjectMetaUpdate } from '../meta';
import { selectorHasInvalidLabelValue, validateLabelSelector } from '../selectors';

const POLICY_TYPES: readonly string[] = ['Ingress', 'Egress'];
const PROTOCOLS: readonly string[] = ['TCP', 'UDP', 'SCTP'];

/** What an update may keep because it is stored. */
interface PolicyOptions {
  readonly allowInvalidLabelValue: boolean;
  readonly oldCIDRs: readonly string[];
}

function validateNumericPort(port: number, endPort: number | undefined, path: Path, errs: Errors): void {
  addInvalid(errs, path.child('port'), port, isValidPortNum(port));
  if (endPort === undefined) return;
  if (endPort < port) errs.push(invalid(path.child('endPort'), endPort, 'must be greater than or equal to `port`'));
  addInvalid(errs, path.child('endPort'), endPort, isValidPortNum(endPort));
}

function validatePort(entry: NetworkPolicyPort, path: Path, errs: Errors): void {
  const { protocol, port, endPort } = entry;
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) errs.push(notSupported(path.child('protocol'), protocol, PROTOCOLS));
  if (typeof port === 'number') { validateNumericPort(port, endPort, path, errs); return; }
  if (endPort !== undefined) errs.push(invalid(path.child('endPort'), endPort, `may not be specified when \`port\` is ${port === undefined ? 'not specified' : 'non-numeric'}`));
  if (port !== undefined) addInvalid(errs, path.child('port'), port, isValidPortName(port));
}

/** Bits of the network that are fixed, counted in 128. */
const depth = (cidr: CIDR): number => (cidr.ip.colons ? cidr.prefix : cidr.prefix + 96);

function contains(outer: CIDR, inner: CIDR): boolean {
  if (isIPv4(outer.ip) !== isIPv4(inner.ip)) return false;
  return outer.ip.bytes.every((byte, i) => {
    const keep = Math.min(8, Math.max(0, depth(outer) - i * 8));
    const mask = (0xff00 >> keep) & 0xff;
    return (byte & mask) === ((inner.ip.bytes[i] ?? 0) & mask);
  });
}

function validateIPBlock(block: IPBlock, options: PolicyOptions, path: Path, errs: Errors): void {
  const cidr = block.cidr ?? '';
  if (!cidr) { errs.push(required(path.child('cidr'), '')); return; }
  isValidCIDRForLegacyField(cidr, path.child('cidr'), errs, options.oldCIDRs);
  const outer = parseCIDRSloppy(cidr);
  if (!outer) return;
  block.except?.forEach((text, i) => {
    const at = path.child('except').index(i);
    isValidCIDRForLegacyField(text, at, errs, options.oldCIDRs);
    const inner = parseCIDRSloppy(text);
    if (inner && (!contains(outer, inner) || outer.prefix >= inner.prefix)) errs.push(invalid(at, text, 'must be a strict subset of `cidr`'));
  });
}

function validatePeer(peer: NetworkPolicyPeer, options: PolicyOptions, path: Path, errs: Errors): void {
  validateLabelSelector(peer.podSelector, path.child('podSelector'), errs, options);
  validateLabelSelector(peer.namespaceSelector, path.child('namespaceSelector'), errs, options);
  if (peer.ipBlock) validateIPBlock(peer.ipBlock, options, path.child('ipBlock'), errs);
  const selects = peer.podSelector !== undefined || peer.namespaceSelector !== undefined;
  if (!selects && !peer.ipBlock) errs.push(required(path, 'must specify a peer'));
  else if (selects && peer.ipBlock) errs.push(fieldForbidden(path, 'may not specify both ipBlock and another peer'));
}

function validateSpec(policy: NetworkPolicy, options: PolicyOptions, errs: Errors): void {
  const { podSelector, ingress = [], egress = [], policyTypes = [] } = policy.spec ?? {};
  validateLabelSelector(podSelector, SPEC.child('podSelector'), errs, options);
  ingress.forEach((rule, i) => {
    const path = SPEC.child('ingress').index(i);
    rule.ports?.forEach((port, j) => { validatePort(port, path.child('ports').index(j), errs); });
    rule.from?.forEach((peer, j) => { validatePeer(peer, options, path.child('from').index(j), errs); });
  });
  egress.forEach((rule, i) => {
    const path = SPEC.child('egress').index(i);
    rule.ports?.forEach((port, j) => { validatePort(port, path.child('ports').index(j), errs); });
    rule.to?.forEach((peer, j) => { validatePeer(peer, options, path.child('to').index(j), errs); });
  });
  const path = SPEC.child('policyTypes');
  if (policyTypes.length > POLICY_TYPES.length) { errs.push(invalid(path, policyTypes, 'may not specify more than two policyTypes')); return; }
  policyTypes.forEach((type, i) => { if (!POLICY_TYPES.includes(type)) errs.push(notSupported(path.index(i), type, POLICY_TYPES)); });
}

function cidrsOf({ spec }: NetworkPolicy): readonly string[] {
  const peers = [...(spec?.ingress?.flatMap((r) => r.from ?? []) ?? []), ...(spec?.egress?.flatMap((r) => r.to ?? []) ?? [])];
  return peers.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock.cidr, ...(ipBlock.except ?? [])] : []));
}

export const networkPolicyValidation = forKind<NetworkPolicy>({
  create(policy) {
    const errs: Errors = [];
    validateObjectMeta(policy.metadata, true, nameIsDNSSubdomain, errs);
    validateSpec(policy, { allowInvalidLabelValue: false, oldCIDRs: [] }, errs);
    return errs;
  },
  update(policy, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(policy.metadata, old.metadata, errs);
    validateSpec(policy, { allowInvalidLabelValue: selectorHasInvalidLabelValue(old.spec?.podSelector), oldCIDRs: cidrsOf(old) }, errs);
    return errs;
  },
});
