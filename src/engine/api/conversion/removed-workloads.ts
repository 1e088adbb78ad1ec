import type { DaemonSet, Deployment, LabelSelector, PodTemplateSpec, ReplicaSet, StatefulSet } from '../generated/types';
import { fill, set } from '../defaults/fill';
import { apiVersionOf } from '../object';
import { removedVersion, removedVersionWarning } from './removed-versions';

/**
 * apps/v1beta1, apps/v1beta2 and extensions/v1beta1 of the workload kinds, as Kubernetes converted them while it served
 * them: same shape, older defaults. Those defaults are applied here, so that what follows sees a complete apps/v1 object.
 */
interface Workload {
  readonly metadata: { readonly labels?: { readonly [key: string]: string } };
  readonly spec: { readonly selector?: LabelSelector; readonly template?: PodTemplateSpec };
}
type OldDefaults = (object: never) => unknown;

const UNLIMITED = 2147483647;
const OLD_REVISION_HISTORY = 2;

/** Selector and labels came from the labels of the template. */
function fromTemplate<T extends Workload>(object: T): T {
  const labels = object.spec.template?.metadata?.labels;
  if (!labels) return object;
  const out = object.spec.selector ? object : { ...object, spec: { ...object.spec, selector: { matchLabels: labels } } };
  return Object.keys(object.metadata.labels ?? {}).length ? out : { ...out, metadata: { ...object.metadata, labels } };
}

const deploymentV1beta1 = (d: Deployment): Deployment => {
  const out = fromTemplate(d);
  return set(out, 'spec', fill(out.spec, { revisionHistoryLimit: OLD_REVISION_HISTORY }));
};

function deploymentExtensions(d: Deployment): Deployment {
  const out = fromTemplate(d);
  const spec = fill(out.spec, { progressDeadlineSeconds: UNLIMITED, revisionHistoryLimit: UNLIMITED });
  const strategy = fill(spec.strategy ?? {}, { type: 'RollingUpdate' });
  const rolls = strategy.type === 'RollingUpdate' || strategy.rollingUpdate;
  return set(out, 'spec', set(spec, 'strategy', rolls ? set(strategy, 'rollingUpdate', fill(strategy.rollingUpdate ?? {}, { maxUnavailable: 1, maxSurge: 1 })) : strategy));
}

function statefulSetV1beta1(s: StatefulSet): StatefulSet {
  const out = fromTemplate(s);
  return out.spec.updateStrategy?.type ? out : { ...out, spec: { ...out.spec, updateStrategy: { ...out.spec.updateStrategy, type: 'OnDelete' } } };
}

function daemonSetExtensions(d: DaemonSet): DaemonSet {
  const out = fromTemplate(d);
  return out.spec.updateStrategy?.type ? out : { ...out, spec: { ...out.spec, updateStrategy: { ...out.spec.updateStrategy, type: 'OnDelete' } } };
}

const unchanged = <T>(object: T): T => object;
const TABLE: { readonly [type: string]: OldDefaults } = {
  'apps/v1beta1/Deployment': deploymentV1beta1, 'apps/v1beta1/StatefulSet': statefulSetV1beta1,
  'apps/v1beta2/Deployment': unchanged, 'apps/v1beta2/StatefulSet': unchanged, 'apps/v1beta2/DaemonSet': unchanged, 'apps/v1beta2/ReplicaSet': unchanged,
  'extensions/v1beta1/Deployment': deploymentExtensions, 'extensions/v1beta1/DaemonSet': daemonSetExtensions, 'extensions/v1beta1/ReplicaSet': fromTemplate<ReplicaSet>,
};

/** Fields of the old versions that apps/v1 lost. */
const GONE = ['rollbackTo', 'templateGeneration'];

export interface ConvertedRemoved {
  readonly object: { readonly apiVersion: 'apps/v1'; readonly kind: string; readonly [field: string]: unknown };
  readonly warning: string;
}

/** True where convertRemovedWorkload knows the type. */
export const isConvertible = (apiVersion: string, kind: string): boolean => TABLE[`${apiVersion}/${kind}`] !== undefined;

/** The undecoded object as apps/v1, or undefined where its version is none of the convertible ones. The warning names the release that stopped serving it. */
export function convertRemovedWorkload(object: { readonly apiVersion?: unknown; readonly kind?: unknown }): ConvertedRemoved | undefined {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const convert = TABLE[`${apiVersion}/${kind}`];
  const removed = removedVersion(apiVersion, kind);
  if (!convert || !removed) return undefined;
  const shaped = hasShape(object) ? (convert(withoutGone(object) as never) as object) : object;
  return { object: { ...shaped, apiVersion: apiVersionOf({ group: 'apps', version: 'v1' }) as 'apps/v1', kind }, warning: removedVersionWarning(removed) };
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Enough of the shape for the old defaults to make sense; what is wrong beyond that is for decoding to say. */
function hasShape(object: object): object is Workload {
  const { metadata, spec } = object as { readonly metadata?: unknown; readonly spec?: unknown };
  if (!isRecord(metadata) || !isRecord(spec)) return false;
  return [metadata.labels, spec.selector, spec.template, spec.strategy, spec.updateStrategy].every((part) => part === undefined || isRecord(part))
    && (!isRecord(spec.template) || spec.template.metadata === undefined || isRecord(spec.template.metadata))
    && (!isRecord(spec.strategy) || spec.strategy.rollingUpdate === undefined || isRecord(spec.strategy.rollingUpdate));
}

function withoutGone(object: Workload): Workload {
  const spec = Object.fromEntries(Object.entries(object.spec).filter(([key]) => !GONE.includes(key)));
  return { ...object, spec };
}
