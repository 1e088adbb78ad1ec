import type { ServerResponse } from 'node:http';
import type { Cluster } from '../engine/cluster';
import type { KubernetesObject } from '../engine/api/object';
import type { ResourceDefinition } from '../engine/api/resources/definition';
import { isStatus } from '../engine/api/status';
import type { ApiRequest, Sender, WatchHandle } from '../engine/apiserver/request';
import type { Process } from '../engine/simulation/process';
import { presentEvent, type Wish } from './present';

/** A client that does not read its events is cut off when so many bytes wait for it. */
const MAX_BUFFERED = 32 * 1024 * 1024;
/** kube-apiserver ends a watch after a random time of 30 to 60 minutes. */
const DEFAULT_SECONDS = 2700;

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
export function streamWatch({ cluster, sender, request, definition, wish, response, pump }: WatchOptions): void {
  let handle: WatchHandle | undefined;
  let ended = false;
  let first = true;
  const timer = setTimeout(() => end(), (request.options?.timeoutSeconds ?? DEFAULT_SECONDS) * 1000);
  const begin = (): void => { if (!response.headersSent) response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private', 'Transfer-Encoding': 'chunked' }); };
  const end = (): void => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    handle?.stop();
    begin();
    response.end();
  };
  const write = (type: string, object: KubernetesObject): void => {
    if (ended) return;
    begin();
    response.write(`${JSON.stringify(presentEvent(definition, type, object, wish, cluster.simulation.wallMilliseconds(), first, (o) => cluster.api.present(o)))}\n`);
    if (type !== 'BOOKMARK') first = false;
    if (response.writableLength > MAX_BUFFERED) end();
  };
  response.on('close', end);
  const process = function* (): Process {
    const result = yield* cluster.api.watch(sender, request, {
      onEvent: (event) => write(event.type, event.object),
      onEnd: (status) => { if (status) write('ERROR', status as unknown as KubernetesObject); end(); },
    });
    if (isStatus(result)) {
      const status = result;
      if (status.code === 410) { write('ERROR', status as unknown as KubernetesObject); end(); return; }
      clearTimeout(timer);
      ended = true;
      response.writeHead(status.code, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(status)}\n`);
      return;
    }
    handle = result;
    if (ended) handle.stop();
    begin();
    response.flushHeaders();
  };
  cluster.simulation.spawn(sender.actor, process(), { cause: 0, background: true });
  pump();
}
