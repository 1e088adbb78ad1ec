import type { CSIDriver, CSIDriverSpec, CSINode, CSINodeDriver, CSIStorageCapacity, StorageTokenRequest } from '../../generated/types';
import { semanticEqual } from '../equal';
import { addInvalid, duplicate, invalid, notSupported, Path, required, type Errors } from '../field';
import { isDNS1123Subdomain, longerThan } from '../formats';
import { forKind } from '../kind';
import { IMMUTABLE, nameIsDNSSubdomain, SPEC, validateImmutable, validateNonnegative, validateObjectMeta, validateObjectMetaUpdate, validateQualifiedName } from '../meta';
import { selectorHasInvalidLabelValue, selectorJSON, validateLabelSelector } from '../selectors';
import { goStruct, nullable, text, type GoShape } from '../core/goStruct';
import { validateNonnegativeQuantity } from '../core/values';
import { validateCSIDriverName } from '../core/volumeSources';

/** CSIDriver, CSINode and CSIStorageCapacity. */
const MAX_NODE_ID = 256;
const FS_GROUP_POLICIES: readonly string[] = ['File', 'None', 'ReadWriteOnceWithFSType'];
const LIFECYCLE_MODES: readonly string[] = ['Persistent', 'Ephemeral'];
const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;
const NODE_DRIVER: GoShape = { Name: ['name', text], NodeID: ['nodeID', text], TopologyKeys: ['topologyKeys', nullable], Allocatable: ['allocatable', nullable] };

function validateTokenRequests(requests: readonly StorageTokenRequest[], base: Path, errs: Errors): void {
  const audiences = new Set<string>();
  requests.forEach(({ audience = '', expirationSeconds: seconds }, i) => {
    const path = base.index(i);
    if (audiences.has(audience)) { errs.push(duplicate(path.child('audience'), audience)); return; }
    audiences.add(audience);
    if (seconds === undefined) return;
    if (seconds < MIN_TOKEN_SECONDS) errs.push(invalid(path.child('expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes'));
    if (seconds > MAX_TOKEN_SECONDS) errs.push(invalid(path.child('expirationSeconds'), seconds, 'may not specify a duration larger than 2^32 seconds'));
  });
}

function validateDriverSpec(spec: CSIDriverSpec, errs: Errors): void {
  // Defaulted, but for an explicit null. The first path is misspelt in the original.
  for (const [field, path] of [['attachRequired', 'attachedRequired'], ['podInfoOnMount', 'podInfoOnMount'], ['storageCapacity', 'storageCapacity']] as const) {
    if (spec[field] === undefined) errs.push(required(SPEC.child(path), ''));
  }
  if (spec.fsGroupPolicy !== undefined && !FS_GROUP_POLICIES.includes(spec.fsGroupPolicy)) errs.push(notSupported(SPEC.child('fsGroupPolicy'), spec.fsGroupPolicy, FS_GROUP_POLICIES));
  validateTokenRequests(spec.tokenRequests ?? [], SPEC.child('tokenRequests'), errs);
  for (const mode of spec.volumeLifecycleModes ?? []) if (!LIFECYCLE_MODES.includes(mode)) errs.push(notSupported(SPEC.child('volumeLifecycleModes'), mode, LIFECYCLE_MODES));
  if (spec.seLinuxMount === undefined) errs.push(required(SPEC.child('seLinuxMount'), ''));
  const period = spec.nodeAllocatableUpdatePeriodSeconds;
  if (period !== undefined && period < 10) errs.push(invalid(SPEC.child('nodeAllocatableUpdatePeriodSeconds'), period, 'must be greater than or equal to 10 seconds'));
}

export const csiDriverValidation = forKind<CSIDriver>({
  create(driver) {
    const errs: Errors = [];
    validateObjectMeta(driver.metadata, false, nameIsDNSSubdomain, errs);
    validateDriverSpec(driver.spec ?? {}, errs);
    return errs;
  },
  update(driver, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(driver.metadata, old.metadata, errs);
    validateDriverSpec(driver.spec ?? {}, errs);
    validateImmutable(driver.spec?.attachRequired, old.spec?.attachRequired, SPEC.child('attachedRequired'), errs);
    validateImmutable(driver.spec?.volumeLifecycleModes, old.spec?.volumeLifecycleModes, SPEC.child('volumeLifecycleModes'), errs);
    return errs;
  },
});

function validateNodeDriver(driver: CSINodeDriver, names: Set<string>, path: Path, errs: Errors): void {
  const { name = '', nodeID = '', topologyKeys = [] } = driver;
  validateCSIDriverName(name, path.child('name'), errs);
  if (!nodeID) errs.push(required(path.child('nodeID'), ''));
  if (longerThan(nodeID, MAX_NODE_ID)) errs.push(invalid(path.child('nodeID'), nodeID, `must be ${MAX_NODE_ID} characters or less`));
  validateNonnegative(driver.allocatable?.count, path.child('allocatable', 'count'), errs);
  if (names.has(name)) errs.push(duplicate(path.child('name'), name));
  names.add(name);
  topologyKeys.forEach((key, i) => {
    if (!key) errs.push(required(path, ''));
    if (topologyKeys.indexOf(key) < i) errs.push(duplicate(path, key));
    validateQualifiedName(key, path, errs);
  });
}

function validateNode(node: CSINode, errs: Errors): void {
  validateObjectMeta(node.metadata, false, nameIsDNSSubdomain, errs);
  const names = new Set<string>();
  node.spec?.drivers?.forEach((driver, i) => { validateNodeDriver(driver, names, SPEC.child('drivers').index(i), errs); });
}

export const csiNodeValidation = forKind<CSINode>({
  create(node) {
    const errs: Errors = [];
    validateNode(node, errs);
    return errs;
  },
  /** Of a registered driver only the count of volumes may change (MutableCSINodeAllocatableCount). */
  update(node, old) {
    const errs: Errors = [];
    validateNode(node, errs);
    for (const was of old.spec?.drivers ?? []) {
      for (const is of node.spec?.drivers ?? []) {
        if (was.name !== is.name) continue;
        const fixed = { ...is, allocatable: undefined };
        validateImmutable(fixed, { ...was, allocatable: undefined }, SPEC.child('drivers'), errs, goStruct(NODE_DRIVER, fixed));
      }
    }
    return errs;
  },
});

export const csiStorageCapacityValidation = forKind<CSIStorageCapacity>({
  create(capacity) {
    const errs: Errors = [];
    validateCapacity(capacity, false, errs);
    return errs;
  },
  update(capacity, old) {
    const errs: Errors = [];
    validateCapacity(capacity, selectorHasInvalidLabelValue(old.nodeTopology), errs);
    validateObjectMetaUpdate(capacity.metadata, old.metadata, errs);
    if (!semanticEqual(capacity.nodeTopology, old.nodeTopology)) errs.push(invalid(Path.of('nodeTopology'), selectorJSON(capacity.nodeTopology), IMMUTABLE));
    const name = capacity.storageClassName ?? '';
    if (name !== (old.storageClassName ?? '')) errs.push(invalid(Path.of('storageClassName'), name, IMMUTABLE));
    return errs;
  },
});

function validateCapacity(capacity: CSIStorageCapacity, allowInvalidLabelValue: boolean, errs: Errors): void {
  validateObjectMeta(capacity.metadata, true, nameIsDNSSubdomain, errs);
  validateLabelSelector(capacity.nodeTopology, Path.of('nodeTopology'), errs, { allowInvalidLabelValue });
  const name = capacity.storageClassName ?? '';
  addInvalid(errs, Path.of('storageClassName'), name, isDNS1123Subdomain(name));
  if (capacity.capacity !== undefined) validateNonnegativeQuantity(capacity.capacity, Path.of('capacity'), errs);
}
