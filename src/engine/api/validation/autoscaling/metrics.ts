import type { V2MetricIdentifier, V2MetricSpec, V2MetricTarget } from '../../generated/types';
import { addInvalid, fieldForbidden, invalid, notSupported, required, type Errors, type Path } from '../field';
import { isPathSegmentName } from '../formats';
import { validateDNS1123Label } from '../meta';
import { validateContainerResourceName } from '../core/resourceNames';
import { quantity } from '../core/values';
import { compareQuantity, quantityOf } from '../../quantity';
import { validateObjectReference, type ReferenceOptions } from './reference';

/** The metrics of a HorizontalPodAutoscaler: one source each, with a fitting target. */
type SourceName = 'object' | 'external' | 'pods' | 'resource' | 'containerResource';
const TYPES: readonly string[] = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const TARGET_TYPES: readonly string[] = ['Utilization', 'Value', 'AverageValue'];
const SOURCE_OF_TYPE: { readonly [type: string]: SourceName } = { Object: 'object', Pods: 'pods', Resource: 'resource', External: 'external', ContainerResource: 'containerResource' };
/** In the order of the original. */
const SOURCES: readonly SourceName[] = ['object', 'external', 'pods', 'resource', 'containerResource'];
const ZERO = quantityOf(0);

function validateIdentifier(metric: V2MetricIdentifier | undefined, path: Path, errs: Errors): void {
  const name = metric?.name ?? '';
  if (!name) errs.push(required(path.child('name'), 'must specify a metric name'));
  else addInvalid(errs, path.child('name'), name, isPathSegmentName(name));
}

function validateTarget(target: Partial<V2MetricTarget>, path: Path, errs: Errors): void {
  const type = target.type ?? '';
  if (!type) errs.push(required(path.child('type'), 'must specify a metric target type'));
  if (!TARGET_TYPES.includes(type)) errs.push(invalid(path.child('type'), type, 'must be either Utilization, Value, or AverageValue'));
  for (const field of ['value', 'averageValue'] as const) {
    const amount = target[field];
    if (amount !== undefined && compareQuantity(quantity(amount), ZERO) <= 0) errs.push(invalid(path.child(field), quantity(amount).text, 'must be positive'));
  }
  const utilization = target.averageUtilization;
  if (utilization !== undefined && utilization < 1) errs.push(invalid(path.child('averageUtilization'), utilization, 'must be greater than 0'));
}

function validateResourceTarget(target: Partial<V2MetricTarget>, path: Path, errs: Errors): void {
  validateTarget(target, path, errs);
  const { averageUtilization, averageValue } = target;
  if (averageUtilization === undefined && averageValue === undefined) errs.push(required(path.child('averageUtilization'), 'must set either a target raw value or a target utilization'));
  if (averageUtilization !== undefined && averageValue !== undefined) errs.push(fieldForbidden(path.child('averageValue'), 'may not set both a target raw value and a target utilization'));
}

function validateSource(name: SourceName, spec: V2MetricSpec, options: ReferenceOptions, path: Path, errs: Errors): void {
  const target = path.child('target');
  const wanted: Partial<V2MetricTarget> = spec[name]?.target ?? {};
  const noValue = wanted.value === undefined && wanted.averageValue === undefined;
  switch (name) {
    case 'object':
      validateObjectReference(spec.object?.describedObject, options, path.child('describedObject'), errs);
      validateIdentifier(spec.object?.metric, path.child('metric'), errs);
      validateTarget(wanted, target, errs);
      if (noValue) errs.push(required(target.child('averageValue'), 'must set either a target value or averageValue'));
      break;
    case 'external':
      validateIdentifier(spec.external?.metric, path.child('metric'), errs);
      validateTarget(wanted, target, errs);
      if (noValue) errs.push(required(target.child('averageValue'), 'must set either a target value for metric or a per-pod target'));
      if (wanted.value !== undefined && wanted.averageValue !== undefined) errs.push(fieldForbidden(target.child('value'), 'may not set both a target value for metric and a per-pod target'));
      break;
    case 'pods':
      validateIdentifier(spec.pods?.metric, path.child('metric'), errs);
      validateTarget(wanted, target, errs);
      if (wanted.averageValue === undefined) errs.push(required(target.child('averageValue'), 'must specify a positive target averageValue'));
      break;
    case 'resource':
      if (!spec.resource?.name) errs.push(required(path.child('name'), 'must specify a resource name'));
      validateResourceTarget(wanted, target, errs);
      break;
    default: {
      const { name: resource = '', container = '' } = spec.containerResource ?? {};
      if (!resource) errs.push(required(path.child('name'), 'must specify a resource name'));
      else validateContainerResourceName(resource, path.child('name'), errs);
      if (!container) errs.push(required(path.child('container'), 'must specify a container'));
      else validateDNS1123Label(container, path.child('container'), errs);
      validateResourceTarget(wanted, target, errs);
    }
  }
}

function validateMetric(spec: V2MetricSpec, options: ReferenceOptions, path: Path, errs: Errors): void {
  const type = spec.type ?? '';
  if (!type) errs.push(required(path.child('type'), 'must specify a metric source type'));
  if (!TYPES.includes(type)) errs.push(notSupported(path.child('type'), type, TYPES));
  const present = SOURCES.filter((name) => spec[name] !== undefined);
  const first = present[0];
  if (first) validateSource(first, spec, options, path.child(first), errs);
  const expected = SOURCE_OF_TYPE[type];
  if (!expected) errs.push(notSupported(path.child('type'), type, TYPES));
  else if (!spec[expected]) errs.push(required(path.child(expected), 'must populate information for the given metric source'));
  if (present.length === 1) return;
  for (const name of present) if (name !== expected) errs.push(fieldForbidden(path.child(name), 'must populate the given metric source only'));
}

export function validateMetrics(metrics: readonly V2MetricSpec[], options: ReferenceOptions, path: Path, errs: Errors): void {
  metrics.forEach((metric, i) => { validateMetric(metric, options, path.index(i), errs); });
}
