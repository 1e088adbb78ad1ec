import { DEFAULT_LIVE_LIMITS, DEFAULT_LIVE_SETTINGS, OFF, type ConnectionState, type LiveLimits, type LiveSettings } from '../../src/live/protocol';
import type { Surroundings } from '../../src/live/kubeconfig';
import { LiveService, type LiveCall } from '../../src/live/service';

export interface Harness {
  readonly service: LiveService;
  readonly call: LiveCall;
  /** Everything that live mode let out besides answers. */
  readonly said: string[];
  state(): ConnectionState;
  states: ConnectionState[];
  /** The whole tree, a line each: "depth label description". */
  tree(): string[];
}

export const QUICK: Partial<LiveLimits> = { backoff: [30, 200], idle: 2000, total: 5000, follow: [20_000, 6000] };

export function live(around: Surroundings, limits: Partial<LiveLimits> = {}, settings: Partial<LiveSettings> = {}): Harness {
  let state = OFF;
  const said: string[] = [];
  const states: ConnectionState[] = [];
  const service: LiveService = new LiveService({ changed: () => undefined, state: (s) => { state = s; states.push(s); said.push(JSON.stringify(s)); }, log: (_level, text) => { said.push(service.words(text)); } }, around);
  service.configure({ ...DEFAULT_LIVE_SETTINGS, ...settings, limits: { ...DEFAULT_LIVE_LIMITS, ...QUICK, ...limits } });
  const call: LiveCall = { signal: new AbortController().signal, progress: (text) => { said.push(text); } };
  const lines = (parent: string, depth: number): string[] => service.children({ parent, limit: 10_000 }).entries.flatMap((e) => [`${'  '.repeat(depth)}${e.label} | ${e.description}`, ...(e.expandable ? lines(e.id, depth + 1) : [])]);
  return { service, call, said, states, state: () => state, tree: () => lines('', 0) };
}
