import { Raft } from '../../../../src/engine/etcd/raft/raft';
import { NEW_STATE, type Batch, type Content, type Entry, type HardState, type MemberId, type Message, type Persisted, type RaftConfig, type Snapshot } from '../../../../src/engine/etcd/raft/types';

export type Command = string;
/** The state machine of these tests: the commands applied, in order. */
export type State = readonly string[];
export type MakeRaft = (config: RaftConfig, disk: Persisted<Command, State>) => Raft<Command, State>;
type M = Message<Command, State>;

interface Member {
  raft: Raft<Command, State>;
  disk: Persisted<Command, State>;
  applied: string[];
  /** Batches are not synced while it is held. */
  held: boolean;
  batch: Batch<Command, State> | undefined;
  up: boolean;
  seen: string;
  committed: number;
}

/**
 * A group of members without a network: messages wait in one queue until a test delivers them. Every message and every change of a
 * member is printed, so that a test is a conversation that can be read.
 */
export class Group {
  readonly members = new Map<MemberId, Member>();
  private queue: M[] = [];
  private readonly cut = new Set<string>();
  private readonly lines: string[] = [];

  constructor(readonly options: { readonly election: number; readonly base: number; readonly inflight: number; readonly batch: number }, private readonly make: MakeRaft = (config, disk) => new Raft(config, disk)) {}

  /** What happened since the last call, as text. */
  take(): string { return this.lines.splice(0).join('\n'); }

  start(id: MemberId, disk: Persisted<Command, State>): void {
    const timeout = this.options.election + Number(id) - 1;
    const raft = this.make({ id, heartbeatTicks: 1, electionTicks: this.options.election, randomTimeout: () => timeout, maxEntriesPerMessage: this.options.batch, maxInflight: this.options.inflight }, disk);
    this.members.set(id, { raft, disk, applied: [...(disk.snapshot?.data ?? [])], held: false, batch: undefined, up: true, seen: '', committed: raft.log.committed });
    const member = this.get(id);
    member.seen = stateOf(member);
  }

  /** A member of a group that begins with these members. */
  initial(members: readonly MemberId[], more: { readonly terms?: readonly number[]; readonly term?: number; readonly vote?: MemberId; readonly commit?: number } = {}): Persisted<Command, State> {
    const { base } = this.options;
    const terms = more.terms ?? [];
    const entries = terms.map((term, i): Entry<Command> => ({ index: base + 1 + i, term, content: { type: 'command', command: `${term}.${base + 1 + i}` } }));
    const hardState: HardState = { term: more.term ?? Math.max(base > 0 ? 1 : 0, ...terms), vote: more.vote ?? '', commit: more.commit ?? base };
    return { hardState, snapshot: { index: base, term: base > 0 ? 1 : 0, members, data: [] }, entries };
  }

  joiner(): Persisted<Command, State> { return { hardState: NEW_STATE, snapshot: undefined, entries: [] }; }

  get(id: MemberId): Member {
    const member = this.members.get(id);
    if (!member) throw new Error(`no member ${id}`);
    return member;
  }

  on(id: MemberId, act: (raft: Raft<Command, State>) => boolean | void): void {
    const member = this.get(id);
    if (!member.up) { this.lines.push(`${id} is down`); return; }
    if (act(member.raft) === false) this.lines.push(`${id} cannot`);
    this.settle(id);
  }

  propose(id: MemberId, content: Content<Command>): void { this.on(id, (raft) => raft.propose(content)); }

  setLink(a: MemberId, b: MemberId, up: boolean): void {
    for (const link of [`${a}>${b}`, `${b}>${a}`]) if (up) this.cut.delete(link); else this.cut.add(link);
  }

  hold(id: MemberId, held: boolean): void {
    this.get(id).held = held;
    if (!held) this.settle(id);
  }

  /** Everything not synced is gone. */
  crash(id: MemberId): void {
    const member = this.get(id);
    member.up = false;
    member.batch = undefined;
    this.queue = this.queue.filter((m) => m.from !== id);
    this.lines.push(`${id} crashes`);
  }

  restart(id: MemberId): void {
    const { disk } = this.get(id);
    this.start(id, disk);
    this.lines.push(`${id} restarts: ${stateOf(this.get(id))}, log ${this.logOf(id)}`);
    this.settle(id);
  }

  compact(id: MemberId, keep: number): void {
    const member = this.get(id);
    const { raft } = member;
    const snapshot: Snapshot<State> = { index: raft.log.applied, term: raft.log.term(raft.log.applied) ?? 0, members: raft.members, data: [...member.applied] };
    raft.log.compact(snapshot, keep);
    member.disk = { ...member.disk, snapshot, entries: member.disk.entries.filter((e) => e.index >= raft.log.firstIndex) };
    this.lines.push(`${id} has a snapshot up to ${snapshot.index}, log ${this.logOf(id)}`);
  }

  /** Delivers what is under way now; what it leads to waits. */
  deliver(only?: (message: M) => boolean): number {
    const now = this.queue;
    this.queue = [];
    let count = 0;
    for (const message of now) {
      if (only && !only(message)) { this.queue.push(message); continue; }
      count++;
      const lost = this.cut.has(`${message.from}>${message.to}`) || !this.members.get(message.to)?.up;
      this.lines.push(`${messageText(message)}${lost ? ' (lost)' : ''}`);
      if (lost) continue;
      this.get(message.to).raft.step(message);
      this.settle(message.to);
    }
    return count;
  }

  stabilize(): void {
    for (let round = 0; round < 200; round++) if (this.deliver() === 0) return;
    throw new Error('the group does not come to rest');
  }

  forget(only: (message: M) => boolean): void { this.queue = this.queue.filter((m) => !only(m)); }

  logOf(id: MemberId): string {
    const { log } = this.get(id).raft;
    const entries = log.from(log.firstIndex) ?? [];
    const before = log.firstIndex > 1 ? `…${log.firstIndex - 1} ` : '';
    return `${before}[${entries.map(entryText).join(' ')}] committed ${log.committed}`;
  }

  status(): string {
    return [...this.members].map(([id, m]) => (m.up ? `${id}: ${stateOf(m)}, log ${this.logOf(id)}` : `${id}: down`)).join('\n');
  }

  /** Does what a driver does until the member has nothing more to say. */
  private settle(id: MemberId): void {
    const member = this.get(id);
    const { raft } = member;
    this.notice(id);
    this.send(raft.takeMessages());
    for (let round = 0; round < 100; round++) {
      if (member.batch === undefined && raft.hasBatch) member.batch = raft.takeBatch();
      if (member.batch === undefined || member.held) break;
      const { batch } = member;
      member.batch = undefined;
      this.write(member, batch);
      if (batch.snapshot) {
        raft.restoredTo(batch.snapshot);
        member.applied = [...batch.snapshot.data];
        this.lines.push(`  ${id} takes over the snapshot up to ${batch.snapshot.index}, members ${batch.snapshot.members.join(' ')}`);
      }
      this.send(raft.persisted(batch));
      this.notice(id);
      this.send(raft.takeMessages());
    }
    this.apply(id);
    this.notice(id);
    this.send(raft.takeMessages());
    for (const read of raft.takeReads()) this.lines.push(`  ${id} may answer read ${read.request} at ${read.index}`);
  }

  private apply(id: MemberId): void {
    const member = this.get(id);
    for (const entry of member.raft.takeCommitted()) {
      const { content } = entry;
      if (content.type === 'command') member.applied.push(content.command);
      if (content.type === 'membership') {
        member.raft.applyMembership(content.change);
        this.lines.push(`  ${id} has the members ${member.raft.members.join(' ')}`);
      }
      this.lines.push(`  ${id} applies ${entryText(entry)}`);
    }
  }

  private write(member: Member, batch: Batch<Command, State>): void {
    const { disk } = member;
    const first = batch.entries[0]?.index ?? Infinity;
    const kept = batch.snapshot ? [] : disk.entries.filter((e) => e.index < first);
    member.disk = { hardState: batch.hardState, snapshot: batch.snapshot ?? disk.snapshot, entries: [...kept, ...batch.entries] };
  }

  private send(messages: readonly M[]): void { this.queue.push(...messages); }

  private notice(id: MemberId): void {
    const member = this.get(id);
    const state = stateOf(member);
    if (state !== member.seen) this.lines.push(`  ${id} is ${state}`);
    member.seen = state;
    const { committed } = member.raft.log;
    if (committed > member.committed) this.lines.push(`  ${id} commits up to ${committed}`);
    member.committed = committed;
  }
}

function stateOf({ raft }: Member): string {
  const role = raft.role === 'preCandidate' ? 'pre-candidate' : raft.role;
  return `${role} in term ${raft.term}${raft.role === 'follower' && raft.leader ? ` of ${raft.leader}` : ''}${raft.vote && raft.role !== 'leader' && raft.role !== 'candidate' ? `, voted for ${raft.vote}` : ''}`;
}

function entryText({ index, term, content }: Entry<Command>): string {
  const what = content.type === 'command' ? ` "${content.command}"` : content.type === 'membership' ? ` ${content.change.action} ${content.change.member}` : '';
  return `${index}/${term}${what}`;
}

function messageText(m: M): string {
  const base = `${m.from}→${m.to} ${m.type} term ${m.term}`;
  switch (m.type) {
    case 'preVote': case 'vote': return `${base}, last ${m.lastIndex}/${m.lastTerm}${m.transfer ? ', transfer' : ''}`;
    case 'preVoteAnswer': case 'voteAnswer': return `${base}: ${m.granted ? 'granted' : 'refused'}`;
    case 'append': return `${base}, after ${m.previousIndex}/${m.previousTerm} [${m.entries.map(entryText).join(' ')}] commit ${m.commit}`;
    case 'appendAnswer': return m.refused ? `${base}: refused after ${m.index}, perhaps ${m.hintIndex}/${m.hintTerm}` : `${base}: has ${m.index}`;
    case 'heartbeat': return `${base}, commit ${m.commit}${m.read ? `, read ${m.read}` : ''}`;
    case 'heartbeatAnswer': return `${base}${m.read ? `, read ${m.read}` : ''}`;
    case 'snapshot': return `${base}, up to ${m.snapshot.index}/${m.snapshot.term}, members ${m.snapshot.members.join(' ')}`;
    case 'read': return `${base} ${m.request}`;
    case 'readAnswer': return `${base} ${m.request}: index ${m.index}`;
    case 'proposal': return `${base} ${m.content.type === 'command' ? `"${m.content.command}"` : m.content.type}`;
    case 'transfer': case 'timeoutNow': return `${base} to ${m.target}`;
  }
}
