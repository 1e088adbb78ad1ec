import type { KubernetesObject } from '../api/object';
import type { ResourceDefinition } from '../api/resources/definition';

/** Fields besides metadata.name and metadata.namespace that a field selector may name, by group/resource. */
const FIELDS: { readonly [resource: string]: readonly string[] } = {
  '/pods': ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.nominatedNodeName'],
  '/nodes': ['spec.unschedulable'],
  '/namespaces': ['status.phase'],
  '/secrets': ['type'],
  '/services': ['spec.clusterIP', 'spec.type'],
  '/replicationcontrollers': ['status.replicas'],
  'apps/replicasets': ['status.replicas'],
  'batch/jobs': ['status.successful'],
  '/events': ['involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type'],
  'events.k8s.io/events': ['regarding.kind', 'regarding.namespace', 'regarding.name', 'regarding.uid', 'regarding.apiVersion', 'regarding.resourceVersion', 'regarding.fieldPath', 'reason', 'reportingController', 'source', 'type'],
  'certificates.k8s.io/certificatesigningrequests': ['spec.signerName'],
  'resource.k8s.io/resourceslices': ['spec.nodeName', 'spec.driver'],
};

export function fieldSupported(definition: ResourceDefinition, field: string): boolean {
  return field === 'metadata.name' || field === 'metadata.namespace' || (FIELDS[`${definition.group}/${definition.resource}`]?.includes(field) ?? false);
}

/** Kinds whose conversion of field labels has words of its own. */
const OWN_WORDS = new Set(['/pods', '/nodes', '/namespaces', '/secrets', '/services', '/replicationcontrollers', '/events', 'events.k8s.io/events']);

/** Why a field cannot be selected by. */
export function unsupportedField(definition: ResourceDefinition, field: string): string {
  const key = `${definition.group}/${definition.resource}`;
  if (OWN_WORDS.has(key)) return `field label not supported: ${field}`;
  if (key === 'batch/jobs') return `field label "${field}" not supported for Job`;
  if (key === 'apps/replicasets') return `field label not supported for appsv1.ReplicaSet: ${field}`;
  return definition.schema === '' ? `field label not supported: ${field}` : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

/** The value as a selector compares it: text; absent is '' (or 'false' and '0' where the field is no text). */
export function fieldValue(object: KubernetesObject, field: string): string {
  if (field === 'metadata.name') return object.metadata.name;
  if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
  if (field === 'spec.unschedulable' || field === 'spec.hostNetwork') return String(at(object, field) ?? false);
  if (field === 'status.replicas') return String(at(object, field) ?? 0);
  if (field === 'status.successful') return String(at(object, 'status.succeeded') ?? 0);
  if (field === 'source') return String(at(object, 'source.component') || at(object, 'reportingComponent') || '');
  return String(at(object, field.replace(/^regarding\./, 'involvedObject.').replace(/^reportingController$/, 'reportingComponent')) ?? '');
}

function at(object: unknown, path: string): unknown {
  let value = object;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as { readonly [key: string]: unknown })[part];
  }
  return value;
}
