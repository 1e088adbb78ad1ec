import type { Status } from '../engine/api/status';
import { isStatus } from '../engine/api/status';
import type { RequestVerb } from '../engine/apiserver/request';
import type { ActionResult, Session } from '../engine/session';
import type { RequestMessage } from '../engine/trace/message';
import type { KubectlServer, RunSummary } from './protocol';
import type { World } from './world';

/** A request that came over HTTP, before it is sent on. kubectl says in headers which command it belongs to. */
export interface HeardRequest {
  readonly verb: RequestVerb;
  /** "kubectl apply"; '' where the client does not say. */
  readonly command: string;
  /** The same for all requests of one command; '' where the client does not say. */
  readonly session: string;
}

/** What the bundle of src/server offers: a world over HTTP on the loopback address. */
export interface ServerModule {
  startServing(options: { readonly session: Session; readonly port: number; readonly speed: number; readonly heard: (request: HeardRequest) => void }): Promise<{ readonly url: string; readonly kubeconfig: string; close(): Promise<void> }>;
  /** Whether a program is on the PATH. */
  hasProgram(name: string): boolean;
}

/** Loads the bundle; undefined where there is no Node. */
export type LoadServer = (() => Promise<ServerModule>) | undefined;

/** Real milliseconds between two looks at what a command has led to so far. */
const REDRAW = 1000;
const READS: ReadonlySet<RequestVerb> = new Set(['get', 'list', 'watch']);

/** A world that kubectl reaches, in the time of the wall clock. Every command that writes begins a run, which grows for as long as something follows from it. */
export class KubectlServing {
  private readonly unsubscribe: () => void;
  private run: { readonly id: string | undefined; readonly session: string; readonly title: string; readonly firstMessage: number; readonly startedAt: number } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(private readonly world: World, private readonly serving: Awaited<ReturnType<ServerModule['startServing']>>, private readonly hasKubectl: boolean, private readonly ran: (summary: RunSummary) => void) {
    this.unsubscribe = world.session.cluster.trace.subscribe((message) => { if (!message.background) this.later(); });
  }

  static async start(load: LoadServer, world: World, ran: (summary: RunSummary) => void): Promise<KubectlServing> {
    if (!load) throw new Error('A kubectl terminal needs VS Code on the desktop or on a server: in a browser nothing can listen for kubectl.');
    const module = await load();
    let started: KubectlServing | undefined;
    const serving = await module.startServing({ session: world.session, port: 0, speed: 1, heard: (request) => started?.heard(request) });
    return (started = new KubectlServing(world, serving, module.hasProgram('kubectl'), ran));
  }

  get server(): KubectlServer { return { url: this.serving.url, kubeconfig: this.serving.kubeconfig, hasKubectl: this.hasKubectl }; }

  async stop(): Promise<void> {
    this.unsubscribe();
    clearTimeout(this.timer);
    await this.serving.close();
  }

  private heard({ verb, command, session }: HeardRequest): void {
    if (READS.has(verb) || (this.run && session !== '' && session === this.run.session)) return;
    if (this.timer !== undefined) this.show();
    const { trace, simulation } = this.world.session.cluster;
    this.run = { id: undefined, session, title: command || `kubectl ${verb}`, firstMessage: trace.next, startedAt: simulation.now };
  }

  private later(): void {
    this.timer ??= setTimeout(() => this.show(), REDRAW);
  }

  /** Draws the run as it is now, and tells everybody that the world is not what it was. */
  private show(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.run) { this.world.noticed(); return; }
    const summary = this.world.observe(this.run.id, this.actionSoFar(this.run));
    if (!summary) return;
    this.run = { ...this.run, id: summary.run };
    this.ran(summary);
  }

  private actionSoFar({ title, firstMessage, startedAt }: NonNullable<KubectlServing['run']>): ActionResult {
    const { trace, simulation } = this.world.session.cluster;
    const messages = trace.messages({ from: firstMessage });
    // Looking at what came of it does not make it longer.
    const endedAt = messages.filter((m) => m.kind !== 'request' || !READS.has(m.verb as RequestVerb)).reduce((end, m) => Math.max(end, m.kind === 'request' ? m.answeredAt ?? m.at : m.at), startedAt);
    const waiting = simulation.waits();
    return { title, firstMessage, lastMessage: trace.next - 1, startedAt, endedAt, run: { settled: waiting.length === 0, waiting, stoppedBy: 'rest' }, documents: [], objects: [], refusal: refusalIn(messages.filter((m) => m.kind === 'request')) };
  }
}

/** The answer to the person's last write, where it is a refusal. */
function refusalIn(requests: readonly RequestMessage[]): Status | undefined {
  const answer = requests.findLast((r) => r.actor === 'kubectl' && !READS.has(r.verb as RequestVerb) && r.answeredAt !== undefined)?.answer;
  return answer !== undefined && isStatus(answer) && (answer as Status).status === 'Failure' ? (answer as Status) : undefined;
}
