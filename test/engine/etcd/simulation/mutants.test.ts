import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Disk } from '../../../../src/engine/etcd/cluster/disk';
import { Member, type MemberDisk, type Waiting } from '../../../../src/engine/etcd/cluster/member';
import { StateMachine, type Command, type Result, type State } from '../../../../src/engine/etcd/cluster/stateMachine';
import { Raft } from '../../../../src/engine/etcd/raft/raft';
import type { Batch } from '../../../../src/engine/etcd/raft/types';
import type { Mutant } from './cluster';
import { runSeed } from './run';

// Mistakes planted on purpose: a simulation that does not find them proves nothing about code without them.

/** Votes for everybody who asks. */
class TwiceVoting extends Raft<Command, State> {
  protected override mayVoteFor(): boolean { return true; }
}

/** Answers reads without making sure that it still leads. */
class StaleReading extends Raft<Command, State> {
  override read(request: number): boolean {
    if (this.role !== 'leader') return super.read(request);
    this.core.readStates.push({ request, index: this.log.committed });
    return true;
  }
}

/** Says that a write is done as soon as the leader has it in its log. */
class Hasty extends Member {
  protected override propose(command: Command, waiting: Waiting): void {
    super.propose(command, { ...waiting, answer: () => undefined });
    const foreseen = new StateMachine(this.machine.state(), 0);
    for (const entry of this.raft.log.from(this.raft.log.applied + 1) ?? []) if (entry.content.type === 'command') foreseen.apply(entry.content.command);
    const result = foreseen.apply(command);
    if (result) waiting.answer({ type: 'result', result: result as Result });
  }
}

/** Carries out whatever comes, also what it has carried out already. */
class Forgetful extends Member {
  override start(): void {
    super.start();
    this.forget();
  }

  private forget(): void {
    const { machine } = this;
    const apply = machine.apply.bind(machine);
    machine.apply = (command) => apply({ ...command, client: '' });
  }
}

/** Says that it has written before it has; what it had not is gone after a crash. */
class Lying extends Disk<Command, State> {
  private readonly unwritten: (() => void)[] = [];

  override crash(): void {
    super.crash(false);
    for (const cancel of this.unwritten.splice(0)) cancel();
  }

  protected override keep(batch: Batch<Command, State>): void {
    this.unwritten.push(this.simulation.after(400, () => {
      this.unwritten.shift();
      super.keep(batch);
    }));
  }
}

const MUTANTS: { readonly [mistake: string]: Mutant } = {
  'votes twice in a term': { makeRaft: (config, persisted) => new TwiceVoting(config, persisted) },
  'acknowledges before the commit': { makeMember: (id, disk, options) => new Hasty(id, disk, options) },
  'skips the sync': { makeDisk: (simulation, syncTime, contents): MemberDisk => new Lying(simulation, syncTime, contents) },
  'reads without asking the others': { makeRaft: (config, persisted) => new StaleReading(config, persisted) },
  'carries out a repeated write twice': { makeMember: (id, disk, options) => new Forgetful(id, disk, options) },
};

/** A mistake is to be found within so many worlds. */
const ENOUGH = 400;

for (const [mistake, mutant] of Object.entries(MUTANTS)) {
  test(`etcd: the simulation finds a member that ${mistake}`, () => {
    for (let seed = 1; seed <= ENOUGH; seed++) {
      const { failure } = runSeed(seed, mutant);
      // Giving up is not finding.
      if (failure === undefined || failure.includes('too long') || failure.includes('more than')) continue;
      console.log(`${mistake}: seed ${seed}: ${failure}`);
      assert.equal(runSeed(seed, mutant).failure, failure, 'the seed replays exactly');
      return;
    }
    assert.fail(`not found in ${ENOUGH} worlds`);
  });
}
