/** What went wrong between here and the API server, by what can be done about it. */
export type ErrorKind =
  /** Nobody listens there, or the name is unknown. */
  | 'unreachable'
  /** The connection broke while an answer was coming. */
  | 'reset'
  | 'timeout'
  | 'certificate'
  /** The API server does not know who is asking: 401. */
  | 'unauthorized'
  /** The kubeconfig's way to credentials failed: a plugin, a file. */
  | 'credentials'
  /** 403: known, but not allowed. */
  | 'forbidden'
  /** 410: the revision is too old. */
  | 'gone'
  /** 429 */
  | 'throttled'
  /** 5xx */
  | 'server'
  /** Another refusal by the API server. */
  | 'refused'
  /** What came was not what an API server says. */
  | 'protocol'
  | 'too large'
  /** This program refused to send it. */
  | 'guard'
  | 'canceled';

export interface ErrorDetails {
  readonly code?: number;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter?: number;
  /** The server's Status message, or the system's words. */
  readonly said?: string;
  /** A continue token for an inconsistent rest of the list, with 410. */
  readonly continueToken?: string;
  readonly reason?: string;
}

export class LiveError extends Error {
  constructor(readonly kind: ErrorKind, message: string, readonly details: ErrorDetails = {}) { super(message); }
}

export const isCanceled = (thrown: unknown): boolean => thrown instanceof LiveError && thrown.kind === 'canceled';

/** Any failure as a LiveError. */
export function asLiveError(thrown: unknown): LiveError {
  return thrown instanceof LiveError ? thrown : new LiveError('protocol', thrown instanceof Error ? thrown.message : String(thrown));
}

const CERTIFICATE = /CERT|certificate|self.signed|UNABLE_TO_VERIFY|ALTNAME|unable to (?:get|verify)/i;

/** A failure of the connection in words. */
export function connectionError(thrown: NodeJS.ErrnoException, host: string, answering: boolean): LiveError {
  const code = thrown.code ?? '';
  const said = thrown.message;
  if (CERTIFICATE.test(code) || CERTIFICATE.test(said)) return new LiveError('certificate', `The certificate of ${host} cannot be trusted (${said}). The kubeconfig's certificate-authority must be the one that signed it.`, { said });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new LiveError('unreachable', `The name in ${host} is not known (${code})`, { said });
  if (code === 'ECONNREFUSED') return new LiveError('unreachable', `Nothing answers at ${host} (connection refused)`, { said });
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'ETIMEDOUT') return new LiveError('unreachable', `${host} cannot be reached (${code})`, { said });
  if (code === 'ECONNRESET' || code === 'EPIPE' || answering) return new LiveError('reset', `The connection to ${host} broke (${code || said})`, { said });
  return new LiveError('unreachable', `${host} cannot be reached (${code || said})`, { said });
}

/** "pods in namespace web", "nodes" */
export interface Wanted {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
}

/** A denial in words, with what a role would have to say. */
export function denialWords({ verb, group, resource, namespace }: Wanted): string {
  const what = group ? `${resource}.${group}` : resource;
  return `Not allowed to ${verb} ${what}${namespace ? ` in namespace ${namespace}` : ''}: a ${namespace ? 'Role' : 'ClusterRole'} with verb "${verb}" on "${what}" would have to be bound to you`;
}
