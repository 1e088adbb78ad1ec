import type { ResourceDefinition } from '../../resources/definition';
import { EMPTY_SET, MEMBER, type FieldSet } from './fieldSet';

/**
 * resetFields of the storage strategies: what an endpoint ignores, and hence cannot own. The rule: the main endpoint of
 * a kind with a status subresource resets status, and the status endpoint resets spec.
 */
const STATUS: FieldSet = { 'f:status': MEMBER };
const SPEC: FieldSet = { 'f:spec': MEMBER };

/** Endpoints that deviate: "resource.group/subresource". */
const EXCEPTIONS: { readonly [endpoint: string]: FieldSet } = {
  'deployments.apps/status': { 'f:spec': MEMBER, 'f:metadata': { 'f:labels': MEMBER } },
  'pods/status': { 'f:spec': MEMBER, 'f:metadata': { 'f:deletionTimestamp': MEMBER, 'f:ownerReferences': MEMBER } },
  'pods/ephemeralcontainers': STATUS,
  'pods/resize': STATUS,
  'namespaces/finalize': STATUS,
  'certificatesigningrequests.certificates.k8s.io/approval': SPEC,
};

/** The fields that the endpoint resets, as a set that covers everything below its members. */
export function resetFieldsOf(definition: ResourceDefinition, subresource: string): FieldSet {
  const hasStatus = definition.subresources.some((s) => s.name === 'status');
  if (subresource === '') return hasStatus ? STATUS : EMPTY_SET;
  const resource = definition.group ? `${definition.resource}.${definition.group}` : definition.resource;
  return EXCEPTIONS[`${resource}/${subresource}`] ?? (subresource === 'status' ? SPEC : EMPTY_SET);
}
