import { patchOptionsStatus, fieldManagerErrors } from '../api/patch/options';
import type { PatchType as ShortPatchType } from '../api/patch/errors';
import { badRequest, type Status } from '../api/status';
import { fieldForbidden, invalid, invalidStatus, notSupported, Path, type FieldError } from '../api/validation/field';
import type { ApiRequest, PatchType, RequestOptions } from './request';

/** Validation of the parameters of a request: k8s.io/apimachinery/pkg/apis/meta/{v1,internalversion}/validation. */
const SHORT: { readonly [type in PatchType]: ShortPatchType } = {
  'application/json-patch+json': 'json', 'application/merge-patch+json': 'merge', 'application/strategic-merge-patch+json': 'strategic', 'application/apply-patch+yaml': 'apply',
};
const DIRECTIVES = ['', 'Ignore', 'Strict', 'Warn'];
const POLICIES = ['Foreground', 'Background', 'Orphan'];
const MATCH = Path.of('resourceVersionMatch');

const refusal = (kind: string, errors: readonly FieldError[]): Status | undefined => (errors.length > 0 ? invalidStatus({ group: 'meta.k8s.io', kind }, '', errors) : undefined);

/** The 422 for parameters that make no sense, or undefined. */
export function optionsStatus(request: ApiRequest): Status | undefined {
  const { options } = request;
  if (options === undefined) return request.verb === 'patch' && request.patchType === 'application/apply-patch+yaml' ? patchOptionsStatus({}, 'apply') : undefined;
  switch (request.verb) {
    case 'create': return refusal('CreateOptions', writeErrors(options));
    case 'update': return refusal('UpdateOptions', writeErrors(options));
    case 'patch': return request.patchType && patchOptionsStatus({ ...options, dryRun: options.dryRunValues }, SHORT[request.patchType]);
    case 'delete': return refusal('DeleteOptions', deleteErrors(options));
    case 'deletecollection': return refusal('ListOptions', listErrors(options)) ?? refusal('DeleteOptions', deleteErrors(options));
    case 'list': return refusal('ListOptions', listErrors(options));
    case 'watch': return refusal('ListOptions', watchErrors(options));
    case 'get': return undefined;
  }
}

function writeErrors({ fieldManager, fieldValidation, dryRunValues }: RequestOptions): readonly FieldError[] {
  return [
    ...(fieldManager ? fieldManagerErrors(fieldManager) : []), ...dryRunErrors(dryRunValues),
    ...(fieldValidation !== undefined && !DIRECTIVES.includes(fieldValidation) ? [notSupported(Path.of('fieldValidation'), fieldValidation, DIRECTIVES)] : []),
  ];
}

function dryRunErrors(values: readonly string[] | undefined): readonly FieldError[] {
  return values?.some((value) => value !== 'All') ? [notSupported(Path.of('dryRun'), values, ['All'])] : [];
}

function deleteErrors({ orphanDependents, propagationPolicy, dryRunValues }: RequestOptions): readonly FieldError[] {
  const path = Path.of('propagationPolicy');
  return [
    ...(orphanDependents !== undefined && propagationPolicy !== undefined ? [invalid(path, propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set')] : []),
    ...(propagationPolicy !== undefined && !POLICIES.includes(propagationPolicy) ? [notSupported(path, propagationPolicy, [...POLICIES, 'nil'])] : []),
    ...dryRunErrors(dryRunValues),
  ];
}

function listErrors({ resourceVersion = '', resourceVersionMatch: match, continueToken, sendInitialEvents }: RequestOptions): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (match) {
    if (resourceVersion === '') errors.push(fieldForbidden(MATCH, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (continueToken) errors.push(fieldForbidden(MATCH, 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported(MATCH, match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && resourceVersion === '0') errors.push(fieldForbidden(MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (sendInitialEvents !== undefined) errors.push(fieldForbidden(Path.of('sendInitialEvents'), 'sendInitialEvents is forbidden for list'));
  return errors;
}

function watchErrors({ resourceVersionMatch: match, continueToken, sendInitialEvents }: RequestOptions): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') errors.push(fieldForbidden(MATCH, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (match) {
    if (sendInitialEvents === undefined) errors.push(fieldForbidden(MATCH, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    if (match !== 'NotOlderThan') errors.push(notSupported(MATCH, match, ['NotOlderThan']));
    if (continueToken) errors.push(fieldForbidden(MATCH, 'resourceVersionMatch is forbidden when continue is provided'));
  }
  return errors;
}

/** A resourceVersion as a number, 0 where it is absent, or the refusal of what is none. */
export function parseRevision(resourceVersion: string | undefined): number | Status {
  if (resourceVersion === undefined || resourceVersion === '') return 0;
  if (/^\d{1,19}$/.test(resourceVersion)) return Number(resourceVersion);
  return badRequest(`Invalid value: ${JSON.stringify(resourceVersion)}: strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
}
