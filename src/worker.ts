import { serve } from './worker/host';
import type { Port } from './worker/protocol';

/** What a web worker's global object offers; a worker thread of Node has none of it. */
interface WebWorkerScope {
  postMessage(message: unknown): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}

function webPort(scope: WebWorkerScope): Port {
  return { post: (message) => scope.postMessage(message), receive: (handler) => { scope.onmessage = (event) => handler(event.data); } };
}

async function nodePort(): Promise<Port> {
  const { parentPort } = await import('node:worker_threads');
  if (!parentPort) throw new Error('this is the engine of the extension: it runs in a worker');
  return { post: (message) => parentPort.postMessage(message), receive: (handler) => { parentPort.on('message', handler); } };
}

const scope = globalThis as unknown as Partial<WebWorkerScope>;
if (typeof scope.postMessage === 'function') serve(webPort(scope as WebWorkerScope));
else void nodePort().then((port) => serve(port));
