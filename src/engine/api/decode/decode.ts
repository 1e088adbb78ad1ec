import { isKnownToScheme } from '../conversion/removed-versions';
import { apiVersionOf, parseApiVersion, type KubernetesObject } from '../object';
import type { GroupVersionKind, ResourceDefinition } from '../resources/definition';
import { BUILT_IN_RESOURCES } from '../resources/registry';
import { badRequest, quote, type Status } from '../status';
import { DecodeContext } from './context';
import { JsonSyntaxError, NumberLiteral, readJson, RepeatedKeys, setOwn, toPlain, type JsonValue } from './json-reader';
import { describe } from './scalars';
import { structDecoder } from './structs';
import { readYaml, YamlSyntaxError } from './yaml-reader';

/**
 * The first stage of a write: bytes, or an object of a component in the same process, become an object of the expected
 * kind with only known fields in their stored form. Defaults are not applied here. The answers to what cannot be read
 * are those of kube-apiserver v1.36.
 */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface ExpectedKind extends GroupVersionKind {
  /** Type name in SCHEMA; empty for a custom resource, of which only the metadata is typed. */
  readonly schema: string;
  /** Other versions that the path takes too, such as policy/v1beta1 for evictions. */
  readonly alsoAccepts?: readonly string[];
}

export interface DecodeInput {
  /** JSON or YAML text, or an object that needs no reading. */
  readonly body: string | object;
  /** True for "application/yaml". */
  readonly yaml?: boolean;
  readonly expected: ExpectedKind;
  /** The stored object that the body may share parts with, which then need no reading. */
  readonly base?: object;
  /** Warn where the request does not say. */
  readonly fieldValidation?: FieldValidation;
}

export interface Decoded {
  readonly object: KubernetesObject;
  /** One for each unknown or repeated field, with fieldValidation=Warn. */
  readonly warnings: readonly string[];
}

export const isDecoded = (result: Decoded | Status): result is Decoded => 'object' in result;

/** The body of a request for an object of the expected kind, or a 400. */
export function decodeObject(input: DecodeInput): Decoded | Status {
  const { body, expected } = input;
  const read = typeof body === 'string' ? readBody(body, input.yaml ?? false) : { value: body as JsonValue, strict: [] };
  if ('error' in read) return unrecognized(expected, read.error, body);
  const type = typeOf(read.value);
  if ('error' in type) return unrecognized(expected, type.error, body);
  const actual = completeKind(type, expected);
  const cannot = (reason: string): Status => badRequest(`${actual.kind} in version ${quote(actual.version)} cannot be handled as a ${expected.kind}: ${reason}`);

  const sameType = actual.group === expected.group && actual.version === expected.version && actual.kind === expected.kind;
  const schema = sameType ? expected.schema : schemaOf(actual);
  if (schema === undefined && !isKnownToScheme(actual.group, actual.version, actual.kind)) return cannot(notRegistered(actual));
  const context = new DecodeContext();
  const decoded = schema === undefined ? {} : decodeValue(schema, read.value ?? {}, context, sameType ? input.base : undefined);
  if (context.fatal ?? context.typeError) return cannot(context.fatal ?? context.typeError ?? '');
  const strict = input.fieldValidation === 'Ignore' ? [] : [...read.strict, ...context.strict];
  if (strict.length && input.fieldValidation === 'Strict') return cannot(`strict decoding error: ${strict.join(', ')}`);
  if (!sameType && !convertible(actual, expected)) return cannot(`converting (${goPackageOf(actual, actual.version)}.${actual.kind}) to (${goPackageOf(expected)}.${expected.kind}): unknown conversion`);
  const apiVersion = apiVersionOf(actual);
  if (!sameType && !expected.alsoAccepts?.includes(apiVersion)) {
    return badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(expected)})`);
  }
  return { object: withType(decoded as KubernetesObject, apiVersionOf(expected), expected.kind), warnings: strict };
}

/** A value that is no object of its own, such as DeleteOptions or a part of an object: its stored form, or the error in Go's words. */
export function decodeAs(schema: string, value: unknown): { readonly value: unknown; readonly strict: readonly string[] } | { readonly error: string } {
  const context = new DecodeContext();
  const decoded = decodeValue(schema, value as JsonValue, context);
  const error = context.fatal ?? context.typeError;
  return error === undefined ? { value: decoded, strict: context.strict } : { error };
}

/** JSON text as plain data, or the error in Go's words. Of repeated keys the last wins. */
export function parseJson(text: string): { readonly value: unknown } | { readonly error: string } {
  const read = readBody(text, false);
  return 'error' in read ? read : { value: toPlain(read.value) };
}

type ReadBody = { readonly value: JsonValue; readonly strict: readonly string[] } | { readonly error: string };

function readBody(text: string, yaml: boolean): ReadBody {
  try {
    return yaml ? readYaml(text) : { value: readJson(text), strict: [] };
  } catch (error) {
    if (error instanceof JsonSyntaxError) return { error: `couldn't get version/kind; json parse error: ${error.message}` };
    if (error instanceof YamlSyntaxError) return { error: error.message };
    throw error;
  }
}

function decodeValue(schema: string, value: JsonValue, context: DecodeContext, base?: object): unknown {
  return schema ? structDecoder(schema)(value, context, base) : decodeCustom(value, context);
}

/** A custom resource: typed metadata, all else as it is. Unknown fields are for the schema of its definition to find. */
function decodeCustom(value: JsonValue, context: DecodeContext): unknown {
  if (value instanceof RepeatedKeys) {
    const seen = new Set<string>();
    for (const [key] of value.entries) if (seen.has(key)) context.strictError('duplicate', key); else seen.add(key);
  }
  const plain = toPlain(value) as { readonly metadata?: JsonValue };
  context.path.push('metadata');
  const metadata = structDecoder('ObjectMeta')(plain.metadata ?? {}, context);
  context.path.pop();
  return metadata === plain.metadata ? plain : { ...plain, metadata };
}

const FIND_KIND = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

type TypeFields = { readonly apiVersion: string; readonly kind: string } | { readonly error: string };

/** apiVersion and kind of the text, "" where missing: read on their own first, before anything is known of the type. */
function typeOf(value: JsonValue): TypeFields {
  const parseError = (what: string, into: string): TypeFields => ({ error: `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go ${into}` });
  if (value === null) return { apiVersion: '', kind: '' };
  if (typeof value !== 'object' || Array.isArray(value) || value instanceof NumberLiteral) return parseError(describe(value), `value of type ${FIND_KIND}`);
  const found: { apiVersion: string; kind: string } = { apiVersion: '', kind: '' };
  const entries = value instanceof RepeatedKeys ? value.entries : [['apiVersion', (value as { readonly apiVersion?: JsonValue }).apiVersion], ['kind', (value as { readonly kind?: JsonValue }).kind]] as const;
  for (const [key, part] of entries) {
    if ((key !== 'apiVersion' && key !== 'kind') || part === null || part === undefined) continue;
    if (typeof part !== 'string') return parseError(describe(part), `struct field .${key} of type string`);
    found[key] = part;
  }
  if (found.apiVersion.split('/').length > 2) return { error: `unexpected GroupVersion string: ${found.apiVersion}` };
  return found;
}

/** What the body leaves out is taken from the path. */
function completeKind(type: { readonly apiVersion: string; readonly kind: string }, expected: GroupVersionKind): GroupVersionKind {
  const { group, version } = parseApiVersion(type.apiVersion);
  const kind = type.kind || expected.kind;
  if (version === '' && (group === '' || group === expected.group)) return { group: expected.group, version: expected.version, kind };
  return { group, version, kind };
}

function withType(object: KubernetesObject, apiVersion: string, kind: string): KubernetesObject {
  if (object.apiVersion === apiVersion && object.kind === kind) return object;
  const out: Record<string, unknown> = { apiVersion, kind };
  for (const key of Object.keys(object)) if (key !== 'apiVersion' && key !== 'kind') setOwn(out, key, object[key]);
  return out as KubernetesObject;
}

let builtIn: ReadonlyMap<string, ResourceDefinition> | undefined;
function schemaOf(kind: GroupVersionKind): string | undefined {
  builtIn ??= new Map(BUILT_IN_RESOURCES.map((d) => [`${apiVersionOf(d)}/${d.kind}`, d]));
  return builtIn.get(`${apiVersionOf(kind)}/${kind.kind}`)?.schema;
}

/** Versions of one kind convert into each other through the internal version; the two Events are one internal kind. */
function convertible(a: GroupVersionKind, b: GroupVersionKind): boolean {
  return a.kind === b.kind && internalPackage(a.group, a.kind) === internalPackage(b.group, b.kind);
}

const notRegistered = (kind: GroupVersionKind): string =>
  `no kind ${quote(kind.kind)} is registered for version ${quote(apiVersionOf(kind))} in scheme "pkg/api/legacyscheme/scheme.go:30"`;

/** The kinds of extensions/v1beta1 live on in the groups that took them over. */
const HOMES: { readonly [kind: string]: string } = { Ingress: 'networking', NetworkPolicy: 'networking', DaemonSet: 'apps', Deployment: 'apps', ReplicaSet: 'apps' };

function internalPackage(group: string, kind: string): string {
  if (group === '' || kind === 'Event') return 'core';
  return group === 'extensions' ? HOMES[kind] ?? 'extensions' : group.split('.')[0] ?? group;
}

const goPackageOf = (kind: GroupVersionKind, version?: string): string => version ?? internalPackage(kind.group, kind.kind);

/** The answer where not even the kind could be read, with the beginning of the body. */
function unrecognized(expected: ExpectedKind, reason: string, body: string | object): Status {
  return badRequest(`the object provided is unrecognized (must be of type ${expected.kind}): ${reason} (${summarize(typeof body === 'string' ? body : JSON.stringify(body))})`);
}

const SUMMARY_BYTES = 30;

/** The first bytes of a body: as text where it looks like an object, else in hexadecimal. */
function summarize(body: string): string {
  if (body === '') return '<empty>';
  const bytes = utf8(body.slice(0, SUMMARY_BYTES + 1));
  const cut = bytes.length > SUMMARY_BYTES;
  const more = cut ? ' ...' : '';
  if (body.startsWith('{')) return body.slice(0, SUMMARY_BYTES) + more;
  return bytes.slice(0, SUMMARY_BYTES).map((b) => b.toString(16).padStart(2, '0')).join('') + more;
}

function utf8(text: string): number[] {
  const escaped = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  return [...escaped.matchAll(/%([0-9A-F]{2})|./g)].map((m) => (m[1] ? parseInt(m[1], 16) : m[0].charCodeAt(0)));
}
