import type { TraceMessage } from '../engine/trace/message';

/** Chains of causes are short; this bounds a broken one. */
const MAX_STEPS = 10_000;

/** The messages of a run by id, by cause and by effect. */
export class CauseIndex {
  private readonly byId = new Map<number, TraceMessage>();
  private readonly children = new Map<number, TraceMessage[]>();

  constructor(readonly messages: readonly TraceMessage[]) {
    for (const message of messages) this.byId.set(message.id, message);
    for (const message of messages) {
      if (!this.byId.has(message.cause)) continue;
      const siblings = this.children.get(message.cause);
      if (siblings) siblings.push(message); else this.children.set(message.cause, [message]);
    }
  }

  get(id: number): TraceMessage | undefined { return this.byId.get(id); }

  /** Undefined for what a person did, and for what an earlier action led to. */
  causeOf(message: TraceMessage): TraceMessage | undefined { return message.cause === 0 ? undefined : this.byId.get(message.cause); }

  effectsOf(id: number): readonly TraceMessage[] { return this.children.get(id) ?? []; }

  /** From the nearest cause to the first one. */
  *causesOf(message: TraceMessage): Generator<TraceMessage> {
    let current = this.causeOf(message);
    for (let i = 0; current && i < MAX_STEPS; i++) {
      yield current;
      current = this.causeOf(current);
    }
  }
}
