// A proxy between live mode and the server that hurts what passes through it, as it is told.
import { createServer, request as sendHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Fault =
  | { readonly type: 'status'; readonly code: number; readonly headers?: { readonly [name: string]: string }; readonly body?: object }
  /** The connection is closed before anything is answered. */
  | { readonly type: 'reset' }
  /** Headers come, and then nothing for ever. */
  | { readonly type: 'hang' }
  /** A byte now and then, for ever. */
  | { readonly type: 'drip' }
  /** Passed on, and cut after so many bytes. */
  | { readonly type: 'cut'; readonly bytes: number }
  /** A watch that says this and ends. */
  | { readonly type: 'lines'; readonly lines: readonly object[] };

export interface Seen { readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly body: string; readonly authorization: string; readonly accept: string }

export interface FaultProxy {
  readonly url: string;
  readonly seen: Seen[];
  /** Asked for every request; undefined lets it pass. */
  fault: (request: Seen) => Fault | undefined;
  /** Breaks every connection that is open, watches in the middle. */
  breakAll(): number;
  /** Stops listening: connections are refused. Then listens again on the same port. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<FaultProxy> {
  const to = new URL(target);
  const sockets = new Set<Socket>();
  const seen: Seen[] = [];
  const timers = new Set<ReturnType<typeof setInterval>>();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? '/', target);
    const asked = { method: request.method ?? '', path: url.pathname, query: url.searchParams, body: body.toString('utf8'), authorization: request.headers.authorization ?? '', accept: request.headers.accept ?? '' };
    seen.push(asked);
    const fault = proxy.fault(asked);
    switch (fault?.type) {
      case 'status': response.writeHead(fault.code, { 'Content-Type': 'application/json', ...fault.headers }).end(JSON.stringify(fault.body ?? { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: `injected ${fault.code}`, code: fault.code })); return;
      case 'reset': request.socket.destroy(); return;
      case 'hang': response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders(); return;
      case 'drip': { response.writeHead(200, { 'Content-Type': 'application/json' }); const timer = setInterval(() => response.write(' '), 50); timers.add(timer); response.on('close', () => clearInterval(timer)); return; }
      case 'lines': response.writeHead(200, { 'Content-Type': 'application/json' }); for (const line of fault.lines) response.write(`${JSON.stringify(line)}\n`); response.end(); return;
      default: pass(request, response, body, fault?.type === 'cut' ? fault.bytes : Infinity);
    }
  };
  const pass = (request: IncomingMessage, response: ServerResponse, body: Buffer, most: number): void => {
    const onward = sendHttp({ host: to.hostname, port: to.port, method: request.method, path: request.url, headers: { ...request.headers, host: to.host }, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      let passed = 0;
      answer.on('data', (chunk: Buffer) => {
        passed += chunk.length;
        if (passed > most) { response.write(chunk.subarray(0, Math.max(0, chunk.length - (passed - most)))); setTimeout(() => response.socket?.destroy(), 20); answer.destroy(); return; }
        response.write(chunk);
      });
      answer.on('end', () => response.end());
      answer.on('error', () => response.socket?.destroy());
    });
    onward.on('error', () => response.socket?.destroy());
    response.on('close', () => onward.destroy());
    onward.end(body);
  };
  const make = (): ReturnType<typeof createServer> => {
    const server = createServer((request, response) => { void handle(request, response).catch(() => response.socket?.destroy()); });
    server.on('connection', (socket) => { sockets.add(socket); socket.on('close', () => sockets.delete(socket)); });
    return server;
  };
  let server = make();
  const listen = (port: number): Promise<void> => new Promise((resolve, reject) => { server.once('error', reject); server.listen(port, '127.0.0.1', resolve); });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = (): number => { const n = sockets.size; for (const socket of sockets) socket.destroy(); return n; };
  const shut = (): Promise<void> => new Promise((resolve) => { server.close(() => resolve()); cut(); });
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${port}`, seen, fault: () => undefined, breakAll: cut, down: shut, up: async () => { if (!server.listening) { server = make(); await listen(port); } },
    close: async () => { for (const timer of timers) clearInterval(timer); await shut(); },
  };
  return proxy;
}
