import { asIs, listOf, nullable, number, pointer, struct, text, type GoShape } from '../core/goStruct';

/** The internal structs of a ResourceClaim, as errors print them. */
const SELECTOR: GoShape = { CEL: ['cel', pointer({ Expression: ['expression', text] })] };
const TOLERATION: GoShape = { Key: ['key', text], Operator: ['operator', text], Value: ['value', text], Effect: ['effect', text], TolerationSeconds: ['tolerationSeconds', nullable] };
const CAPACITY: GoShape = { Requests: ['requests', nullable] };
const EXACTLY: GoShape = {
  DeviceClassName: ['deviceClassName', text], Selectors: ['selectors', listOf(struct(SELECTOR))], AllocationMode: ['allocationMode', text], Count: ['count', number],
  AdminAccess: ['adminAccess', nullable], Tolerations: ['tolerations', listOf(struct(TOLERATION))], Capacity: ['capacity', pointer(CAPACITY)],
};
const SUBREQUEST: GoShape = {
  Name: ['name', text], DeviceClassName: ['deviceClassName', text], Selectors: ['selectors', listOf(struct(SELECTOR))], AllocationMode: ['allocationMode', text], Count: ['count', number],
  Tolerations: ['tolerations', listOf(struct(TOLERATION))], Capacity: ['capacity', pointer(CAPACITY)],
};
const REQUEST: GoShape = { Name: ['name', text], Exactly: ['exactly', pointer(EXACTLY)], FirstAvailable: ['firstAvailable', listOf(struct(SUBREQUEST))] };
const CONSTRAINT: GoShape = { Requests: ['requests', nullable], MatchAttribute: ['matchAttribute', nullable], DistinctAttribute: ['distinctAttribute', nullable] };
const CONFIG: GoShape = { Requests: ['requests', nullable], Opaque: ['opaque', pointer({ Driver: ['driver', text], Parameters: ['parameters', asIs] })] };

export const CLAIM_SPEC: GoShape = {
  Devices: ['devices', struct({ Requests: ['requests', listOf(struct(REQUEST))], Constraints: ['constraints', listOf(struct(CONSTRAINT))], Config: ['config', listOf(struct(CONFIG))] })],
};
