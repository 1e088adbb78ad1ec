import { Confirmation } from './confirmation';

/** A request as it is about to be sent. */
export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  /** Parsed body; undefined for none. */
  readonly body: unknown;
  readonly confirmation: Confirmation | undefined;
  readonly server: string;
}

/** Subresources that act although they are asked for with GET. */
const ACTING = /\/(?:exec|attach|portforward|proxy)(?:\/|$)/;
const PLAIN_PATH = /^\/[A-Za-z0-9/._:%~-]*$/;

/**
 * The one gate: why a request must not be sent, or undefined when it may be. Reading is allowed; a creation with dryRun=All, which the API server promises
 * to keep nothing of, too; a creation that a person confirmed, once. Nothing else, whoever asks.
 */
export function refusalOf({ method, url, body, confirmation, server }: Outgoing): string | undefined {
  if (!PLAIN_PATH.test(url.pathname) || url.pathname.includes('//') || url.pathname.includes('/../')) return `the path ${url.pathname} is not one of the API`;
  if (method === 'GET') {
    if (ACTING.test(url.pathname)) return `${url.pathname} would act in the cluster`;
    return body === undefined ? undefined : 'a read has no body';
  }
  if (method !== 'POST') return `${method} changes the cluster, and nothing here may`;
  // Binding, eviction, token and the like are POSTs below an object's name.
  if (!isCollection(url.pathname)) return `POST to ${url.pathname} is not the creation of an object`;
  const dryRun = url.searchParams.getAll('dryRun');
  if (dryRun.length === 1 && dryRun[0] === 'All') return undefined;
  if (dryRun.length > 0) return 'dryRun must be All';
  if (!(confirmation instanceof Confirmation)) return 'creating for real needs a confirmation';
  return confirmation.use(server, url.pathname, nameOf(body)) ? undefined : `the confirmation does not cover creating ${nameOf(body) || 'this'} at ${url.pathname}`;
}

/** /api/v1/namespaces/x/pods, /apis/apps/v1/namespaces/x/deployments, /apis/g/v/clusterthings, /api/v1/namespaces */
function isCollection(path: string): boolean {
  return /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/]+\/[^/]+|\/[^/]+)$/.test(path);
}

export function nameOf(body: unknown): string {
  const metadata = (body as { readonly metadata?: { readonly name?: unknown; readonly generateName?: unknown } } | undefined)?.metadata;
  return typeof metadata?.name === 'string' && metadata.name !== '' ? metadata.name : typeof metadata?.generateName === 'string' ? metadata.generateName : '';
}
