import { request as sendHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as sendHttps } from 'node:https';
import type { Confirmation } from './confirmation';
import type { Credentials } from './credentials';
import { connectionError, LiveError } from './errors';
import { refusalOf } from './guard';
import type { Redactor } from './redact';

/** A request to the API server. */
export interface Ask {
  readonly method: 'GET' | 'POST';
  /** Below the server's address: "/api/v1/pods". */
  readonly path: string;
  readonly query?: { readonly [name: string]: string | number | boolean | undefined };
  readonly body?: unknown;
  readonly accept?: string;
  readonly confirmation?: Confirmation;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly code: number;
  readonly body: unknown;
  readonly warnings: readonly string[];
  /** The server's clock, milliseconds since 1970, to the second; 0 where it does not say. */
  readonly date: number;
  /** The header Retry-After. */
  readonly retryAfter?: string;
}

export interface Timeouts {
  /** Milliseconds without a byte. */
  readonly idle: number;
  /** Milliseconds in all. */
  readonly total: number;
}

/** Bytes of one answer that are read: a page of 500 pods has some 5 MB. */
const MAX_ANSWER = 128 * 1024 * 1024;
/** Bytes of one watch event: etcd stores objects of 1.5 MB at the most. */
const MAX_LINE = 16 * 1024 * 1024;
const USER_AGENT = 'controlplane-visualizer';

/**
 * The only way out. Every request of live mode is sent here and passes the guard here; no other file opens a connection (a test looks).
 * Redirects are not followed, certificates are verified unless the kubeconfig itself says otherwise.
 */
export class Transport {
  private readonly base: URL;
  readonly server: string;

  constructor(server: string, private readonly credentials: Credentials, private readonly redactor: Redactor, private readonly timeouts: Timeouts, private readonly log: (line: string) => void) {
    this.base = new URL(server);
    this.server = server;
  }

  /** Sends and reads the whole answer, refusals of the API server included. Throws LiveError when there is none. */
  async json(ask: Ask): Promise<Answer> {
    const { response, finish, guard } = await this.open(ask, this.timeouts.total);
    try {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MAX_ANSWER) throw new LiveError('too large', `The answer to ${ask.method} ${ask.path} has more than ${MAX_ANSWER >> 20} MiB`);
        chunks.push(chunk);
      }
      if (!response.complete) throw new LiveError('reset', `The connection to ${this.base.host} broke in the middle of an answer`);
      const text = Buffer.concat(chunks).toString('utf8');
      return { code: response.statusCode ?? 0, body: parse(text, response), warnings: warningsOf(response), date: Date.parse(response.headers.date ?? '') || 0, retryAfter: response.headers['retry-after'] };
    } catch (thrown) {
      throw guard(thrown);
    } finally {
      finish();
    }
  }

  /** Sends and hands over each line of the answer; ends when the server ends it. `idle`: milliseconds without a byte. */
  async lines(ask: Ask, onLine: (line: string) => void, limits: { readonly idle: number; readonly total: number }): Promise<void> {
    const { response, finish, guard } = await this.open(ask, limits.total, limits.idle);
    try {
      if (response.statusCode !== 200) throw await this.refusal(response);
      let pieces: string[] = [];
      let size = 0;
      response.setEncoding('utf8');
      for await (const chunk of response as unknown as AsyncIterable<string>) {
        let from = 0;
        for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
          pieces.push(chunk.slice(from, end));
          const line = pieces.length === 1 ? pieces[0] as string : pieces.join('');
          pieces = [];
          size = 0;
          from = end + 1;
          if (line !== '') onLine(line);
        }
        if (from < chunk.length) { pieces.push(chunk.slice(from)); size += chunk.length - from; }
        if (size > MAX_LINE) throw new LiveError('too large', `A watch event has more than ${MAX_LINE >> 20} MiB`);
      }
      if (!response.complete) throw new LiveError('reset', `The connection to ${this.base.host} broke`);
    } catch (thrown) {
      throw guard(thrown);
    } finally {
      finish();
    }
  }

  close(): void { this.credentials.close(); }

  private async refusal(response: IncomingMessage): Promise<LiveError> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) { size += chunk.length; if (size > 1_000_000) break; chunks.push(chunk); }
    return refusedBy({ code: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString('utf8'), response), warnings: [], date: 0, retryAfter: response.headers['retry-after'] });
  }

  private async open(ask: Ask, total: number, idle = this.timeouts.idle): Promise<{ readonly response: IncomingMessage; finish(): void; guard(thrown: unknown): LiveError }> {
    const url = this.urlOf(ask);
    const refused = refusalOf({ method: ask.method, url: relative(url, this.base), body: ask.body, confirmation: ask.confirmation, server: this.server });
    if (refused !== undefined) throw new LiveError('guard', `Not sent: ${refused}`);
    if (ask.signal?.aborted) throw new LiveError('canceled', 'canceled');
    const { headers, agent } = await this.credentials.access();
    const body = ask.body === undefined ? undefined : Buffer.from(JSON.stringify(ask.body));
    const started = Date.now();
    let answering = false;
    let why: LiveError | undefined;
    let request: ClientRequest | undefined;
    let giveUp: ((reason: LiveError) => void) | undefined;
    // A request that still waits for a connection says nothing when it is destroyed.
    const stop = (reason: LiveError): void => { why ??= reason; giveUp?.(why); request?.destroy(); };
    const onAbort = (): void => stop(new LiveError('canceled', 'canceled'));
    const timer = setTimeout(() => stop(new LiveError('timeout', `${ask.method} ${ask.path} was not answered completely within ${Math.round(total / 1000)} s`)), total);
    const finish = (): void => { clearTimeout(timer); ask.signal?.removeEventListener('abort', onAbort); if (answering) request?.destroy(); };
    const guard = (thrown: unknown): LiveError => why ?? (thrown instanceof LiveError ? thrown : connectionError(thrown as NodeJS.ErrnoException, this.base.host, answering));
    ask.signal?.addEventListener('abort', onAbort);
    if (ask.signal?.aborted) { finish(); throw new LiveError('canceled', 'canceled'); }
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        giveUp = reject;
        request = (url.protocol === 'https:' ? sendHttps : sendHttp)(url, {
          method: ask.method, agent, timeout: idle,
          headers: { 'User-Agent': USER_AGENT, Accept: ask.accept ?? 'application/json', ...(body ? { 'Content-Type': 'application/json', 'Content-Length': body.length } : {}), ...headers },
        }, resolve);
        request.on('error', reject);
        request.on('timeout', () => stop(new LiveError('timeout', `${this.base.host} has been silent for ${Math.round(idle / 1000)} s`)));
        request.end(body);
      });
      answering = true;
      this.log(this.redactor.text(`${ask.method} ${url.pathname} ${response.statusCode ?? 0} ${Date.now() - started} ms`));
      if (response.statusCode === 401) this.credentials.forget();
      return { response, finish, guard };
    } catch (thrown) {
      finish();
      const error = guard(thrown);
      if (error.kind !== 'canceled') this.log(this.redactor.text(`${ask.method} ${url.pathname} failed: ${error.message}`));
      throw error;
    }
  }

  private urlOf({ path, query = {} }: Ask): URL {
    const url = new URL(this.base.pathname.replace(/\/$/, '') + path, this.base);
    for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
    return url;
  }
}

/** As the API server sees it: behind a proxy such as Rancher's, its paths begin with a prefix. */
function relative(url: URL, base: URL): URL {
  const prefix = base.pathname.replace(/\/$/, '');
  const inner = new URL(url);
  if (prefix !== '') inner.pathname = url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : '/';
  return inner;
}

function parse(text: string, response: IncomingMessage): unknown {
  if (!/json/i.test(response.headers['content-type'] ?? '')) return text;
  try { return JSON.parse(text); } catch { throw new LiveError('protocol', 'The answer is not JSON, as it says it is'); }
}

/** RFC 7234 warnings, as API servers send them: 299 - "text". */
function warningsOf(response: IncomingMessage): readonly string[] {
  return [...(response.headers.warning ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((m) => (m[1] ?? '').replace(/\\(.)/g, '$1'));
}

/** Milliseconds of a Retry-After header. */
function waitOf(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

interface StatusBody { readonly kind?: unknown; readonly message?: unknown; readonly reason?: unknown; readonly metadata?: { readonly continue?: unknown }; readonly details?: { readonly retryAfterSeconds?: unknown } }

/** An answer that is a refusal, as an error. */
export function refusedBy({ code, body, retryAfter }: Answer): LiveError {
  const status = (typeof body === 'object' && body !== null ? body : {}) as StatusBody;
  const said = typeof status.message === 'string' ? status.message : typeof body === 'string' ? body.trim().slice(0, 300) : '';
  const seconds = status.details?.retryAfterSeconds;
  const details = {
    code, said, reason: typeof status.reason === 'string' ? status.reason : '', retryAfter: waitOf(retryAfter) ?? (typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined),
    ...(typeof status.metadata?.continue === 'string' && status.metadata.continue !== '' ? { continueToken: status.metadata.continue } : {}),
  };
  if (code === 401) return new LiveError('unauthorized', 'The API server does not accept the credentials (401): the token may have expired. Sign in again, then retry.', details);
  if (code === 403) return new LiveError('forbidden', said || 'forbidden', details);
  if (code === 410) return new LiveError('gone', said || 'the revision is too old', details);
  if (code === 429) return new LiveError('throttled', `The API server asks to wait (429)${said ? `: ${said}` : ''}`, details);
  if (code >= 500) return new LiveError('server', `The API server fails (${code})${said ? `: ${said}` : ''}`, details);
  return new LiveError('refused', said || `HTTP ${code}`, details);
}
