import type { StartWorker } from './client';

/** What a worker thread is told at its start. */
export interface WorkerData {
  /** Path of the bundle that serves a world over HTTP. */
  readonly server: string;
}

/** Where the worker's bundle is: a path for Node, and its text for the browser. */
export interface WorkerScript {
  /** Path of the file; undefined where there is no file system. */
  readonly path: string | undefined;
  read(): Promise<Uint8Array>;
}

interface Versions { readonly process?: { readonly versions?: { readonly node?: string } } }

/** True in an extension host that is a Node process. */
export const isNode = (): boolean => (globalThis as Versions).process?.versions?.node !== undefined && typeof (globalThis as { importScripts?: unknown }).importScripts === 'undefined';

/** The way to start the engine's worker in this extension host. */
export function workerStarter(script: WorkerScript): StartWorker {
  return isNode() && script.path !== undefined ? threadStarter(script.path) : webStarter(script);
}

function threadStarter(path: string): StartWorker {
  return async (events) => {
    const { Worker } = await import('node:worker_threads');
    // Its own memory limit: a world that outgrows it ends the worker, not the extension host.
    const thread = new Worker(path, { workerData: { server: path.replace(/worker\.js$/, 'server.js') } satisfies WorkerData, resourceLimits: { maxOldGenerationSizeMb: 2048 }, stdout: false, stderr: false });
    thread.unref();
    thread.on('message', (message: unknown) => events.message(message));
    thread.on('error', (error: Error) => events.failed(error.message));
    thread.on('exit', (code) => events.failed(`it ended with code ${code}`));
    return { post: (message) => thread.postMessage(message), terminate: () => { void thread.terminate(); } };
  };
}

/** The extension host in a browser comes from another origin than the extension's files: only a worker from a blob may be started there. */
function webStarter(script: WorkerScript): StartWorker {
  return async (events) => {
    const text = await script.read();
    const url = URL.createObjectURL(new Blob([text as BlobPart], { type: 'application/javascript' }));
    const worker = new Worker(url, { name: 'Kubernetes control plane' });
    // VS Code's own Worker loads the address later, from a worker of its own: it has to last as long as this one.
    const release = (): void => { URL.revokeObjectURL(url); };
    worker.onmessage = (event) => events.message(event.data);
    worker.onerror = (event) => { event.preventDefault(); release(); events.failed(event.message || 'it could not be started'); };
    return { post: (message) => worker.postMessage(message), terminate: () => { worker.terminate(); release(); } };
  };
}
