/**
 * metav1.Status: how the API server answers anything but success. Errors are values; the words are those of
 * k8s.io/apimachinery/pkg/api/errors.
 */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly [key: string]: never };
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: StatusReason;
  readonly details?: StatusDetails;
  readonly code: number;
}

export type StatusReason =
  | '' | 'Unauthorized' | 'Forbidden' | 'NotFound' | 'AlreadyExists' | 'Conflict' | 'Gone' | 'Invalid' | 'ServerTimeout' | 'Timeout'
  | 'TooManyRequests' | 'BadRequest' | 'MethodNotAllowed' | 'NotAcceptable' | 'RequestEntityTooLarge' | 'UnsupportedMediaType'
  | 'InternalError' | 'Expired' | 'ServiceUnavailable' | 'StoreReadError';

/** A resource or kind as error messages name it: "pods", "deployments.apps". */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

export const qualified = (group: string, name: string): string => (group ? `${name}.${group}` : name);

export function failure(code: number, reason: StatusReason, message: string, details?: StatusDetails): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, ...(reason ? { reason } : {}), ...(details ? { details } : {}), code };
}

export function success(details?: StatusDetails): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...(details ? { details } : {}), code: 200 };
}

/** In details, "kind" holds the resource: Kubernetes keeps this old confusion. */
const details = (r: GroupResource, name: string): StatusDetails => ({ ...(name ? { name } : {}), ...(r.group ? { group: r.group } : {}), kind: r.resource });

export const notFound = (r: GroupResource, name: string): Status =>
  failure(404, 'NotFound', `${qualified(r.group, r.resource)} ${quote(name)} not found`, details(r, name));

export const alreadyExists = (r: GroupResource, name: string): Status =>
  failure(409, 'AlreadyExists', `${qualified(r.group, r.resource)} ${quote(name)} already exists`, details(r, name));

export const conflict = (r: GroupResource, name: string, reason: string): Status =>
  failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(r.group, r.resource)} ${quote(name)}: ${reason}`, details(r, name));

/** registry.OptimisticLockErrorMsg */
export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export const forbidden = (r: GroupResource, name: string, reason: string): Status =>
  failure(403, 'Forbidden', name ? `${qualified(r.group, r.resource)} ${quote(name)} is forbidden: ${reason}` : `${qualified(r.group, r.resource)} is forbidden: ${reason}`, details(r, name));

export const badRequest = (message: string): Status => failure(400, 'BadRequest', message);

export const unauthorized = (message = 'Unauthorized'): Status => failure(401, 'Unauthorized', message);

export const methodNotSupported = (r: GroupResource, action: string): Status =>
  failure(405, 'MethodNotAllowed', `${action} is not supported on resources of kind ${quote(qualified(r.group, r.resource))}`, details(r, ''));

export const tooManyRequests = (message: string, retryAfterSeconds: number, causes?: readonly StatusCause[]): Status =>
  failure(429, 'TooManyRequests', message, { ...(causes ? { causes } : {}), ...(retryAfterSeconds ? { retryAfterSeconds } : {}) });

export const internalError = (message: string): Status => failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });

export const expired = (message: string): Status => failure(410, 'Expired', message);

export function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Status' && (value as { apiVersion?: unknown }).apiVersion === 'v1';
}

/** Go's %q for the strings that occur in API messages. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => (parseInt(hex, 16) < 0x80 ? `\\x${hex.slice(2)}` : `\\u${hex}`));
}
