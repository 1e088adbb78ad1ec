import type { StartWorker, Worker } from '../../worker/client';
import { Canceled } from '../../worker/pace';
import type { ConnectionState, FromLive, LiveMethod, LiveParams, LiveResult } from '../../live/protocol';

export interface LiveListener {
  state(state: ConnectionState): void;
  changed(): void;
  log(level: 'debug' | 'info' | 'warn', text: string): void;
  /** The thread ended; with it the connection and all runs are gone. */
  failed(reason: string): void;
}

export interface LiveCallOptions {
  readonly onCancel?: (cancel: () => void) => void;
  readonly progress?: (text: string) => void;
}

interface Pending { resolve(result: unknown): void; reject(reason: Error): void; progress?: (text: string) => void }

/** Typed requests to live mode's thread, which is started with the first one that needs it. */
export class LiveClient {
  private readonly pending = new Map<number, Pending>();
  private worker: Promise<Worker> | undefined;
  private nextId = 1;
  private generation = 0;

  constructor(private readonly start: StartWorker, private readonly listener: LiveListener) {}

  get isRunning(): boolean { return this.worker !== undefined; }

  /** Rejects with Canceled, or with an error whose message is for a person. */
  async request<M extends LiveMethod>(method: M, params: LiveParams<M>, options: LiveCallOptions = {}): Promise<LiveResult<M>> {
    const worker = await (this.worker ??= this.launch());
    const id = this.nextId++;
    const answer = new Promise<unknown>((resolve, reject) => { this.pending.set(id, { resolve, reject, progress: options.progress }); });
    options.onCancel?.(() => { if (this.pending.has(id)) worker.post({ cancel: id }); });
    worker.post({ id, method, params });
    return (await answer) as LiveResult<M>;
  }

  /** Ends the thread and with it every connection. */
  dispose(): void { this.end(new Canceled()); }

  private async launch(): Promise<Worker> {
    const generation = ++this.generation;
    const current = (): boolean => generation === this.generation;
    try {
      return await this.start({
        message: (message) => { if (current()) this.received(message as FromLive); },
        failed: (reason) => { if (current()) { this.end(new Error(`Live mode ended: ${reason}`)); this.listener.failed(reason); } },
      });
    } catch (thrown) {
      if (current()) this.worker = undefined;
      throw thrown;
    }
  }

  private received(message: FromLive): void {
    if ('state' in message) { this.listener.state(message.state); return; }
    if ('changed' in message) { this.listener.changed(); return; }
    if ('log' in message) { this.listener.log(message.level, message.log); return; }
    const pending = this.pending.get(message.id);
    if (!pending) return;
    if ('progress' in message) { pending.progress?.(message.progress); return; }
    this.pending.delete(message.id);
    if ('error' in message) pending.reject(message.canceled ? new Canceled() : new Error(message.error));
    else pending.resolve(message.result);
  }

  private end(reason: Error): void {
    const { worker } = this;
    this.worker = undefined;
    this.generation++;
    void worker?.then((w) => w.terminate(), () => undefined);
    const open = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of open) reject(reason);
  }
}
