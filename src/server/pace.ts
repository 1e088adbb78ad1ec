import type { Simulation } from '../engine/simulation/simulation';

/** Real milliseconds between looks at the clock while something is due. */
const TICK = 2;
const LONGEST_SLEEP = 1000;
/** Virtual milliseconds that the world may be ahead of the clock without anybody's doing. */
const LEAD = 1;
/** Events in one go, so that requests from outside are not kept waiting. */
const SLICE = 20_000;

/** Lets a world's virtual clock follow the wall clock, some times as fast, or as fast as it can. */
export class Pacer {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private readonly realStart = performance.now();
  private virtualStart: number;

  /** @param speed virtual seconds per real second; Infinity runs all that is due for somebody at once. */
  constructor(private readonly simulation: Simulation, private readonly speed: number) {
    this.virtualStart = simulation.now;
    this.plan();
  }

  /** Brings the world up to now; to be called when something arrives from outside. */
  pump(): void {
    if (this.stopped) return;
    if (this.speed === Infinity) this.simulation.run({ milliseconds: 600_000, events: SLICE, patience: 0 });
    else this.simulation.runUntil(this.target(), SLICE);
    this.plan();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Where others took the world further than the clock (an action of the editor), time goes on from there. */
  private target(): number {
    const target = this.virtualStart + (performance.now() - this.realStart) * this.speed;
    if (this.simulation.now > target + LEAD) this.virtualStart += this.simulation.now - target;
    return Math.max(target, this.simulation.now);
  }

  private plan(): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    const at = this.simulation.nextAt;
    const wait = at === undefined ? LONGEST_SLEEP : this.speed === Infinity ? TICK : Math.min(LONGEST_SLEEP, Math.max(0, (at - this.target()) / this.speed));
    this.timer = setTimeout(() => this.pump(), this.speed === Infinity ? Math.max(wait, 10) : wait);
  }
}
