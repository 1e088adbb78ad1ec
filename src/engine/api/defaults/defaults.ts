import { throughInternalVersion } from '../conversion/round-trip';
import { fieldsOf, isStruct } from '../decode/plan';
import { CORE_DEFAULTS } from './core';
import { OTHER_DEFAULTS } from './others';
import { POD_DEFAULTS } from './pod';
import type { TypeDefault, TypeDefaults } from './type-defaults';
import { WORKLOAD_DEFAULTS } from './workloads';

/**
 * Defaulting of whole objects: a walk over the parts that have defaults, in the manner of Kubernetes' generated
 * SetObjectDefaults functions, followed by the conversion through the internal version. It runs on what a client sent,
 * and again (in the strategies) on what is about to be stored, since Kubernetes does so when it reads an object back: a
 * Job's labels come from its template only then.
 */
const TABLE: TypeDefaults = { ...POD_DEFAULTS, ...CORE_DEFAULTS, ...WORKLOAD_DEFAULTS, ...OTHER_DEFAULTS };

interface Part {
  readonly name: string;
  readonly shape: 'struct' | 'list' | 'map';
  readonly plan: Plan;
}

interface Plan {
  readonly own: TypeDefault | undefined;
  readonly parts: readonly Part[];
}

const plans = new Map<string, Plan | undefined>();

/** The decoded object with every default of its type filled in and its aliases in agreement; itself where nothing was missing. Unknown types have no defaults. Parts shared with `base`, a stored object, have theirs already. */
export function applyDefaults<T>(schema: string, object: T, base?: T): T {
  const plan = planOf(schema);
  return throughInternalVersion(schema, plan ? (walk(plan, object, base) as T) : object);
}

/** Undefined where neither the type nor anything in it has defaults. Types that contain themselves have none. */
function planOf(type: string): Plan | undefined {
  if (plans.has(type)) return plans.get(type);
  plans.set(type, undefined);
  const parts: Part[] = [];
  for (const field of fieldsOf(type)) {
    const shape = field.type.startsWith('[]') ? 'list' : field.type.startsWith('{}') ? 'map' : 'struct';
    const element = shape === 'struct' ? field.type : field.type.slice(2);
    const plan = isStruct(element) ? planOf(element) : undefined;
    if (plan) parts.push({ name: field.name, shape, plan });
  }
  const own = TABLE[type];
  const plan = own || parts.length ? { own, parts } : undefined;
  plans.set(type, plan);
  return plan;
}

type Fields = Record<string, unknown>;

function walk(plan: Plan, given: unknown, base?: unknown): unknown {
  if (base !== undefined && given === base) return given;
  const value = (plan.own ? plan.own(given as never) : given) as Fields;
  let out: Fields | undefined;
  for (const { name, shape, plan: inner } of plan.parts) {
    const part = value[name];
    if (part === undefined || part === null) continue;
    const defaulted = shape === 'struct' ? walk(inner, part, base === undefined || base === null ? undefined : (base as Fields)[name]) : shape === 'list' ? walkList(inner, part as readonly unknown[], base === undefined || base === null ? undefined : (base as Fields)[name]) : walkMap(inner, part as Fields);
    if (defaulted !== part) (out ??= { ...value })[name] = defaulted;
  }
  return out ?? value;
}

function walkList(plan: Plan, list: readonly unknown[], base: unknown): readonly unknown[] {
  if (list === base) return list;
  const before = Array.isArray(base) ? (base as readonly unknown[]) : undefined;
  let out: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const defaulted = walk(plan, list[i], before?.[i]);
    if (defaulted !== list[i]) (out ??= [...list])[i] = defaulted;
  }
  return out ?? list;
}

function walkMap(plan: Plan, map: Fields): Fields {
  let out: Fields | undefined;
  for (const key in map) {
    const defaulted = walk(plan, map[key]);
    if (defaulted !== map[key]) (out ??= { ...map })[key] = defaulted;
  }
  return out ?? map;
}
