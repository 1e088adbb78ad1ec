import type { Method, Methods, Progress } from './protocol';

/** What an answer in the making knows of the one who asked. */
export interface Call {
  readonly canceled: () => boolean;
  progress(progress: Progress): void;
}

export type Handlers = { readonly [M in Method]: (params: Methods[M]['params'], call: Call) => Methods[M]['result'] | Promise<Methods[M]['result']> };
