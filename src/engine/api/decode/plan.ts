import { SCHEMA } from '../generated/schema';
import { GO_FACTS } from './go-facts';

/**
 * How one type of the schema is read and written: the schema joined with the facts about the Go type behind it.
 * A field is "always" written (zero when missing), an "optional" value (dropped when zero), or a "pointer" (kept as given).
 */
export type Presence = 'always' | 'optional' | 'pointer';

export interface FieldFacts {
  readonly name: string;
  /** In the words of SCHEMA, without the mark of required fields. */
  readonly type: string;
  readonly presence: Presence;
  /** As Go prints the type in errors: "v1.RestartPolicy", "[]v1.Container". */
  readonly goType: string;
}

const CODES: { readonly [code: string]: Presence } = { a: 'always', o: 'optional', p: 'pointer' };
const BASIC: { readonly [type: string]: string } = {
  string: 'string', bytes: '[]uint8', int32: 'int32', int64: 'int64', double: 'float64', bool: 'bool', time: 'v1.Time', microtime: 'v1.MicroTime',
  quantity: 'resource.Quantity', intorstring: 'intstr.IntOrString', any: 'interface {}', raw: 'runtime.RawExtension',
};

/** Names that the generator made unique with the name of their group, and the Go name they stand for. */
const PREFIXED = new Set([
  'AdmissionregistrationServiceReference', 'AdmissionregistrationWebhookClientConfig', 'ApiextensionsServiceReference', 'ApiextensionsWebhookClientConfig',
  'ApiregistrationServiceReference', 'AuthenticationTokenRequest', 'CoreEndpointPort', 'CoreEvent', 'CoreEventList', 'CoreEventSeries', 'CoreResourceClaim',
  'DiscoveryEndpointPort', 'EventsEvent', 'EventsEventList', 'EventsEventSeries', 'FlowcontrolSubject', 'RbacSubject', 'ResourceResourceClaim', 'StorageTokenRequest',
]);

/** The name of the Go struct without its package: "V2MetricSpec" → "MetricSpec", "CoreEvent" → "Event". */
export function goStructName(type: string): string {
  if (/^V2[A-Z]/.test(type)) return type.slice(2);
  return PREFIXED.has(type) ? type.replace(/^[A-Z][a-z]+/, '') : type;
}

/** "v1.Container", "[]v1.Container", "map[string]string", "v1.ResourceList". */
export function goTypeOf(type: string): string {
  if (type === '{}quantity') return 'v1.ResourceList';
  if (type.startsWith('[]')) return `[]${goTypeOf(type.slice(2))}`;
  if (type.startsWith('{}')) return `map[string]${goTypeOf(type.slice(2))}`;
  return BASIC[type] ?? `${/^V2[A-Z]/.test(type) ? 'v2' : 'v1'}.${goStructName(type)}`;
}

export const isStruct = (type: string): boolean => /^[A-Z]/.test(type);

function presenceOf(type: string, required: boolean): Presence {
  if (required) return 'always';
  return isStruct(type) || ['int32', 'int64', 'double', 'bool', 'quantity', 'intorstring'].includes(type) ? 'pointer' : 'optional';
}

/** Type → field → "code=GoType" of the exceptions. */
function readFacts(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const types = new Map<string, Map<string, string>>();
  for (const line of GO_FACTS.trim().split('\n')) {
    const [type = '', ...fields] = line.split(' ');
    types.set(type, new Map(fields.map((text) => {
      const m = /^([^:=]+)(.*)$/.exec(text);
      return [m?.[1] ?? '', m?.[2] ?? ''];
    })));
  }
  return types;
}
let facts: ReadonlyMap<string, ReadonlyMap<string, string>> | undefined;

/** Every field of a type. Empty for an unknown type. */
export function fieldsOf(type: string): readonly FieldFacts[] {
  const exceptions = (facts ??= readFacts()).get(type);
  return Object.entries(SCHEMA[type] ?? {}).map(([name, text]) => {
    const required = text.endsWith('!');
    const base = required ? text.slice(0, -1) : text;
    const m = /^(?::(\w))?(?:=(.*))?$/.exec(exceptions?.get(name) ?? '');
    const named = m?.[2];
    return {
      name, type: base, presence: CODES[m?.[1] ?? ''] ?? presenceOf(base, required),
      goType: named === undefined ? goTypeOf(base) : /[.[]/.test(named) ? named : `v1.${named}`,
    };
  });
}
