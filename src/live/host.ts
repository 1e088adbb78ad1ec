import { Canceled } from '../worker/pace';
import type { Port } from '../worker/protocol';
import { isCanceled } from './errors';
import type { FromLive, ToLive } from './protocol';
import { LiveService, type LiveCall } from './service';

/** Milliseconds between two words that something changed: a busy cluster changes all the time. */
const QUIET = 400;

/** Serves live mode over a port. */
export function serveLive(port: Port): LiveService {
  const send = (message: FromLive): void => port.post(message);
  let changing: ReturnType<typeof setTimeout> | undefined;
  const service = new LiveService({
    changed: () => { changing ??= setTimeout(() => { changing = undefined; send({ changed: true }); }, QUIET); },
    state: (state) => send({ state }),
    log: (level, text) => send({ log: service.words(text), level }),
  });
  const open = new Map<number, AbortController>();
  const answer = async ({ id, method, params }: Extract<ToLive, { id: number }>): Promise<void> => {
    const stopper = new AbortController();
    open.set(id, stopper);
    const call: LiveCall = { signal: stopper.signal, progress: (progress) => send({ id, progress: service.words(progress) }) };
    try {
      const handler = service[method] as (params: unknown, call: LiveCall) => unknown;
      send({ id, result: await handler.call(service, params, call) });
    } catch (thrown) {
      send({ id, error: service.words(thrown instanceof Error ? thrown.message : String(thrown)), canceled: isCanceled(thrown) || thrown instanceof Canceled || stopper.signal.aborted });
    } finally {
      open.delete(id);
    }
  };
  port.receive((raw) => {
    const message = raw as ToLive;
    if ('cancel' in message) open.get(message.cancel)?.abort(); else void answer(message);
  });
  return service;
}
