import type { ApiRequest, ApiResponse, ApiServer, ListResult, Sender, WatchHandle, WatchHandler } from '../apiserver/request';
import type { Status } from '../api/status';
import type { Process } from '../simulation/process';

/**
 * A component's process as the network sees it. When it is killed nothing goes out and nothing comes in any more: what it had begun
 * stays where it is, as in a process that is gone.
 */
export class ProcessGate<Api extends ApiServer> implements ApiServer {
  private open = true;
  private readonly watches = new Set<WatchHandle>();

  constructor(private readonly api: Api) {}

  get alive(): boolean { return this.open; }

  kill(): void {
    this.open = false;
    for (const watch of this.watches) watch.stop();
    this.watches.clear();
  }

  *request(sender: Sender, request: ApiRequest): Process<ApiResponse> {
    if (!this.open) return yield* never();
    const response = yield* this.api.request(sender, request);
    return this.open ? response : yield* never();
  }

  *list(sender: Sender, request: ApiRequest): Process<ListResult | Status> {
    if (!this.open) return yield* never();
    const result = yield* this.api.list(sender, request);
    return this.open ? result : yield* never();
  }

  *watch(sender: Sender, request: ApiRequest, handler: WatchHandler): Process<WatchHandle | Status> {
    if (!this.open) return yield* never();
    const handle = yield* this.api.watch(sender, request, {
      onEvent: (event) => { if (this.open) handler.onEvent(event); },
      onEnd: (status) => { if (this.open) handler.onEnd(status); },
    });
    if (!('stop' in handle)) return this.open ? handle : yield* never();
    if (!this.open) { handle.stop(); return yield* never(); }
    this.watches.add(handle);
    return { stop: () => { this.watches.delete(handle); handle.stop(); } };
  }
}

/** Waits for something that does not come. */
function* never(): Process<never> {
  for (;;) yield { start: () => () => undefined };
}
