import type { Member } from '../../../../src/engine/etcd/cluster/member';

/** Raft's promises (figure 3 of the paper), checked after every event; a broken one is thrown with what broke it. */
export class Invariants {
  private readonly leaders = new Map<number, string>();
  /** Index → term of every entry that any member ever took for committed. */
  private readonly committed: number[] = [];
  /** "index/term" → the term before it and what it says. */
  private readonly entries = new Map<string, string>();
  private readonly seen = new Map<string, { terms: number[]; lastIndex: number; lastTerm: number; committed: number; leads: number }>();

  check(members: readonly Member[]): void {
    for (const member of members) if (member.up) this.look(member);
  }

  private look(member: Member): void {
    const { id, raft } = member;
    const { log } = raft;
    let seen = this.seen.get(id);
    if (seen === undefined) this.seen.set(id, seen = { terms: [], lastIndex: -1, lastTerm: -1, committed: 0, leads: -1 });
    if (log.lastIndex !== seen.lastIndex || log.lastTerm !== seen.lastTerm) {
      this.matchLogs(member, seen.terms);
      seen.lastIndex = log.lastIndex;
      seen.lastTerm = log.lastTerm;
    }
    if (log.committed !== seen.committed) {
      for (let i = Math.max(1, log.firstIndex, Math.min(seen.committed, log.committed)); i <= log.committed; i++) this.commit(id, i, log.term(i));
      seen.committed = log.committed;
    }
    if (raft.role === 'leader' && seen.leads !== raft.term) {
      const other = this.leaders.get(raft.term);
      if (other !== undefined && other !== id) throw new Error(`two leaders in term ${raft.term}: ${other} and ${id}`);
      this.leaders.set(raft.term, id);
      seen.leads = raft.term;
      this.complete(member);
    }
  }

  /** Log matching: entries with the same index and term say the same, and so do all before them. */
  private matchLogs({ id, raft: { log } }: Member, terms: number[]): void {
    terms.length = log.lastIndex + 1;
    for (let i = log.lastIndex; i >= log.firstIndex; i--) {
      const term = log.term(i) as number;
      if (terms[i] === term) break;
      terms[i] = term;
      const content = log.from(i, 1)?.[0]?.content;
      const says = `${log.term(i - 1) ?? '?'} ${content?.type === 'command' ? `${content.command.client}/${content.command.sequence}` : content?.type ?? ''}`;
      const known = this.entries.get(`${i}/${term}`);
      if (known === undefined) { if (!says.startsWith('?')) this.entries.set(`${i}/${term}`, says); } else if (!says.startsWith('?') && known !== says) throw new Error(`logs do not match: ${id} has at ${i}/${term} after term ${says}, another after term ${known}`);
    }
  }

  private commit(id: string, index: number, term: number | undefined): void {
    if (term === undefined) return;
    const known = this.committed[index];
    if (known !== undefined && known !== term) throw new Error(`state machines differ: ${id} has committed ${index}/${term}, another ${index}/${known}`);
    this.committed[index] = term;
  }

  /** Leader completeness: what was committed in an earlier term is in the log of every later leader. */
  private complete({ id, raft: { log, term } }: Member): void {
    for (let i = log.firstIndex; i < this.committed.length; i++) {
      const committed = this.committed[i];
      if (committed !== undefined && committed < term && log.term(i) !== committed) throw new Error(`the leader of term ${term}, ${id}, lacks the committed entry ${i}/${committed}`);
    }
  }
}
