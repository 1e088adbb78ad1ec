import type { EnvFromSource, EnvVar, EnvVarSource, FileKeySelector } from '../../generated/types';
import { addInvalid, invalid, required, type Errors, type Path } from '../field';
import { isConfigMapKey, isRelaxedEnvVarName } from '../formats';
import { nameIsDNSSubdomain, validateDNS1123Label } from '../meta';
import { DOWNWARD_ENV_FIELDS, validateFieldRef, validateResourceFieldRef } from './downward';
import { validatePathNoBacksteps } from './paths';

/** env and envFrom of a container. */
export function validateEnv(env: readonly EnvVar[] | undefined, base: Path, errs: Errors): void {
  env?.forEach((variable, i) => {
    const path = base.index(i);
    if (!variable.name) errs.push(required(path.child('name'), ''));
    else addInvalid(errs, path.child('name'), variable.name, isRelaxedEnvVarName(variable.name));
    if (variable.valueFrom) validateValueFrom(variable, variable.valueFrom, path.child('valueFrom'), errs);
  });
}

function validateValueFrom(variable: EnvVar, from: EnvVarSource, path: Path, errs: Errors): void {
  let sources = 0;
  if (from.fieldRef) { sources++; validateFieldRef(from.fieldRef, DOWNWARD_ENV_FIELDS, path.child('fieldRef'), errs); }
  if (from.resourceFieldRef) { sources++; validateResourceFieldRef(from.resourceFieldRef, path.child('resourceFieldRef'), errs, false); }
  if (from.configMapKeyRef) { sources++; validateKeyRef(from.configMapKeyRef, path.child('configMapKeyRef'), errs); }
  if (from.secretKeyRef) { sources++; validateKeyRef(from.secretKeyRef, path.child('secretKeyRef'), errs); }
  if (from.fileKeyRef) { sources++; validateFileKeyRef(from.fileKeyRef, path.child('fileKeyRef'), errs); }
  if (sources === 0) errs.push(invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
  else if (variable.value) errs.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1) errs.push(invalid(path, '', 'may not have more than one field specified at a time'));
}

function validateKeyRef(ref: { readonly name?: string; readonly key?: string }, path: Path, errs: Errors): void {
  addInvalid(errs, path.child('name'), ref.name ?? '', nameIsDNSSubdomain(ref.name ?? '', false));
  if (!ref.key) errs.push(required(path.child('key'), ''));
  else addInvalid(errs, path.child('key'), ref.key, isConfigMapKey(ref.key));
}

function validateFileKeyRef(ref: FileKeySelector, path: Path, errs: Errors): void {
  if (!ref.key) errs.push(required(path.child('key'), ''));
  else addInvalid(errs, path.child('key'), ref.key, isRelaxedEnvVarName(ref.key));
  if (!ref.volumeName) errs.push(required(path.child('volumeName'), ''));
  else validateDNS1123Label(ref.volumeName, path.child('volumeName'), errs);
  if (!ref.path) errs.push(required(path.child('path'), ''));
  else validatePathNoBacksteps(ref.path, path.child('path'), errs);
}

export function validateEnvFrom(sources: readonly EnvFromSource[] | undefined, base: Path, errs: Errors): void {
  sources?.forEach((source, i) => {
    const path = base.index(i);
    if (source.prefix) addInvalid(errs, path.child('prefix'), source.prefix, isRelaxedEnvVarName(source.prefix));
    if (source.configMapRef) validateSourceName(source.configMapRef.name, path.child('configMapRef', 'name'), errs);
    if (source.secretRef) validateSourceName(source.secretRef.name, path.child('secretRef', 'name'), errs);
    if (!source.configMapRef && !source.secretRef) errs.push(invalid(base, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (source.configMapRef && source.secretRef) errs.push(invalid(base, '', 'may not have more than one field specified at a time'));
  });
}

/** Checked as a prefix would be: Kubernetes passes true here. */
function validateSourceName(name: string | undefined, path: Path, errs: Errors): void {
  if (!name) errs.push(required(path, ''));
  else addInvalid(errs, path, name, nameIsDNSSubdomain(name, true));
}
