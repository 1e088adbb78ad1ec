import type { ConfigMapNodeConfigSource, Node, NodeConfigSource, NodeConfigStatus, Taint } from '../../generated/types';
import { addInvalid, duplicate, fieldForbidden, invalid, notSupported, required, type Errors, type Path } from '../field';
import { isConfigMapKey, isDNS1123Label, isDNS1123Subdomain, isValidLabelValue, longerThan } from '../formats';
import { isIPv4, isValidCIDRForLegacyField, parseCIDRSloppy } from '../ip';
import { forKind } from '../kind';
import { METADATA, nameIsDNSSubdomain, SPEC, STATUS, validateLabelName, validateObjectMeta, validateObjectMetaUpdate, validatePositive } from '../meta';
import { goStruct, NODE_ADDRESS, NODE_CONFIG_SOURCE, TAINT } from './goStruct';
import { validateResourceQuantity } from './resourceNames';

/** The path is what the original says, although taints are in the spec. */
const TAINTS = METADATA.child('taints');
const DECLARED_FEATURES = STATUS.child('declaredFeatures');
const POD_CIDRS = SPEC.child('podCIDRs');
const TAINT_EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const TAINTS_ANNOTATION = 'scheduler.alpha.kubernetes.io/taints';
const AVOID_PODS_ANNOTATION = 'scheduler.alpha.kubernetes.io/preferAvoidPods';
const FEATURE_NAME = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/;

export function validateTaints(taints: readonly Taint[], base: Path, errs: Errors): void {
  const seen = new Set<string>();
  taints.forEach((taint, i) => {
    const path = base.index(i);
    const { key = '', value = '', effect = '' } = taint;
    validateLabelName(key, path.child('key'), errs);
    const messages = isValidLabelValue(value);
    if (messages.length) errs.push(invalid(path.child('value'), value, messages.join(';')));
    if (!effect) errs.push(required(path.child('effect'), ''));
    else if (!TAINT_EFFECTS.includes(effect)) errs.push(notSupported(path.child('effect'), effect, TAINT_EFFECTS));
    const id = `${effect}\n${key}`;
    if (seen.has(id)) {
      const error = duplicate(path, goStruct(TAINT, taint));
      errs.push({ ...error, body: `${error.body}: taints must be unique by key and effect pair` });
    }
    seen.add(id);
  });
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJSON(text: string): { readonly value: unknown } | { readonly error: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { error: 'invalid character in JSON' };
  }
}

/** Two annotations from before taints and affinity were fields. */
function validateNodeAnnotations(annotations: { readonly [key: string]: string } | undefined, errs: Errors): void {
  const path = METADATA.child('annotations');
  const taints = annotations?.[TAINTS_ANNOTATION];
  if (taints) {
    const parsed = parseJSON(taints);
    if ('error' in parsed) errs.push(invalid(path, TAINTS_ANNOTATION, parsed.error));
    else if (Array.isArray(parsed.value)) validateTaints(parsed.value.filter(isRecord) as unknown as readonly Taint[], path.child(TAINTS_ANNOTATION), errs);
  }
  const avoid = annotations?.[AVOID_PODS_ANNOTATION];
  if (avoid) validateAvoidPods(avoid, path, errs);
}

function validateAvoidPods(text: string, path: Path, errs: Errors): void {
  const parsed = parseJSON(text);
  if ('error' in parsed) { errs.push(invalid(path.child('AvoidPods'), AVOID_PODS_ANNOTATION, parsed.error)); return; }
  const entries = isRecord(parsed.value) && Array.isArray(parsed.value.preferAvoidPods) ? parsed.value.preferAvoidPods : [];
  entries.forEach((entry: unknown, i) => {
    const at = path.child(AVOID_PODS_ANNOTATION).index(i).child('PodSignature');
    const signature = isRecord(entry) ? entry.podSignature : undefined;
    const controller = isRecord(signature) ? signature.podController : undefined;
    if (!isRecord(controller)) errs.push(required(at, ''));
    else if (controller.controller !== true) errs.push(invalid(at.child('PodController', 'Controller'), false, 'must point to a controller'));
  });
}

function validateNodeResources(node: Node, errs: Errors): void {
  for (const list of ['capacity', 'allocatable'] as const) {
    const resources = node.status?.[list];
    for (const name in resources) validateResourceQuantity(name, resources[name] ?? '0', STATUS.child(list, name), errs);
  }
}

function declaredFeatureProblem(name: string): string {
  if (longerThan(name, 253)) return `invalid feature name ${JSON.stringify(name)}: must be no more than 253 characters`;
  if (FEATURE_NAME.test(name)) return '';
  return `invalid feature name ${JSON.stringify(name)}: must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes`;
}

/** Valid names, sorted, each once. */
function validateDeclaredFeatures(features: readonly string[] | undefined, errs: Errors): void {
  features?.forEach((feature, i) => {
    const problem = declaredFeatureProblem(feature);
    if (problem) errs.push(invalid(DECLARED_FEATURES.index(i), feature, problem));
    const next = features[i + 1];
    if (next === undefined) return;
    if (feature === next) errs.push(duplicate(DECLARED_FEATURES.index(i + 1), next));
    else if (feature > next) errs.push(invalid(DECLARED_FEATURES.index(i + 1), next, 'list must be sorted alphabetically'));
  });
}

function validatePodCIDRs(cidrs: readonly string[], errs: Errors): void {
  cidrs.forEach((cidr, i) => { isValidCIDRForLegacyField(cidr, POD_CIDRS.index(i), errs); });
  if (cidrs.length < 2) return;
  const families = cidrs.map((cidr) => { const parsed = parseCIDRSloppy(cidr); return parsed && isIPv4(parsed.ip); });
  const bad = families.indexOf(undefined);
  if (bad >= 0) {
    errs.push({ type: 'Internal', field: 'spec.podCIDRs', body: `Internal error: invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${bad}]: <nil> (invalid CIDR address: ${cidrs[bad]})` });
  }
  if (bad >= 0 || cidrs.length > 2 || families[0] === families[1]) errs.push(invalid(POD_CIDRS, cidrs, 'may specify no more than one CIDR for each IP family'));
}

function validateNode(node: Node, errs: Errors): void {
  validateObjectMeta(node.metadata, false, nameIsDNSSubdomain, errs);
  validateNodeAnnotations(node.metadata.annotations, errs);
  if (node.spec?.taints) validateTaints(node.spec.taints, TAINTS, errs);
  validateNodeResources(node, errs);
  const swap = node.status?.nodeInfo?.swap?.capacity;
  if (swap !== undefined) validatePositive(swap, METADATA.child('nodeSwapStatus', 'capacity'), errs);
  validateDeclaredFeatures(node.status?.declaredFeatures, errs);
  if (node.spec?.podCIDRs) validatePodCIDRs(node.spec.podCIDRs, errs);
}

/** configSource does nothing since v1.24; its rules stay. */
function validateConfigMapSource(source: ConfigMapNodeConfigSource, inStatus: boolean, path: Path, errs: Errors): void {
  for (const field of ['uid', 'resourceVersion'] as const) {
    if (inStatus && !source[field]) errs.push(required(path.child(field), ''));
    if (!inStatus && source[field]) errs.push(fieldForbidden(path.child(field), `${field} must not be set in spec`));
  }
  const checks = [['namespace', isDNS1123Label], ['name', isDNS1123Subdomain], ['kubeletConfigKey', isConfigMapKey]] as const;
  for (const [field, check] of checks) {
    const value = source[field] ?? '';
    if (!value) errs.push(required(path.child(field), ''));
    else addInvalid(errs, path.child(field), value, check(value));
  }
}

function validateConfigSource(source: NodeConfigSource, inStatus: boolean, path: Path, errs: Errors): void {
  if (source.configMap) validateConfigMapSource(source.configMap, inStatus, path.child('configMap'), errs);
  else errs.push(invalid(path, goStruct(NODE_CONFIG_SOURCE, source), 'exactly one reference subfield must be non-nil'));
}

function validateConfigStatus(status: NodeConfigStatus, errs: Errors): void {
  for (const field of ['assigned', 'active', 'lastKnownGood'] as const) {
    const source = status[field];
    if (source) validateConfigSource(source, true, STATUS.child('config', field), errs);
  }
}

function validatePodCIDRsUpdate(is: readonly string[] | undefined, was: readonly string[] | undefined, errs: Errors): void {
  if (!was?.length) return;
  const detail = 'node updates may not change podCIDR except from "" to valid';
  if (was.length !== (is?.length ?? 0)) errs.push(fieldForbidden(POD_CIDRS, detail));
  else was.forEach((cidr, i) => { if (cidr !== is?.[i]) errs.push(fieldForbidden(POD_CIDRS, detail)); });
}

function validateAddresses(node: Node, errs: Errors): void {
  const addresses = node.status?.addresses;
  if (!addresses || addresses.length < 2) return;
  const seen = new Set<string>();
  addresses.forEach((address, i) => {
    const id = `${address.type}\n${address.address}`;
    if (seen.has(id)) errs.push(duplicate(STATUS.child('addresses').index(i), goStruct(NODE_ADDRESS, address)));
    seen.add(id);
  });
}

/** ValidateNodeUpdate: also everything that a status update is judged by. */
function validateNodeUpdate(node: Node, old: Node, errs: Errors): void {
  validateObjectMetaUpdate(node.metadata, old.metadata, errs);
  validateNodeAnnotations(node.metadata.annotations, errs);
  validateNodeResources(node, errs);
  validateDeclaredFeatures(node.status?.declaredFeatures, errs);
  validateAddresses(node, errs);
  validatePodCIDRsUpdate(node.spec?.podCIDRs, old.spec?.podCIDRs, errs);
  if (old.spec?.providerID && old.spec.providerID !== node.spec?.providerID) {
    errs.push(fieldForbidden(SPEC.child('providerID'), 'node updates may not change providerID except from "" to valid'));
  }
  if (node.spec?.configSource) validateConfigSource(node.spec.configSource, false, SPEC.child('configSource'), errs);
  if (node.status?.config) validateConfigStatus(node.status.config, errs);
  if (node.spec?.taints) validateTaints(node.spec.taints, TAINTS, errs);
  if ((node.spec?.externalID ?? '') !== (old.spec?.externalID ?? '')) errs.push(fieldForbidden(SPEC.child('externalID'), 'may not be updated'));
}

export const nodeValidation = forKind<Node>({
  create(node) {
    const errs: Errors = [];
    validateNode(node, errs);
    return errs;
  },
  update(node, old) {
    const errs: Errors = [];
    validateNode(node, errs);
    validateNodeUpdate(node, old, errs);
    return errs;
  },
  status(node, old) {
    const errs: Errors = [];
    validateNodeUpdate(node, old, errs);
    return errs;
  },
});
