import type { AppArmorProfile, Container, ObjectMeta, PodSpec, SeccompProfile, SecurityContext, WindowsSecurityContextOptions } from '../../generated/types';
import { goStruct } from '../core/goStruct';
import { addInvalid, fieldForbidden, invalid, notSupported, required, tooLong, type Errors, type FieldError, type Path } from '../field';
import { byteLength, isDNS1123Subdomain, isValidGroupID, isValidUserID, longerThan } from '../formats';
import type { PodOptions } from './options';
import { validateLocalDescendingPath } from './paths';
import { PROFILE, SECURITY_CONTEXT } from './shapes';
import { validateSysctls } from './sysctls';
import { visitContainers } from './visit';

/** Security contexts of pods and containers, seccomp and AppArmor profiles. */
const ids = (value: number | undefined, path: Path, errs: Errors): void => { if (value !== undefined) addInvalid(errs, path, value, isValidUserID(value)); };

function validateOneOf(value: string | undefined, supported: readonly string[], path: Path, errs: Errors): void {
  if (value !== undefined && !supported.includes(value)) errs.push(notSupported(path, value, supported));
}

export function validatePodSecurityContext(spec: PodSpec, path: Path, errs: Errors, options: PodOptions): void {
  if (spec.hostPID && spec.shareProcessNamespace === true && !spec.securityContext) {
    errs.push(invalid(path.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  }
  const context = spec.securityContext;
  if (!context) return;
  if (context.fsGroup !== undefined) addInvalid(errs, path.child('fsGroup'), context.fsGroup, isValidGroupID(context.fsGroup));
  ids(context.runAsUser, path.child('runAsUser'), errs);
  ids(context.runAsGroup, path.child('runAsGroup'), errs);
  context.supplementalGroups?.forEach((group, i) => { ids(group, path.child('supplementalGroups').index(i), errs); });
  if (spec.hostPID && spec.shareProcessNamespace === true) errs.push(invalid(path.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  if (context.sysctls?.length) validateSysctls(spec, path.child('sysctls'), errs, options);
  validateOneOf(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], path.child('fsGroupChangePolicy'), errs);
  validateSeccompProfile(context.seccompProfile, path.child('seccompProfile'), errs);
  validateWindowsOptions(context.windowsOptions, path.child('windowsOptions'), errs);
  validateAppArmorProfile(context.appArmorProfile, path.child('appArmorProfile'), errs);
  validateOneOf(context.supplementalGroupsPolicy, ['Merge', 'Strict'], path.child('supplementalGroupsPolicy'), errs);
  validateOneOf(context.seLinuxChangePolicy, options.allowOnlyRecursiveSELinux ? ['Recursive'] : ['MountOption', 'Recursive'], path.child('seLinuxChangePolicy'), errs);
}

export function validateSecurityContext(context: SecurityContext | undefined, hostUsers: boolean, path: Path, errs: Errors): void {
  if (!context) return;
  ids(context.runAsUser, path.child('runAsUser'), errs);
  ids(context.runAsGroup, path.child('runAsGroup'), errs);
  const { procMount } = context;
  if (procMount !== undefined) {
    validateOneOf(procMount, ['Default', 'Unmasked'], path.child('procMount'), errs);
    if (hostUsers && procMount === 'Unmasked') errs.push(invalid(path.child('procMount'), procMount, '`hostUsers` must be false to use `Unmasked`'));
  }
  validateSeccompProfile(context.seccompProfile, path.child('seccompProfile'), errs);
  if (context.allowPrivilegeEscalation === false) validateNoEscalation(context, path, errs);
  validateWindowsOptions(context.windowsOptions, path.child('windowsOptions'), errs);
  validateAppArmorProfile(context.appArmorProfile, path.child('appArmorProfile'), errs);
}

function validateNoEscalation(context: SecurityContext, path: Path, errs: Errors): void {
  if (context.privileged) errs.push(invalid(path, goStruct(SECURITY_CONTEXT, context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
  for (const capability of context.capabilities?.add ?? []) {
    if (capability === 'CAP_SYS_ADMIN') {
      errs.push(invalid(path, goStruct(SECURITY_CONTEXT, context), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
    }
  }
}

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function validateSeccompProfile(profile: SeccompProfile | undefined, path: Path, errs: Errors): void {
  if (!profile) return;
  if (!profile.type) errs.push(required(path.child('type'), 'type is required when seccompProfile is set'));
  else validateOneOf(profile.type, PROFILE_TYPES, path.child('type'), errs);
  if (profile.type !== 'Localhost') {
    if (profile.localhostProfile !== undefined) errs.push(invalid(path.child('localhostProfile'), goStruct(PROFILE, profile), 'can only be set when seccomp type is Localhost'));
  } else if (profile.localhostProfile === undefined) {
    errs.push(required(path.child('localhostProfile'), 'must be set when seccomp type is Localhost'));
  } else {
    validateLocalDescendingPath(profile.localhostProfile, path.child('localhostProfile'), errs);
  }
}

function validateAppArmorProfile(profile: AppArmorProfile | undefined, path: Path, errs: Errors): void {
  if (!profile) return;
  const local = profile.localhostProfile;
  const at = path.child('localhostProfile');
  if (!profile.type) {
    errs.push(required(path.child('type'), 'type is required when appArmorProfile is set'));
  } else if (!PROFILE_TYPES.includes(profile.type)) {
    errs.push(notSupported(path.child('type'), profile.type, PROFILE_TYPES));
  } else if (profile.type !== 'Localhost') {
    if (local !== undefined) errs.push(invalid(at, local, 'can only be set when AppArmor type is Localhost'));
  } else if (local === undefined) {
    errs.push(required(at, 'must be set when AppArmor type is Localhost'));
  } else {
    if (local.trim() !== local) errs.push(invalid(at, local, 'must not be padded with whitespace'));
    else if (local === '') errs.push(required(at, 'must be set when AppArmor type is Localhost'));
    if (longerThan(local, 4095)) errs.push(tooLong(at, 4095));
  }
}

const CONTROL = /[\x00-\x1f\x7f]/;
const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const DNS_DOMAIN = new RegExp(`^${DNS_LABEL}(?:\\.${DNS_LABEL})*$`);
const BAD_USER = /["/\\:;|=,+*?<>@[\]]/;
const ONLY_DOTS = /^[. ]+$/;

function validateWindowsOptions(options: WindowsSecurityContextOptions | undefined, path: Path, errs: Errors): void {
  if (!options) return;
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  if (name !== undefined) addInvalid(errs, path.child('gmsaCredentialSpecName'), name, isDNS1123Subdomain(name));
  if (spec === '') errs.push(invalid(path.child('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec cannot be an empty string'));
  else if (spec !== undefined && longerThan(spec, 64 * 1024)) errs.push(invalid(path.child('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec size must be under 64 KiB'));
  if (user !== undefined) addInvalid(errs, path.child('runAsUserName'), user, userNameErrors(user));
}

/** "DOMAIN\User" or "User", as Windows knows them. */
function userNameErrors(name: string): readonly string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (CONTROL.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const domain = parts.length === 2 ? parts[0] ?? '' : undefined;
  const user = parts.at(-1) ?? '';
  const messages: string[] = [];
  if (domain !== undefined) {
    if (byteLength(domain) >= 256) messages.push("runAsUserName's Domain length must be under 256 characters");
    if (!NETBIOS.test(domain) && !DNS_DOMAIN.test(domain)) messages.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') messages.push("runAsUserName's User cannot be empty");
  else if (longerThan(user, 104)) messages.push("runAsUserName's User length must not be longer than 104 characters");
  if (ONLY_DOTS.test(user)) messages.push("runAsUserName's User cannot contain only periods or spaces");
  if (BAD_USER.test(user)) messages.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  return messages;
}

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APPARMOR_CONTAINER = 'container.apparmor.security.beta.kubernetes.io/';

/** The old annotations, where they are still given: what they may say. */
export function validateSecurityAnnotations(annotations: { readonly [key: string]: string }, spec: PodSpec, path: Path, errs: Errors): void {
  const pod = annotations[SECCOMP_POD];
  if (pod !== undefined) validateSeccompAnnotation(pod, path.child(SECCOMP_POD), errs);
  for (const key in annotations) if (key.startsWith(SECCOMP_CONTAINER)) validateSeccompAnnotation(annotations[key] ?? '', path.child(key), errs);
  for (const key in annotations) {
    if (!key.startsWith(APPARMOR_CONTAINER)) continue;
    const name = key.slice(APPARMOR_CONTAINER.length);
    const profile = annotations[key] ?? '';
    let found = false;
    visitContainers(spec, path, (c) => { found ||= c.name === name; });
    if (!found) errs.push(invalid(path.key(key), name, 'container not found'));
    if (profile !== '' && profile !== 'runtime/default' && profile !== 'unconfined' && !profile.startsWith('localhost/')) {
      errs.push(invalid(path.key(key), profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`));
    }
  }
}

function validateSeccompAnnotation(profile: string, path: Path, errs: Errors): void {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return;
  if (profile.startsWith('localhost/')) validateLocalDescendingPath(profile.slice('localhost/'.length), path, errs);
  else errs.push(invalid(path, profile, 'must be a valid seccomp profile'));
}

type Profile = SeccompProfile | AppArmorProfile | undefined;

/** Field and annotation both given must say the same. */
function mismatch(annotation: string, profile: NonNullable<Profile>, words: 'seccomp' | 'apparmor', path: Path): FieldError | undefined {
  const wrongType = fieldForbidden(path.child('type'), `${words} type in annotation and field must match`);
  switch (profile.type) {
    case 'Unconfined': return annotation === 'unconfined' ? undefined : wrongType;
    case 'RuntimeDefault': return annotation === 'runtime/default' || (words === 'seccomp' && annotation === 'docker/default') ? undefined : wrongType;
    case 'Localhost':
      if (!annotation.startsWith('localhost/')) return wrongType;
      return profile.localhostProfile === annotation.slice('localhost/'.length) ? undefined
        : fieldForbidden(path.child('localhostProfile'), `${words} profile in annotation and field must match`);
    default: return undefined;
  }
}

/** validateSeccompAnnotationsAndFields and validateAppArmorAnnotationsAndFieldsMatchOnCreate. */
export function validateProfilesMatchAnnotations(meta: Partial<ObjectMeta> | undefined, spec: PodSpec, path: Path, errs: Errors): void {
  const annotations = meta?.annotations;
  if (!annotations) return;
  const check = (key: string, profile: Profile, words: 'seccomp' | 'apparmor', at: Path): void => {
    const annotation = annotations[key];
    const error = annotation !== undefined && profile ? mismatch(annotation, profile, words, at) : undefined;
    if (error) errs.push(error);
  };
  check(SECCOMP_POD, spec.securityContext?.seccompProfile, 'seccomp', path.child('securityContext', 'seccompProfile'));
  visitContainers(spec, path, (c: Container, at) => { check(SECCOMP_CONTAINER + c.name, c.securityContext?.seccompProfile, 'seccomp', at.child('securityContext', 'seccompProfile')); });
  if (spec.os?.name === 'windows') return;
  visitContainers(spec, path, (c: Container, at) => {
    check(APPARMOR_CONTAINER + c.name, c.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile, 'apparmor', at.child('securityContext', 'appArmorProfile'));
  });
}

export const isAppArmorAnnotation = (key: string): boolean => key.startsWith(APPARMOR_CONTAINER);
