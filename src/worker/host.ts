import { Engine } from './engine';
import type { Call, Handlers } from './call';
import { Canceled } from './pace';
import type { FromWorker, Port, RunSummary, ToWorker } from './protocol';

/** Serves an engine over a port. */
export function serve(port: Port, makeEngine: (changed: () => void, ran: (summary: RunSummary) => void) => Handlers = (changed, ran) => new Engine(changed, ran)): void {
  const send = (message: FromWorker): void => port.post(message);
  const engine = makeEngine(() => send({ changed: true }), (ran) => send({ ran }));
  const canceled = new Set<number>();
  const open = new Set<number>();
  const answer = async ({ id, method, params }: Extract<ToWorker, { id: number }>): Promise<void> => {
    open.add(id);
    const call: Call = { canceled: () => canceled.has(id), progress: (progress) => send({ id, progress }) };
    try {
      const handler = engine[method] as (params: unknown, call: Call) => unknown;
      send({ id, result: await handler.call(engine, params, call) });
    } catch (thrown) {
      send({ id, error: thrown instanceof Error ? thrown.message : String(thrown), canceled: thrown instanceof Canceled });
    } finally {
      open.delete(id);
      canceled.delete(id);
    }
  };
  port.receive((raw) => {
    const message = raw as ToWorker;
    if ('cancel' in message) { if (open.has(message.cancel)) canceled.add(message.cancel); } else void answer(message);
  });
}
