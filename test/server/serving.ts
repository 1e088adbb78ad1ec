import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Session } from '../../src/engine/session';
import type { ClusterOptions } from '../../src/engine/cluster';
import { startServing, type ServeOptions, type Serving } from '../../src/server/main';

export interface Reply {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // Answers are looked at field by field.
  readonly json: { readonly [field: string]: unknown } & { readonly message?: string; readonly reason?: string; readonly metadata?: { readonly [field: string]: unknown }; readonly items?: readonly unknown[] };
}

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
  /** Without it the administrator's; '' for none. */
  readonly token?: string;
}

/** A world that is served, without the controllers unless they are asked for. */
export async function serveWorld(cluster: ClusterOptions = { components: { controllers: false, scheduler: false, kubelets: false } }, more: Partial<ServeOptions> = {}): Promise<Serving & { readonly session: Session; ask(ask: Ask): Promise<Reply> }> {
  const session = new Session(cluster);
  const serving = await startServing({ session, port: 0, speed: 1, ...more });
  return { ...serving, session, ask: (ask) => send(serving, ask) };
}

export function send(serving: Serving, { method = 'GET', path, body, headers = {}, token = serving.token }: Ask): Promise<Reply> {
  const url = new URL(serving.url);
  const data = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: url.hostname, port: url.port, method, path, agent: false,
      headers: { ...(token === '' ? {} : { Authorization: `Bearer ${token}` }), ...(data === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(data)) }), ...headers },
    }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        let json: unknown = {};
        try { json = JSON.parse(text); } catch { /* plain text */ }
        resolve({ code: response.statusCode ?? 0, headers: response.headers, text, json: json as Reply['json'] });
      });
    });
    request.on('error', reject);
    request.end(data);
  });
}
