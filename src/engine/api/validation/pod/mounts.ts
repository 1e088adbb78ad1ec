import type { Container, VolumeDevice, VolumeMount } from '../../generated/types';
import { fieldForbidden, fieldNotFound, invalid, notSupported, required, type Errors, type Path } from '../field';
import { hasBacksteps, validateLocalDescendingPath } from './paths';
import type { Volumes } from './volumes';

/** volumeMounts and volumeDevices of a container. */
const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIVE = ['Disabled', 'Enabled', 'IfPossible'];

export function validateVolumeMounts(container: Container, volumes: Volumes, base: Path, errs: Errors): void {
  const mounts = container.volumeMounts;
  if (!mounts?.length) return;
  const devices = container.volumeDevices ?? [];
  const seen = new Set<string>();
  mounts.forEach((mount, i) => {
    const path = base.index(i);
    const { name = '', mountPath = '' } = mount;
    if (!name) errs.push(required(path.child('name'), ''));
    if (!volumes.has(name)) errs.push(fieldNotFound(path.child('name'), name));
    if (!mountPath) errs.push(required(path.child('mountPath'), ''));
    if (seen.has(mountPath)) errs.push(invalid(path.child('mountPath'), mountPath, 'must be unique'));
    seen.add(mountPath);
    if (devices.some((d) => d.name === name)) errs.push(invalid(path.child('name'), name, 'must not already exist in volumeDevices'));
    if (devices.some((d) => d.devicePath === mountPath)) errs.push(invalid(path.child('mountPath'), mountPath, 'must not already exist as a path in volumeDevices'));
    if (mount.subPath) validateLocalDescendingPath(mount.subPath, base.child('subPath'), errs);
    if (mount.subPathExpr) {
      if (mount.subPath) errs.push(invalid(path.child('subPathExpr'), mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      validateLocalDescendingPath(mount.subPathExpr, base.child('subPathExpr'), errs);
    }
    if (mount.mountPropagation !== undefined) validatePropagation(mount.mountPropagation, container, base.child('mountPropagation'), errs);
    if (mount.recursiveReadOnly !== undefined) validateRecursive(mount, mount.recursiveReadOnly, base.child('recursiveReadOnly'), errs);
  });
}

function validatePropagation(value: string, container: Container, path: Path, errs: Errors): void {
  if (!PROPAGATIONS.includes(value)) errs.push(notSupported(path, value, PROPAGATIONS));
  if (value === 'Bidirectional' && container.securityContext?.privileged !== true) {
    errs.push(fieldForbidden(path, 'Bidirectional mount propagation is available only to privileged containers'));
  }
}

function validateRecursive(mount: VolumeMount, value: string, path: Path, errs: Errors): void {
  if (value === 'Disabled') return;
  if (!RECURSIVE.includes(value)) { errs.push(notSupported(path, value, RECURSIVE)); return; }
  if (!mount.readOnly) errs.push(fieldForbidden(path, 'may only be specified when readOnly is true'));
  if (mount.mountPropagation !== undefined && mount.mountPropagation !== 'None') {
    errs.push(fieldForbidden(path, 'may only be specified when mountPropagation is None or not specified'));
  }
}

export function validateVolumeDevices(devices: readonly VolumeDevice[] | undefined, mounts: readonly VolumeMount[] | undefined, volumes: Volumes, base: Path, errs: Errors): void {
  if (!devices?.length) return;
  const names = new Set<string>();
  const paths = new Set<string>();
  devices.forEach((device, i) => {
    const path = base.index(i);
    const { name = '', devicePath = '' } = device;
    const volume = volumes.get(name);
    if (!name) errs.push(required(path.child('name'), ''));
    if (names.has(name)) errs.push(invalid(path.child('name'), name, 'must be unique'));
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral) {
      errs.push(invalid(path.child('name'), name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    }
    if (!volume) errs.push(fieldNotFound(path.child('name'), name));
    if (!devicePath) errs.push(required(path.child('devicePath'), ''));
    if (paths.has(devicePath)) errs.push(invalid(path.child('devicePath'), devicePath, 'must be unique'));
    if (hasBacksteps(devicePath)) errs.push(invalid(path.child('devicePath'), devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounts?.some((m) => m.name === name)) errs.push(invalid(path.child('name'), name, 'must not already exist in volumeMounts'));
    if (mounts?.some((m) => m.mountPath === devicePath)) errs.push(invalid(path.child('devicePath'), devicePath, 'must not already exist as a path in volumeMounts'));
    if (name) names.add(name);
  });
}
