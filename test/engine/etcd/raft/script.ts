import { Group, type MakeRaft } from './group';

/**
 * Runs the commands of a data file against a group, each followed by what it printed:
 *
 *     command arguments key=value
 *     ----
 *     what happened
 */
export interface Block {
  readonly comment: string;
  readonly commands: readonly string[];
  readonly expected: string;
}

export function parseScript(text: string): readonly Block[] {
  return text.trim().split(/\n\n+/).map((part) => {
    const lines = part.split('\n');
    const comment = lines.filter((l) => l.startsWith('#')).join('\n');
    const rest = lines.filter((l) => !l.startsWith('#'));
    const ruler = rest.indexOf('----');
    return { comment, commands: ruler < 0 ? rest : rest.slice(0, ruler), expected: ruler < 0 ? '' : rest.slice(ruler + 1).join('\n') };
  });
}

/** The same text with what really happened. */
export function runScript(text: string, make?: MakeRaft): string {
  const runner = new Runner(make);
  return `${parseScript(text).map(({ comment, commands }) => {
    if (commands.length === 0) return comment;
    for (const command of commands) runner.run(command);
    return [comment, ...commands, '----', runner.output()].filter((s, i) => s !== '' || i > 0).join('\n').trimEnd();
  }).join('\n\n')}\n`;
}

class Runner {
  private group: Group;
  private said: string[] = [];

  constructor(private readonly make: MakeRaft | undefined) { this.group = new Group({ election: 10, base: 1, inflight: 8, batch: 64 }, make); }

  output(): string {
    const text = [this.group.take(), ...this.said.splice(0)].filter(Boolean).join('\n');
    return text === '' ? 'ok' : text;
  }

  run(line: string): void {
    const words = line.split(' ').filter(Boolean);
    const [command = ''] = words;
    const given = new Map(words.filter((w) => w.includes('=')).map((w) => w.split('=') as [string, string]));
    const args = words.slice(1).filter((w) => !w.includes('='));
    const [a = '', b = ''] = args;
    const { group } = this;
    const number = (name: string, fallback: number): number => Number(given.get(name) ?? fallback);
    const list = (name: string): readonly string[] => (given.get(name) ?? '').split(',').filter(Boolean);
    switch (command) {
      case 'group': {
        this.group = new Group({ election: number('election', 10), base: number('base', 1), inflight: number('inflight', 8), batch: number('batch', 64) }, this.make);
        if (given.has('logs')) return;
        for (let i = 1; i <= Number(a); i++) this.group.start(String(i), this.group.initial(ids(Number(a))));
        return;
      }
      // One member of a group of n, with a log of entries of these terms.
      case 'member': group.start(a, group.initial(ids(number('of', 1)), { terms: list('terms').map(Number), term: given.has('term') ? number('term', 0) : undefined, vote: given.get('vote'), commit: given.has('commit') ? number('commit', 0) : undefined })); return;
      case 'join': group.start(a, group.joiner()); return;
      case 'campaign': group.on(a, (r) => r.campaign()); return;
      case 'tick': for (let i = 0; i < Number(b || 1); i++) group.on(a, (r) => r.tick()); return;
      case 'propose': for (const value of args.slice(1)) group.propose(a, { type: 'command', command: value }); return;
      case 'add': case 'remove': group.propose(a, { type: 'membership', change: { action: command, member: b } }); return;
      case 'read': group.on(a, (r) => r.read(Number(b))); return;
      case 'transfer': group.on(a, (r) => r.transfer(b)); return;
      case 'cut': for (const one of list('from').length ? list('from') : [a]) for (const other of list('to').length ? list('to') : [b]) group.setLink(one, other, false); return;
      case 'isolate': for (const other of group.members.keys()) if (other !== a) group.setLink(a, other, false); return;
      case 'heal': for (const one of group.members.keys()) for (const other of group.members.keys()) group.setLink(one, other, true); return;
      case 'hold': group.hold(a, true); return;
      case 'sync': group.hold(a, false); return;
      case 'crash': group.crash(a); return;
      case 'restart': group.restart(a); return;
      case 'compact': group.compact(a, number('keep', 0)); return;
      case 'deliver': group.deliver(given.has('to') ? (m) => list('to').includes(m.to) : undefined); return;
      case 'drop': group.forget((m) => (!given.has('to') || list('to').includes(m.to)) && (!given.has('from') || list('from').includes(m.from))); return;
      case 'stabilize': group.stabilize(); return;
      // As stabilize, without printing: for what another file shows.
      case 'quietly': group.stabilize(); group.take(); return;
      case 'log': this.said.push(`${a}: ${group.logOf(a)}`); return;
      case 'status': this.said.push(group.status()); return;
      case 'progress': {
        const progress = group.get(a).raft.progressOf(b);
        this.said.push(progress ? `${a} sees ${b}: ${progress.mode}, match ${progress.match}, next ${progress.next}` : `${a} sees nothing of ${b}`);
        return;
      }
      default: throw new Error(`unknown command ${line}`);
    }
  }
}

const ids = (n: number): readonly string[] => Array.from({ length: n }, (_, i) => String(i + 1));
