import { badRequest, type Status } from '../api/status';
import { base64 } from '../api/conversion/round-trip';
import { decodeBase64Text } from '../api/validation/core/base64';

/** Where a list goes on: after a key, as of a revision (k8s.io/apiserver/pkg/storage/continue.go). */
export interface Continue {
  /** -1 for whatever is there now: what a client gets to go on with when the revision is compacted. */
  readonly revision: number;
  /** Key of the last object of the page before, without the prefix of its resource. */
  readonly after: string;
}

const VERSION = 'meta.k8s.io/v1';
const NUL = '\u0000';

export function encodeContinue({ revision, after }: Continue): string {
  return base64(JSON.stringify({ v: VERSION, rv: revision, start: after + NUL })).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function decodeContinue(token: string): Continue | Status {
  const parsed = parse(token);
  if (parsed === undefined) return badRequest('continue key is not valid: illegal base64 data at input byte 0');
  const { v, rv, start } = parsed;
  if (v !== VERSION) return badRequest(`continue key is not valid: server does not recognize this encoded version ${typeof v === 'string' ? v : ''}`.trimEnd());
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0) return badRequest(`continue key is not valid: incorrect encoded start resourceVersion (version ${VERSION})`);
  if (typeof start !== 'string' || start === '') return badRequest(`continue key is not valid: encoded start key empty (version ${VERSION})`);
  if (start.split('/').some((part) => part === '..' || part === '.')) return badRequest(`continue key is not valid: ${start}`);
  return { revision: rv, after: start.endsWith(NUL) ? start.slice(0, -1) : start };
}

function parse(token: string): { readonly v?: unknown; readonly rv?: unknown; readonly start?: unknown } | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(token)) return undefined;
  try {
    const value: unknown = JSON.parse(decodeURIComponent(escaped(decodeBase64Text(token.replace(/-/g, '+').replace(/_/g, '/')))));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes, one character each, as percent escapes of UTF-8. */
const escaped = (bytes: string): string => [...bytes].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
