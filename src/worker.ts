import { Engine } from './worker/engine';
import { serve } from './worker/host';
import type { ServerModule } from './worker/kubectl';
import type { Port } from './worker/protocol';
import type { WorkerData } from './worker/start';

/** What a web worker's global object offers; a worker thread of Node has none of it. */
interface WebWorkerScope {
  postMessage(message: unknown): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}

function webPort(scope: WebWorkerScope): Port {
  return { post: (message) => scope.postMessage(message), receive: (handler) => { scope.onmessage = (event) => handler(event.data); } };
}

/** In a thread of Node the world can be served to kubectl: the bundle that does it lies beside this one, and is loaded when it is asked for. */
async function nodeThread(): Promise<{ readonly port: Port; readonly load: () => Promise<ServerModule> }> {
  const { parentPort, workerData } = await import('node:worker_threads');
  if (!parentPort) throw new Error('this is the engine of the extension: it runs in a worker');
  const { server } = workerData as WorkerData;
  const port = { post: (message: unknown) => parentPort.postMessage(message), receive: (handler: (message: unknown) => void) => { parentPort.on('message', handler); } };
  return { port, load: async () => (await import(server)) as ServerModule };
}

const scope = globalThis as unknown as Partial<WebWorkerScope>;
if (typeof scope.postMessage === 'function') serve(webPort(scope as WebWorkerScope));
else void nodeThread().then(({ port, load }) => serve(port, (changed, ran) => new Engine(changed, ran, load)));
