/**
 * API objects inside error messages are Go's internal structs in JSON: Go field names, in Go's order, zero values
 * written out. A shape lists the fields; goStruct() prints a versioned object through it.
 */
export type GoValue = (value: unknown) => unknown;
/** Go field name → [JSON field name, how the value is printed]. */
export type GoShape = { readonly [goName: string]: readonly [json: string, print: GoValue] };

export const text: GoValue = (v) => v ?? '';
export const number: GoValue = (v) => v ?? 0;
export const bool: GoValue = (v) => v ?? false;
/** A pointer, slice or map of plain values. */
export const nullable: GoValue = (v) => v ?? null;
/** A map with string keys: encoding/json sorts them. */
export const map: GoValue = (v) => (isObject(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : null);
export const struct = (shape: GoShape): GoValue => (v) => goStruct(shape, v);
export const pointer = (shape: GoShape): GoValue => (v) => (v === undefined || v === null ? null : goStruct(shape, v));
export const listOf = (print: GoValue): GoValue => (v) => (Array.isArray(v) ? v.map(print) : null);
/** metav1 types have JSON names: printed as they are. */
export const asIs: GoValue = nullable;

const isObject = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null && !Array.isArray(value);

export function goStruct(shape: GoShape, value: unknown): { readonly [goName: string]: unknown } {
  const source = isObject(value) ? value : {};
  const out: { [goName: string]: unknown } = {};
  for (const [goName, [json, print]] of Object.entries(shape)) out[goName] = print(source[json]);
  return out;
}

const same = (...fields: readonly string[]): GoShape => Object.fromEntries(fields.map((f) => [f.charAt(0).toUpperCase() + f.slice(1), [f, text] as const]));

export const TAINT: GoShape = { ...same('key', 'value', 'effect'), TimeAdded: ['timeAdded', nullable] };
export const NODE_ADDRESS: GoShape = same('type', 'address');
export const OBJECT_REFERENCE: GoShape = { ...same('kind', 'namespace', 'name'), UID: ['uid', text], APIVersion: ['apiVersion', text], ResourceVersion: ['resourceVersion', text], FieldPath: ['fieldPath', text] };
export const EVENT_SOURCE: GoShape = same('component', 'host');
export const SERVICE_PORT: GoShape = { Name: ['name', text], Protocol: ['protocol', text], AppProtocol: ['appProtocol', nullable], Port: ['port', number], TargetPort: ['targetPort', number], NodePort: ['nodePort', number] };
export const ROLE_REF: GoShape = { APIGroup: ['apiGroup', text], ...same('kind', 'name') };
export const SCOPE_SELECTOR: GoShape = {
  MatchExpressions: ['matchExpressions', listOf(struct({ ScopeName: ['scopeName', text], Operator: ['operator', text], Values: ['values', nullable] }))],
};
const NODE_SELECTOR_REQUIREMENTS = listOf(struct({ Key: ['key', text], Operator: ['operator', text], Values: ['values', nullable] }));
export const VOLUME_NODE_AFFINITY: GoShape = {
  Required: ['required', pointer({ NodeSelectorTerms: ['nodeSelectorTerms', listOf(struct({ MatchExpressions: ['matchExpressions', NODE_SELECTOR_REQUIREMENTS], MatchFields: ['matchFields', NODE_SELECTOR_REQUIREMENTS] }))] })],
};
export const NODE_CONFIG_SOURCE: GoShape = {
  ConfigMap: ['configMap', pointer({ Namespace: ['namespace', text], Name: ['name', text], UID: ['uid', text], ResourceVersion: ['resourceVersion', text], KubeletConfigKey: ['kubeletConfigKey', text] })],
};
