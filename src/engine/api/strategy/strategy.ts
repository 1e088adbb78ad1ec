import { zeroStruct } from '../decode/structs';
import { applyDefaults } from '../defaults/defaults';
import { SCHEMA } from '../generated/schema';
import type { KubernetesObject } from '../object';
import type { ResourceDefinition } from '../resources/definition';
import { semanticEqual } from '../validation/equal';
import type { KindStrategy, StrategyContext } from './kind-strategy';
import { keepMetadata } from './metadata';
import { OTHER_STRATEGIES } from './others';
import { POD_STRATEGY } from './pod';
import { SERVICE_STRATEGY } from './service';
import { WORKLOAD_STRATEGIES } from './workloads';

/**
 * What the registry of every kind does between admission and validation. The status belongs to the server and the
 * controllers: a create starts with none, an update keeps the old one, a write to the status keeps all the rest.
 */
const TABLE: { readonly [groupKind: string]: KindStrategy } = { '/Pod': POD_STRATEGY, '/Service': SERVICE_STRATEGY, ...WORKLOAD_STRATEGIES, ...OTHER_STRATEGIES };
const NONE: KindStrategy = {};
/** Custom resources keep a generation, of everything but metadata and (where there is such a subresource) status. */
const CUSTOM: KindStrategy = {
  generation: (object) => { const { metadata: _m, status: _s, ...rest } = object; return rest; }, metadataKeptByStatus: ['labels', 'annotations', 'finalizers', 'ownerReferences'],
};

const strategyOf = (definition: ResourceDefinition): KindStrategy => (definition.schema === '' ? CUSTOM : TABLE[`${definition.group}/${definition.kind}`] ?? NONE);
const hasStatus = (definition: ResourceDefinition): boolean => definition.subresources.some((s) => s.name === 'status');

/** The object as a create stores it, defaults and aliases included. Metadata of the server (uid, creationTimestamp, name from generateName) is expected to be there. */
export function prepareForCreate(definition: ResourceDefinition, object: KubernetesObject, context: StrategyContext): KubernetesObject {
  const strategy = strategyOf(definition);
  let out = hasStatus(definition) && !strategy.keepStatusOnCreate ? withoutStatus(definition, object) : object;
  if (strategy.generation) out = withGeneration(out, 1);
  return applyDefaults(definition.schema, strategy.create ? strategy.create(out, context) : out);
}

/** The object as an update stores it; the subresource is '' for the object itself. */
export function prepareForUpdate(definition: ResourceDefinition, subresource: string, object: KubernetesObject, old: KubernetesObject, context: StrategyContext): KubernetesObject {
  const strategy = strategyOf(definition);
  const given = withGeneration(object, old.metadata.generation);
  if (subresource === 'status') return statusUpdate(definition, strategy, given, old, context);
  const special = strategy.subresources?.[subresource];
  const kept = !special && hasStatus(definition) ? withStatus(given, old.status) : given;
  const out = special ? special(given, old, context) : strategy.update ? strategy.update(kept, old, context) : kept;
  return raiseGeneration(strategy, applyDefaults(definition.schema, out), old);
}

/** Warnings of Kubernetes' registry about an accepted object; old is undefined on creation. */
export function warningsFor(definition: ResourceDefinition, object: KubernetesObject, old: KubernetesObject | undefined): readonly string[] {
  return strategyOf(definition).warnings?.(object, old) ?? [];
}

function statusUpdate(definition: ResourceDefinition, strategy: KindStrategy, object: KubernetesObject, old: KubernetesObject, context: StrategyContext): KubernetesObject {
  const metadata = strategy.metadataKeptByStatus ? keepMetadata(object.metadata, old.metadata, strategy.metadataKeptByStatus) : object.metadata;
  const out = withStatus({ ...old, metadata }, object.status ?? emptyStatus(definition));
  return applyDefaults(definition.schema, strategy.status ? strategy.status(out, old, context) : out);
}

function raiseGeneration(strategy: KindStrategy, object: KubernetesObject, old: KubernetesObject): KubernetesObject {
  if (!strategy.generation || semanticEqual(strategy.generation(object), strategy.generation(old))) return object;
  return withGeneration(object, (old.metadata.generation ?? 0) + 1);
}

function withGeneration(object: KubernetesObject, generation: number | undefined): KubernetesObject {
  if (object.metadata.generation === generation) return object;
  const { generation: _given, ...metadata } = object.metadata;
  return { ...object, metadata: generation === undefined ? metadata : { ...metadata, generation } };
}

function emptyStatus(definition: ResourceDefinition): unknown {
  const type = SCHEMA[definition.schema]?.status?.replace('!', '');
  return type ? zeroStruct(type) : undefined;
}

function withStatus(object: KubernetesObject, status: unknown): KubernetesObject {
  if (object.status === status) return object;
  if (status !== undefined) return { ...object, status };
  const { status: _dropped, ...rest } = object;
  return rest as KubernetesObject;
}

const withoutStatus = (definition: ResourceDefinition, object: KubernetesObject): KubernetesObject => withStatus(object, emptyStatus(definition));
