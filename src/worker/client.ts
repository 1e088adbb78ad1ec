import { Canceled } from './pace';
import type { FromWorker, Method, Params, Progress, Result, RunSummary } from './protocol';

/** A running worker as the editor's side holds it. */
export interface Worker {
  post(message: unknown): void;
  /** Ends it at once. */
  terminate(): void;
}

export interface WorkerEvents {
  message(message: unknown): void;
  /** It failed or ended by itself; nothing more will come. */
  failed(reason: string): void;
}

/** Starts a worker; resolves when it can be spoken to. */
export type StartWorker = (events: WorkerEvents) => Promise<Worker>;

/** The worker failed: the world that it held is lost. */
export class WorkerFailed extends Error {}

/** How a caller stops a request and hears of its progress. */
export interface CallOptions {
  /** Registers what is to be called when the request is no longer wanted. */
  readonly onCancel?: (cancel: () => void) => void;
  readonly progress?: (progress: Progress) => void;
}

interface Pending {
  resolve(result: unknown): void;
  reject(reason: Error): void;
  progress?: (progress: Progress) => void;
}

/**
 * Typed requests to a worker that is started with the first one. After a failure all open requests are refused, and the next
 * request starts a new worker.
 */
export class EngineClient {
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private worker: Promise<Worker> | undefined;
  private generation = 0;
  private disposed = false;

  constructor(private readonly start: StartWorker, private readonly listener: { changed(): void; ran?(summary: RunSummary): void; failed(reason: string): void; started(): void }) {}

  /** Resolves with the answer. Rejects with Canceled, WorkerFailed, or the error that the engine reported. */
  async request<M extends Method>(method: M, params: Params<M>, options: CallOptions = {}): Promise<Result<M>> {
    const worker = await this.running();
    const id = this.nextId++;
    const answer = new Promise<unknown>((resolve, reject) => { this.pending.set(id, { resolve, reject, progress: options.progress }); });
    options.onCancel?.(() => { if (this.pending.has(id)) worker.post({ cancel: id }); });
    worker.post({ id, method, params });
    return (await answer) as Result<M>;
  }

  /** Whether a worker has been started. */
  get isRunning(): boolean { return this.worker !== undefined; }

  dispose(): void {
    this.disposed = true;
    this.end('the extension was deactivated');
  }

  private running(): Promise<Worker> {
    if (this.disposed) return Promise.reject(new Canceled());
    this.worker ??= this.launch();
    return this.worker;
  }

  private async launch(): Promise<Worker> {
    const generation = ++this.generation;
    // What an ended worker still says is about a world that is gone.
    const current = (): boolean => generation === this.generation;
    try {
      const worker = await this.start({
        message: (message) => { if (current()) this.received(message as FromWorker); },
        failed: (reason) => { if (current()) { this.end(reason); this.listener.failed(reason); } },
      });
      if (!current()) { worker.terminate(); throw new Canceled(); }
      this.listener.started();
      return worker;
    } catch (thrown) {
      if (current()) this.worker = undefined;
      throw thrown;
    }
  }

  private received(message: FromWorker): void {
    if ('changed' in message) { this.listener.changed(); return; }
    if ('ran' in message) { this.listener.ran?.(message.ran); return; }
    const pending = this.pending.get(message.id);
    if (!pending) return;
    if ('progress' in message) { pending.progress?.(message.progress); return; }
    this.pending.delete(message.id);
    if ('error' in message) pending.reject(message.canceled ? new Canceled() : new Error(message.error));
    else pending.resolve(message.result);
  }

  private end(reason: string): void {
    const { worker } = this;
    this.worker = undefined;
    this.generation++;
    void worker?.then((w) => w.terminate(), () => undefined);
    const open = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of open) reject(this.disposed ? new Canceled() : new WorkerFailed(reason));
  }
}
