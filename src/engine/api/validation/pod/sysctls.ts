import type { PodSpec } from '../../generated/types';
import { duplicate, invalid, required, type Errors, type Path } from '../field';
import { longerThan } from '../formats';

/** spec.securityContext.sysctls. */
const SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const NAME_FMT = `(${SEGMENT}[\\./])*${SEGMENT}`;
const NAME = new RegExp(`^${NAME_FMT}$`);
const IPC_NAMES: ReadonlySet<string> = new Set([
  'kernel.sem', 'kernel.shmall', 'kernel.shmmax', 'kernel.shmmni', 'kernel.shm_rmid_forced', 'kernel.shm', 'kernel.msgmax', 'kernel.msgmnb', 'kernel.msgmni', 'kernel.msg',
]);

/** Slashes and dots change roles where a slash comes first, as sysctl(8) has it. */
function normalize(name: string): string {
  const first = name.search(/[./]/);
  if (first < 0 || name[first] === '.') return name;
  return name.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));
}

/** Why a namespaced sysctl conflicts with the host's namespace, or ''. */
export function hostSysctlError(sysctl: string, spec: PodSpec): string {
  const name = normalize(sysctl).split('*', 1)[0] ?? '';
  if (spec.hostNetwork && name.startsWith('net.')) return "may not be specified when 'hostNetwork' is true";
  if (spec.hostIPC && (IPC_NAMES.has(name) || name.startsWith('fs.mqueue.'))) return "may not be specified when 'hostIPC' is true";
  return '';
}

export function validateSysctls(spec: PodSpec, base: Path, errs: Errors, options: { readonly allowNamespacedSysctls: boolean }): void {
  const seen = new Set<string>();
  spec.securityContext?.sysctls?.forEach((sysctl, i) => {
    const path = base.index(i).child('name');
    const name = sysctl.name ?? '';
    if (!name) errs.push(required(path, ''));
    else if (longerThan(name, 253) || !NAME.test(name)) errs.push(invalid(path, name, `must have at most 253 characters and match regex ^${NAME_FMT}$`));
    else if (seen.has(name)) errs.push(duplicate(path, name));
    if (!options.allowNamespacedSysctls) {
      const problem = hostSysctlError(name, spec);
      if (problem) errs.push(invalid(path, name, problem));
    }
    seen.add(name);
  });
}
