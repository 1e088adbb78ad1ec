import type { LabelSelector, Scale } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import type { ScalePaths } from '../../api/resources/definition';
import { formatLabelSelector } from '../../api/selectors';
import { isStatus, notFound, type Status } from '../../api/status';
import { invalidStatus } from '../../api/validation/field';
import { validateScale } from '../../api/validation/scale';
import type { Process } from '../../simulation/process';
import { refuse, type Answer, type RequestContext } from '../context';
import { refusedName } from '../handlers/names';
import { write } from '../handlers/update';
import { bodyOf } from './body';

/** autoscaling/v1 Scale: the one number of a workload that everybody may know, whatever its kind. */
export function scaleOf(object: KubernetesObject, paths: ScalePaths): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const specReplicas = Number(at(object, paths.specReplicas) ?? 0);
  const selector = selectorText(object, paths);
  return {
    apiVersion: 'autoscaling/v1', kind: 'Scale',
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    spec: specReplicas === 0 ? {} : { replicas: specReplicas },
    status: { replicas: Number(at(object, paths.statusReplicas) ?? 0), ...(selector ? { selector } : {}) },
  };
}

export function* getScale(context: RequestContext, paths: ScalePaths): Process<Answer> {
  const object = context.storage.current(context.namespace, context.name);
  if (!object) return refuse(context, 'storage', notFound(context.storage.definition, context.name));
  return { code: 200, object: scaleOf(object, paths) };
}

/** PUT or PATCH of a scale; `wanted` makes the new scale from the current one. The field is managed as a part of the parent. */
export function* updateScale(context: RequestContext, paths: ScalePaths, wanted: (current: Scale) => Scale | Status): Process<Answer> {
  const { storage, name } = context;
  if (!storage.current(context.namespace, name)) return refuse(context, 'storage', notFound(storage.definition, name));
  const answer = yield* write({ ...context, part: '' }, (current) => {
    const sent = wanted(scaleOf(current, paths));
    if (isStatus(sent)) return sent;
    const scale = sent as Scale;
    const misnamed = refusedName(context, scale as unknown as KubernetesObject);
    if (misnamed) return misnamed;
    const errors = validateScale({ ...scale, metadata: { ...scale.metadata, name: scale.metadata?.name || name, namespace: scale.metadata?.namespace || context.namespace } });
    if (errors.length > 0) return invalidStatus({ group: 'autoscaling', kind: 'Scale' }, name, errors);
    const { resourceVersion: _, ...metadata } = current.metadata;
    const version = scale.metadata?.resourceVersion;
    const uid = scale.metadata?.uid || metadata.uid;
    const parent = withNumber(current, paths.specReplicas.split('.'), scale.spec?.replicas ?? 0);
    return { ...parent, metadata: { ...metadata, uid, ...(version ? { resourceVersion: version } : {}) } as KubernetesObject['metadata'] };
  });
  if (isStatus(answer.object)) return answer;
  return { ...answer, object: scaleOf(answer.object as KubernetesObject, paths) };
}

/** The scale that a client sent. */
export function sentScale(context: RequestContext): Scale | Status {
  return bodyOf(context, { group: 'autoscaling', version: 'v1', kind: 'Scale' }) as Scale | Status;
}

function withNumber(object: KubernetesObject, path: readonly string[], value: number): KubernetesObject {
  const [first = '', ...rest] = path;
  const inner = object[first] as KubernetesObject;
  return { ...object, [first]: rest.length === 0 ? value : withNumber(inner ?? {}, rest, value) };
}

function selectorText(object: KubernetesObject, paths: ScalePaths): string {
  const selector = paths.selector === undefined ? undefined : at(object, paths.selector);
  if (selector === undefined) return '';
  if (typeof selector === 'string') return selector;
  return formatLabelSelector(paths.selectorType === 'map' ? { matchLabels: selector as { readonly [key: string]: string } } : (selector as LabelSelector));
}

function at(object: unknown, path: string): unknown {
  let value = object;
  for (const part of path.split('.')) value = typeof value === 'object' && value !== null ? (value as { readonly [key: string]: unknown })[part] : undefined;
  return value;
}
