import type { PodSpec } from '../../generated/types';
import { fieldForbidden, invalid, notSupported, required, type Errors, type Path } from '../field';
import { visitContainers } from './visit';

/** What spec.os forbids, and the rules of Windows host process pods. */
const WINDOWS = 'cannot be set for a windows pod';
const CONTEXT_FIELDS = ['seccompProfile', 'fsGroup', 'fsGroupChangePolicy', 'sysctls'] as const;
const CONTEXT_FIELDS_AFTER = ['runAsUser', 'runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy', 'seLinuxChangePolicy'] as const;
const CONTAINER_FIELDS = [
  'appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'procMount', 'runAsUser', 'runAsGroup',
] as const;

export function validateOS(spec: PodSpec, path: Path, errs: Errors): void {
  const name = spec.os?.name;
  if (!spec.os) return;
  if (!name) errs.push(required(path.child('os', 'name'), ''));
  else if (name === 'linux') validateLinux(spec, path, errs);
  else if (name === 'windows') validateWindows(spec, path, errs);
  else errs.push(notSupported(path.child('os'), name, ['linux', 'windows']));
}

function validateLinux(spec: PodSpec, path: Path, errs: Errors): void {
  const words = 'windows options cannot be set for a linux pod';
  if (spec.securityContext?.windowsOptions) errs.push(fieldForbidden(path.child('securityContext', 'windowsOptions'), words));
  visitContainers(spec, path, (c, at) => { if (c.securityContext?.windowsOptions) errs.push(fieldForbidden(at.child('securityContext', 'windowsOptions'), words)); });
}

function validateWindows(spec: PodSpec, path: Path, errs: Errors): void {
  const context = spec.securityContext ?? {};
  const forbid = (set: unknown, at: Path): void => { if (set !== undefined && set !== false) errs.push(fieldForbidden(at, WINDOWS)); };
  forbid(context.appArmorProfile, path.child('securityContext', 'appArmorProfile'));
  forbid(context.seLinuxOptions, path.child('securityContext', 'seLinuxOptions'));
  if (spec.hostUsers !== undefined) errs.push(fieldForbidden(path.child('hostUsers'), WINDOWS));
  forbid(spec.hostPID, path.child('hostPID'));
  forbid(spec.hostIPC, path.child('hostIPC'));
  for (const f of CONTEXT_FIELDS) forbid(f === 'sysctls' && !context.sysctls?.length ? undefined : context[f], path.child('securityContext', f));
  if (spec.shareProcessNamespace !== undefined) errs.push(fieldForbidden(path.child('shareProcessNamespace'), WINDOWS));
  for (const f of CONTEXT_FIELDS_AFTER) forbid(context[f], path.child('securityContext', f));
  visitContainers(spec, path, (c, at) => {
    for (const f of CONTAINER_FIELDS) if (c.securityContext?.[f] !== undefined) errs.push(fieldForbidden(at.child('securityContext', f), WINDOWS));
  });
}

export function validateHostProcess(spec: PodSpec, path: Path, errs: Errors): void {
  const pod = spec.securityContext?.windowsOptions?.hostProcess;
  let all = 0;
  let hostProcess = 0;
  visitContainers(spec, path, (c, at) => {
    all++;
    const own = c.securityContext?.windowsOptions?.hostProcess;
    if (pod !== undefined && own !== undefined && pod !== own) {
      errs.push(invalid(at.child('securityContext', 'windowsOptions', 'hostProcess'), own, `pod hostProcess value must be identical if both are specified, was ${pod}`));
    }
    if (own ?? pod) hostProcess++;
  });
  if (hostProcess === 0) return;
  if (hostProcess !== all) errs.push(invalid(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
  if (!spec.hostNetwork) errs.push(invalid(path.child('hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers'));
}
