import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';
import type { ServingCertificate } from './certificate';

const MAX_CONNECTIONS = 512;
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_HEADERS = 200;
/** A client that opens a connection says something within this time. */
const FIRST_BYTE_MILLISECONDS = 20_000;
const HEADERS_MILLISECONDS = 20_000;
const REQUEST_MILLISECONDS = 60_000;
const IDLE_MILLISECONDS = 90_000;
/** The first byte of a TLS handshake record; no HTTP method begins with it. */
const TLS_HANDSHAKE = 0x16;

const LIMITS: ServerOptions = {
  maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_MILLISECONDS, requestTimeout: REQUEST_MILLISECONDS, keepAliveTimeout: IDLE_MILLISECONDS, connectionsCheckingInterval: 5_000,
};

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on the loopback address, and there alone, for HTTP and HTTPS on one port: kubectl sends its token over TLS
 * only, and a script is spared the certificate.
 */
export async function listen(port: number, certificate: ServingCertificate, handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Listening> {
  const plain = createHttpServer(LIMITS, handle);
  const secure = createHttpsServer({ ...LIMITS, key: certificate.key, cert: certificate.certificate, handshakeTimeout: FIRST_BYTE_MILLISECONDS }, handle);
  const sockets = new Set<Socket>();
  for (const server of [plain, secure]) {
    server.maxHeadersCount = MAX_HEADERS;
    // A broken handshake or request ends its connection and nothing else.
    server.on('clientError', (_error, socket) => { socket.destroy(); });
  }
  secure.on('tlsClientError', (_error, socket) => { socket.destroy(); });
  const outer = createNetServer((socket) => { sockets.add(socket); socket.on('close', () => sockets.delete(socket)); route(socket, plain, secure); });
  outer.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => { outer.once('error', reject); outer.listen(port, '127.0.0.1', resolve); });
  return {
    port: (outer.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => { outer.close(() => resolve()); });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Looks at the first byte to tell the two protocols apart, and hands the connection on as if nobody had. */
function route(socket: Socket, plain: HttpServer, secure: HttpServer): void {
  const fail = (): void => { socket.destroy(); };
  socket.setTimeout(FIRST_BYTE_MILLISECONDS, fail);
  socket.on('error', fail);
  socket.once('data', (first) => {
    socket.pause();
    socket.setTimeout(0);
    socket.off('timeout', fail);
    socket.unshift(first);
    (first[0] === TLS_HANDSHAKE ? secure : plain).emit('connection', socket);
    process.nextTick(() => socket.resume());
  });
}
