import type { LabelSelector, Scale } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import type { ScalePaths } from '../../api/resources/definition';
import { formatLabelSelector } from '../../api/selectors';
import { badRequest, isStatus, notFound, type Status } from '../../api/status';
import { Path, invalid, invalidStatus } from '../../api/validation/field';
import type { Process } from '../../simulation/process';
import { refuse, type Answer, type RequestContext } from '../context';
import { write } from '../handlers/update';

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

/** PUT or PATCH of a scale; `wanted` makes the new scale from the current one. */
export function* updateScale(context: RequestContext, paths: ScalePaths, wanted: (current: Scale) => Scale | Status): Process<Answer> {
  const first = context.storage.current(context.namespace, context.name);
  if (!first) return refuse(context, 'storage', notFound(context.storage.definition, context.name));
  const sent = wanted(scaleOf(first, paths));
  if (isStatus(sent)) return refuse(context, 'decoding', sent);
  const replicas = (sent as Scale).spec?.replicas ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) return refuse(context, 'decoding', badRequest('Scale in version "v1" cannot be handled as a Scale: spec.replicas must be an integer'));
  if (replicas < 0) return refuse(context, 'validation', invalidStatus({ group: 'autoscaling', kind: 'Scale' }, context.name, [invalid(Path.of('spec', 'replicas'), replicas, 'must be greater than or equal to 0')]));
  const whole = { ...context, subresource: '' };
  const answer = yield* write(whole, (current) => withNumber(current, paths.specReplicas.split('.'), replicas), (sent as Scale).metadata?.resourceVersion === scaleOf(first, paths).metadata.resourceVersion && context.request.verb === 'patch' ? undefined : (sent as Scale).metadata?.resourceVersion);
  if (isStatus(answer.object) && answer.object.status === 'Failure') return answer;
  return { ...answer, object: scaleOf(answer.object as KubernetesObject, paths) };
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
