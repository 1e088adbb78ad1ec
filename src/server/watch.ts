import type { ServerResponse } from 'node:http';
import type { KubernetesObject } from '../engine/api/object';
import type { ResourceDefinition } from '../engine/api/resources/definition';
import { isStatus, type Status } from '../engine/api/status';
import type { ApiRequest, Sender, WatchHandle } from '../engine/apiserver/request';
import type { Cluster } from '../engine/cluster';
import type { Process } from '../engine/simulation/process';
import type { Wish } from './negotiate';
import { presentEvent } from './present';
import { send } from './respond';

/** A client that does not read its events is cut off when so many bytes wait for it. */
const MAX_BUFFERED = 32 * 1024 * 1024;
/** kube-apiserver ends a watch after a random time of 30 to 60 minutes. */
const DEFAULT_SECONDS = 2700;
/** Timers count in 32 bits of milliseconds. */
const MAX_SECONDS = 2_000_000;

export interface WatchOptions {
  readonly cluster: Cluster;
  readonly sender: Sender;
  readonly request: ApiRequest;
  readonly definition: ResourceDefinition;
  readonly wish: Wish;
  readonly response: ServerResponse;
  readonly pump: () => void;
}

/** Streams a watch as lines of JSON until either side ends it. */
export function streamWatch(options: WatchOptions): void {
  const { cluster, sender, request, pump } = options;
  const stream = new WatchStream(options);
  const process = function* (): Process {
    const result = yield* cluster.api.watch(sender, request, {
      onEvent: (event) => { stream.write(event.type, event.object); },
      onEnd: (status) => { stream.end(status); },
    });
    if (isStatus(result)) stream.refuse(result);
    else stream.begun(result);
  };
  cluster.simulation.spawn(sender.actor, process(), { cause: 0, background: true });
  pump();
}

class WatchStream {
  private handle: WatchHandle | undefined;
  private ended = false;
  private first = true;
  private readonly timer: ReturnType<typeof setTimeout>;

  constructor(private readonly options: WatchOptions) {
    const seconds = options.request.options?.timeoutSeconds || DEFAULT_SECONDS;
    this.timer = setTimeout(() => { this.end(undefined); }, Math.min(Math.max(seconds, 0), MAX_SECONDS) * 1000);
    options.response.on('close', () => { this.end(undefined); });
  }

  begun(handle: WatchHandle): void {
    this.handle = handle;
    if (this.ended) { handle.stop(); return; }
    this.begin();
    this.options.response.flushHeaders();
  }

  /** A watch that cannot begin is refused; one that began too far in the past is told so as an event, as the real server does. */
  refuse(status: Status): void {
    if (status.code === 410) { this.end(status); return; }
    this.ended = true;
    clearTimeout(this.timer);
    send(this.options.response, status.code, status);
  }

  write(type: string, object: KubernetesObject): void {
    if (this.ended) return;
    this.begin();
    const { response, definition, wish, cluster } = this.options;
    const { api, simulation } = cluster;
    const how = { definition, wish, now: simulation.wallMilliseconds(), columns: api.columnsOf(definition), complete: (o: KubernetesObject) => api.present(o) };
    response.write(`${JSON.stringify(presentEvent(how, type, object, this.first))}\n`);
    if (type !== 'BOOKMARK') this.first = false;
    if (response.writableLength > MAX_BUFFERED) { this.end(undefined); response.destroy(); }
  }

  end(status: Status | undefined): void {
    if (this.ended) return;
    if (status) this.write('ERROR', status as unknown as KubernetesObject);
    this.ended = true;
    clearTimeout(this.timer);
    this.handle?.stop();
    this.begin();
    this.options.response.end();
  }

  private begin(): void {
    const { response } = this.options;
    if (!response.headersSent) response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private', 'Transfer-Encoding': 'chunked' });
  }
}
