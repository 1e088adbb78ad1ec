import { randomUUID } from 'node:crypto';

/** One request that a person agreed to: a creation at a path, of a named object. */
export interface Agreed {
  readonly path: string;
  /** metadata.name, or metadata.generateName. */
  readonly name: string;
}

/** Milliseconds between showing what would be created and doing it. */
const VALID_FOR = 10 * 60_000;
/** What makes the constructor private in fact, not only in the types. */
const KEY = Symbol('confirmation');

/**
 * A person's explicit agreement to certain creations on one cluster. The only thing that lets a request through that changes something; each agreed
 * request once, and only for some minutes. It is made of a plan that was shown, by confirmPlan alone.
 */
export class Confirmation {
  readonly id = randomUUID();
  private readonly left: Agreed[];
  private readonly until: number;

  constructor(key: symbol, readonly server: string, agreed: readonly Agreed[], now: number) {
    if (key !== KEY) throw new Error('a confirmation is made by confirmPlan');
    this.left = [...agreed];
    this.until = now + VALID_FOR;
  }

  /** True when this very creation was agreed to and not done yet; it is used up then. */
  use(server: string, path: string, name: string, now = Date.now()): boolean {
    if (server !== this.server || now > this.until) return false;
    const index = this.left.findIndex((a) => a.path === path && a.name === name);
    if (index < 0) return false;
    this.left.splice(index, 1);
    return true;
  }
}

/** To be called when a person has confirmed what they were shown, and never else. */
export function confirmPlan(server: string, agreed: readonly Agreed[], now = Date.now()): Confirmation { return new Confirmation(KEY, server, agreed, now); }
