import { BACKGROUND } from '../../simulation/process';
import type { Simulation } from '../../simulation/simulation';
import type { StateMachine } from './stateMachine';

/**
 * A leader's clock of the leases. That leases exist is replicated, when they end is not: a new leader gives each its whole time again
 * (etcd's lessor, Promote), so that no lease ends early because of an election.
 */
export class Lessor {
  private readonly timers = new Map<number, () => void>();
  private leads = false;

  constructor(private readonly simulation: Simulation, private readonly expire: (lease: number) => void) {}

  /** Leases have come or gone, or the member has become leader or has ceased to be. */
  follow(machine: StateMachine, leads: boolean): void {
    if (!leads) { if (this.leads) this.clear(); return; }
    this.leads = true;
    for (const id of machine.leaseIds) if (!this.timers.has(id)) this.renew(id, machine.lease(id)?.seconds ?? 0);
    for (const [id, cancel] of this.timers) if (!machine.lease(id)) { cancel(); this.timers.delete(id); }
  }

  renew(id: number, seconds: number): void {
    this.timers.get(id)?.();
    this.simulation.runIn(BACKGROUND, () => {
      this.timers.set(id, this.simulation.after(seconds * 1000, () => {
        // Until it is revoked, by this leader or the next, it is asked for again.
        this.renew(id, 1);
        this.expire(id);
      }));
    });
  }

  clear(): void {
    this.leads = false;
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
  }
}
