import type { ConfigMap, Secret, ServiceAccount } from '../../generated/types';
import { semanticEqual } from '../equal';
import { addInvalid, fieldForbidden, invalid, Path, required, tooLong, type Errors } from '../field';
import { byteLength, isConfigMapKey } from '../formats';
import { forKind } from '../kind';
import { decodeBase64Text, decodedLength } from './base64';
import { METADATA, nameIsDNSSubdomain, validateImmutable, validateObjectMeta, validateObjectMetaUpdate } from '../meta';

/** ConfigMap, Secret and ServiceAccount. */
const DATA = Path.of('data');
const BINARY_DATA = Path.of('binaryData');
const IMMUTABLE_FLAG = Path.of('immutable');
const MAX_SIZE = 1024 * 1024;
const IMMUTABLE_DATA = 'field is immutable when `immutable` is set';
const SERVICE_ACCOUNT_NAME = 'kubernetes.io/service-account.name';

type Data = { readonly [key: string]: string } | undefined;
const has = (data: Data, key: string): boolean => data !== undefined && Object.prototype.hasOwnProperty.call(data, key);

/** The error of Go's json.Unmarshal into a map; undefined for an object or null. */
function jsonObjectProblem(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
    const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
  } catch {
    return syntaxProblem(text);
  }
}

/** Go names the first character that cannot be part of JSON; the usual mistakes are a wrong start or a cut end. */
function syntaxProblem(text: string): string {
  const start = text.trimStart();
  const first = start.charAt(0);
  if (first === '') return 'unexpected end of JSON input';
  if (!/[{["\-0-9tfn]/.test(first)) return `invalid character '${first}' looking for beginning of value`;
  return 'unexpected end of JSON input';
}

function validateDockerConfig(data: Data, key: string, errs: Errors): void {
  const path = DATA.key(key);
  if (!has(data, key)) { errs.push(required(path, '')); return; }
  const problem = jsonObjectProblem(decodeBase64Text(data?.[key] ?? ''));
  if (problem) errs.push(invalid(path, '<secret contents redacted>', problem));
}

function validateSecretType(secret: Secret, errs: Errors): void {
  const { data } = secret;
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      if (!secret.metadata.annotations?.[SERVICE_ACCOUNT_NAME]) errs.push(required(METADATA.child('annotations').key(SERVICE_ACCOUNT_NAME), ''));
      break;
    case 'kubernetes.io/dockercfg': validateDockerConfig(data, '.dockercfg', errs); break;
    case 'kubernetes.io/dockerconfigjson': validateDockerConfig(data, '.dockerconfigjson', errs); break;
    case 'kubernetes.io/basic-auth':
      if (!has(data, 'username') && !has(data, 'password')) errs.push(required(DATA.key('username'), ''), required(DATA.key('password'), ''));
      break;
    case 'kubernetes.io/ssh-auth':
      if (!data?.['ssh-privatekey']) errs.push(required(DATA.key('ssh-privatekey'), ''));
      break;
    case 'kubernetes.io/tls':
      for (const key of ['tls.crt', 'tls.key']) if (!has(data, key)) errs.push(required(DATA.key(key), ''));
      break;
    default:
  }
}

function validateSecret(secret: Secret, errs: Errors): void {
  validateObjectMeta(secret.metadata, true, nameIsDNSSubdomain, errs);
  let size = 0;
  for (const key in secret.data) {
    addInvalid(errs, DATA.key(key), key, isConfigMapKey(key));
    size += decodedLength(secret.data[key] ?? '');
  }
  if (size > MAX_SIZE) errs.push(tooLong(DATA, MAX_SIZE));
  validateSecretType(secret, errs);
}

/** Once `immutable` is true it stays, and so do the data. */
function validateImmutableData(object: ConfigMap | Secret, old: ConfigMap | Secret, fields: readonly ('data' | 'binaryData')[], errs: Errors): void {
  if (old.immutable !== true) return;
  if (object.immutable !== true) errs.push(fieldForbidden(IMMUTABLE_FLAG, IMMUTABLE_DATA));
  for (const field of fields) {
    const is = (object as ConfigMap)[field];
    if (!semanticEqual(is, (old as ConfigMap)[field])) errs.push(fieldForbidden(field === 'data' ? DATA : BINARY_DATA, IMMUTABLE_DATA));
  }
}

export const secretValidation = forKind<Secret>({
  create(secret) {
    const errs: Errors = [];
    validateSecret(secret, errs);
    return errs;
  },
  update(secret, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(secret.metadata, old.metadata, errs);
    validateImmutable(secret.type ?? '', old.type ?? '', Path.of('type'), errs);
    validateImmutableData(secret, old, ['data'], errs);
    validateSecret(secret, errs);
    return errs;
  },
});

function validateConfigMap(configMap: ConfigMap, errs: Errors): void {
  validateObjectMeta(configMap.metadata, true, nameIsDNSSubdomain, errs);
  const { data, binaryData } = configMap;
  let size = 0;
  for (const key in data) {
    addInvalid(errs, DATA.key(key), key, isConfigMapKey(key));
    if (has(binaryData, key)) errs.push(invalid(DATA.key(key), key, 'duplicate of key present in binaryData'));
    size += byteLength(data[key] ?? '');
  }
  for (const key in binaryData) {
    addInvalid(errs, BINARY_DATA.key(key), key, isConfigMapKey(key));
    size += decodedLength(binaryData[key] ?? '');
  }
  // An error of the whole object: its path is empty.
  if (size > MAX_SIZE) errs.push({ ...tooLong(DATA, MAX_SIZE), field: '' });
}

export const configMapValidation = forKind<ConfigMap>({
  create(configMap) {
    const errs: Errors = [];
    validateConfigMap(configMap, errs);
    return errs;
  },
  update(configMap, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(configMap.metadata, old.metadata, errs);
    validateImmutableData(configMap, old, ['data', 'binaryData'], errs);
    validateConfigMap(configMap, errs);
    return errs;
  },
});

export const serviceAccountValidation = forKind<ServiceAccount>({
  create(account) {
    const errs: Errors = [];
    validateObjectMeta(account.metadata, true, nameIsDNSSubdomain, errs);
    return errs;
  },
  update(account, old) {
    const errs: Errors = [];
    validateObjectMetaUpdate(account.metadata, old.metadata, errs);
    validateObjectMeta(account.metadata, true, nameIsDNSSubdomain, errs);
    return errs;
  },
});
