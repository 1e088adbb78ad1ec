import type { Process } from '../simulation/process';

/** One at a time, in the order of asking. A process that is stopped while it waits gives up its place. */
export class Lock {
  private held = false;
  private readonly waiting: ((value: unknown) => void)[] = [];

  get waiters(): number { return this.waiting.length; }

  *acquire(): Process {
    if (!this.held) { this.held = true; return; }
    yield {
      start: (_, resume) => {
        this.waiting.push(resume);
        return () => { const at = this.waiting.indexOf(resume); if (at >= 0) this.waiting.splice(at, 1); };
      },
    };
  }

  release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.held = false; else next(undefined);
  }
}
