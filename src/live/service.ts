import { stringify } from 'yaml';
import { answerLine } from '../diagram/answer';
import type { KubernetesObject } from '../engine/api/object';
import type { ObjectRef, TreePage } from '../worker/protocol';
import { fileName } from '../worker/cluster';
import { Canceled } from '../worker/pace';
import { compare } from './comparison';
import { Connection, openContext } from './connection';
import { address, readFiles, type Sendable, type Unsendable } from './documents';
import { dryRun, type DryRun } from './dryRun';
import { LiveError } from './errors';
import { listContexts, type Surroundings } from './kubeconfig';
import { DEFAULT_LIVE_SETTINGS, OFF, RUN_PREFIX, type ConnectionState, type LiveMethod, type LiveParams, type LiveResult, type LiveRun, type LiveSettings } from './protocol';
import { confirmed, createForReal, planOf, type Planned } from './realCreate';
import { forSimulation, Redactor, withoutSecrets } from './redact';
import { Runs } from './runs';
import { assumptionsOf, takeSnapshot, withAskedKeys, type ClusterSnapshot } from './snapshot';
import { liveChildren } from './tree';
import { builtIn } from './watched';
import { simulate, type Simulated } from './whatIf';

/** What an answer in the making knows of the one who asked. */
export interface LiveCall {
  readonly signal: AbortSignal;
  progress(text: string): void;
}

export interface LiveEvents {
  changed(): void;
  state(state: ConnectionState): void;
  log(level: 'debug' | 'info' | 'warn', text: string): void;
}

export type LiveHandlers = { readonly [M in LiveMethod]: (params: LiveParams<M>, call: LiveCall) => LiveResult<M> | Promise<LiveResult<M>> };

const MAX_PLANS = 10;
/** A lost answer of a plan must not be confirmed long after. */
const MAX_PLAN_AGE = 10 * 60_000;
const MAX_NAMESPACES = 5000;

/** Live mode behind its protocol: one connection at a time, and the runs that were made with it. */
export class LiveService implements LiveHandlers {
  readonly redactor = new Redactor();
  private settings: LiveSettings = DEFAULT_LIVE_SETTINGS;
  private connection: Connection | undefined;
  private readonly runs = new Runs();
  private readonly plans = new Map<string, { readonly planned: Planned; readonly at: number; readonly server: string }>();
  private readonly tag = Date.now().toString(36);
  private nextRun = 1;

  constructor(private readonly events: LiveEvents, private readonly around?: Surroundings) {}

  configure(settings: LiveSettings): null { this.settings = settings; return null; }

  /** Reads files; nobody is contacted. */
  contexts(): LiveResult<'contexts'> { return listContexts(this.around); }

  async connect({ context, namespaces }: LiveParams<'connect'>, call: LiveCall): Promise<ConnectionState> {
    this.disconnect();
    const { limits } = this.settings;
    const opened = openContext(context, limits, this.redactor, (line) => this.events.log('debug', line), this.around);
    const connection = new Connection(opened, namespaces, limits, { changed: () => this.events.changed(), state: (state) => this.events.state(this.clean(state)), log: (line) => this.events.log('debug', line) });
    this.connection = connection;
    this.events.log('info', `connecting to ${context} at ${opened.context.server}`);
    call.progress('Connecting');
    try {
      await connection.start(call.signal);
    } catch (thrown) {
      if (this.connection === connection) { const { state } = connection; this.connection = undefined; connection.end(); this.events.state(call.signal.aborted ? OFF : this.clean({ ...state, phase: 'failed' })); }
      throw thrown;
    }
    return this.clean(connection.state);
  }

  disconnect(): null {
    this.connection?.end();
    this.connection = undefined;
    this.plans.clear();
    return null;
  }

  retry(): null { this.connection?.retry(); return null; }

  async namespaces(_params: null, { signal }: LiveCall): Promise<readonly string[]> {
    const names: string[] = [];
    for (let token = ''; ;) {
      const page = await this.connected().api.page(builtIn('', 'namespaces'), this.settings.limits.page, token, { metadataOnly: true, signal });
      names.push(...page.items.map((n) => n.metadata.name));
      token = page.continueToken;
      if (token === '' || names.length >= MAX_NAMESPACES) return names.sort();
    }
  }

  children({ parent, limit }: LiveParams<'children'>): TreePage {
    return this.connection ? liveChildren(this.connection.view, this.clean(this.connection.state), parent, limit) : { entries: [], total: 0 };
  }

  async yaml(ref: ObjectRef, { signal }: LiveCall): Promise<string | null> {
    const object = await this.connected().api.get({ ...ref, namespaced: ref.namespace !== '' }, ref.namespace, ref.name, signal);
    return object ? hiddenYaml(object) : null;
  }

  async whatIf({ files, dryRun: real }: LiveParams<'whatIf'>, call: LiveCall): Promise<LiveRun> {
    const connection = this.connected();
    const { documents, unreadable } = readFiles(files);
    const signal = AbortSignal.any([call.signal, connection.signal]);
    const { sendable, refused } = await address(documents, connection.api, this.namespaceOf(connection), this.settings.refuseRemovedVersions, signal);
    let asked: DryRun | undefined;
    if (real) { call.progress('Asking the API server (dry run)'); asked = await dryRun(connection.api, sendable, signal); }
    const title = `What if: ${titleOf(files.map((f) => f.file))}`;
    const { simulated, assumptions } = await this.simulated(connection, sendable, refused, asked, title, signal, call.progress);
    return this.keepSimulated(simulated, assumptions, unreadable, documents.length);
  }

  async snapshot(_params: null, call: LiveCall): Promise<LiveResult<'snapshot'>> {
    const connection = this.connected();
    const { objects, notices } = await this.take(connection, [], AbortSignal.any([call.signal, connection.signal]), call.progress);
    const text = `${JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: { annotations: { 'controlplane.dev/snapshot-of': connection.context.name, 'controlplane.dev/taken-at': new Date().toISOString() } }, items: objects }, undefined, 1)}\n`;
    return { text: this.redactor.data(text), objects: objects.length, notices };
  }

  async plan({ files }: LiveParams<'plan'>, call: LiveCall): Promise<LiveResult<'plan'>> {
    const connection = this.connected();
    const { documents } = readFiles(files);
    const { sendable, refused } = await address(documents, connection.api, this.namespaceOf(connection), this.settings.refuseRemovedVersions, call.signal);
    const planned = planOf(connection.context, files, sendable, refused);
    this.plans.set(planned.shown.plan, { planned, at: Date.now(), server: connection.api.server });
    while (this.plans.size > MAX_PLANS) this.plans.delete(this.plans.keys().next().value as string);
    return planned.shown;
  }

  async create({ plan, predict }: LiveParams<'create'>, call: LiveCall): Promise<LiveRun> {
    const connection = this.connected();
    const kept = this.plans.get(plan);
    this.plans.delete(plan);
    if (!kept || Date.now() - kept.at > MAX_PLAN_AGE || kept.server !== connection.api.server) throw new LiveError('guard', 'This plan was not confirmed in time, or for another cluster. Nothing was created.');
    const { planned } = kept;
    const confirmation = confirmed(planned, connection.api);
    const names = planned.files.map((f) => f.file);
    let foretold: { readonly simulated: Simulated; readonly assumptions: readonly string[] } | undefined;
    const notices: string[] = [];
    const before = AbortSignal.any([call.signal, connection.signal]);
    if (predict) {
      try {
        foretold = await this.simulated(connection, planned.sendable, planned.refused, undefined, `Foretold: ${titleOf(names)}`, before, call.progress);
      } catch (thrown) {
        if (before.aborted) throw thrown;
        notices.push(`It could not be foretold: ${this.redactor.text(thrown instanceof Error ? thrown.message : String(thrown))}`);
      }
    }
    this.events.log('info', `creating ${planned.sendable.length} objects for real on ${connection.context.name}, as confirmed`);
    const title = `Real: ${titleOf(names)}`;
    const result = await createForReal(connection.api, planned, confirmation, { title, user: connection.context.user, limits: this.settings.limits, auditLog: this.settings.auditLog, signal: before, progress: call.progress });
    const more = [...notices, ...result.notices, ...(result.how === 'stopped' ? ['Following was stopped; what was created stays'] : result.how === 'time' ? ['Not everything had come to rest when following ended: the tree goes on showing it'] : [])];
    const actualRun = this.runName();
    const predicted = foretold && this.keepSimulated(foretold.simulated, foretold.assumptions, [], planned.sendable.length);
    const comparison = foretold && predicted ? compare(foretold.simulated, result.record, { title: `${titleOf(names)} on ${connection.context.name} (${connection.context.server})`, predictedRun: predicted.run, actualRun, assumptions: foretold.assumptions }) : undefined;
    const answer = answerLine(result.record);
    const compared = comparison ? [comparison.summary] : [];
    const summary: LiveRun = { run: actualRun, title, answer: { ...answer, text: `On ${connection.context.name}, for real: ${answer.text}`, more: [...compared, ...answer.more, ...more].slice(0, 12) }, stopped: result.how === 'stopped' ? 'canceled' : '', documents: planned.sendable.length, unreadable: [], assumptions: [], differences: comparison?.differences ?? -1 };
    this.runs.keep({ record: result.record, summary, comparison, weight: result.record.messages.length });
    return summary;
  }

  comparison({ run }: LiveParams<'comparison'>): LiveResult<'comparison'> { return this.runs.get(run)?.comparison ?? null; }
  diagram({ run, view }: LiveParams<'diagram'>): LiveResult<'diagram'> { return this.runs.diagram(run, view); }
  detail({ run, item, view }: LiveParams<'detail'>): LiveResult<'detail'> { return this.runs.detail(run, item, view); }
  mermaid({ run, view }: LiveParams<'mermaid'>): LiveResult<'mermaid'> { return this.runs.mermaid(run, view); }

  /** Errors and states may quote what a server or a plugin said. */
  words(text: string): string { return this.redactor.text(text); }

  private clean(state: ConnectionState): ConnectionState { return { ...state, text: this.words(state.text), notices: state.notices.map((n) => this.words(n)) }; }

  private connected(): Connection {
    if (!this.connection) throw new LiveError('unreachable', 'No live cluster is connected');
    return this.connection;
  }

  private namespaceOf({ context }: Connection): string { return context.namespace || 'default'; }
  private runName(): string { return `${RUN_PREFIX}${this.tag}.${this.nextRun++}`; }

  private take(connection: Connection, references: readonly string[], signal: AbortSignal, progress: (text: string) => void): Promise<ClusterSnapshot> {
    const { page, pods } = this.settings.limits;
    return takeSnapshot(connection.api, { namespaces: connection.namespaces, references, page, most: pods, signal, progress });
  }

  /** Creates in a simulated copy of the cluster as it is now. */
  private async simulated(connection: Connection, sendable: readonly Sendable[], refused: readonly Unsendable[], asked: DryRun | undefined, title: string, signal: AbortSignal, progress: (text: string) => void): Promise<{ readonly simulated: Simulated; readonly assumptions: readonly string[] }> {
    const namespace = this.namespaceOf(connection);
    const references = [...new Set(sendable.map((s) => s.namespace).filter((n) => n !== ''))];
    const taken = await this.take(connection, references, signal, progress);
    if (signal.aborted) throw new Canceled();
    const plain = asked?.documents ?? sendable.map(({ document: { file, index }, body }) => ({ file, index, value: body as { readonly [field: string]: unknown } }));
    // An old version is refused by the simulation as it would be by the server: bodies are converted already.
    const documents = plain.map((d) => ({ ...d, value: forSimulation(d.value) }));
    const { objects, assumed } = withAskedKeys(taken.objects, documents, namespace);
    const outcomes = [...(asked?.refused ?? []), ...refused.map((r) => ({ file: r.document.file, index: r.document.index, apiVersion: r.document.apiVersion, kind: r.document.kind, namespace: r.document.namespace, name: r.document.name, code: r.code, reason: r.reason, message: r.message, warnings: [], request: 0 }))];
    const assumptions = assumptionsOf(objects, documents, { dryRun: asked !== undefined, assumedKeys: assumed });
    const simulated = await simulate(objects, documents, { refused: outcomes, notes: [...(asked?.notes ?? []), ...taken.notices] }, {
      title, seed: this.settings.seed, namespace, refuseRemovedVersions: this.settings.refuseRemovedVersions, virtualMinutes: this.settings.virtualMinutes, signal, progress,
    });
    const text = `What if on ${connection.context.name}: ${simulated.answer.text}`;
    return { simulated: { ...simulated, answer: { ...simulated.answer, text, more: [...simulated.answer.more, ...assumptions.map((a) => `Assumed: ${a}`)] } }, assumptions };
  }

  private keepSimulated({ record, answer, session }: Simulated, assumptions: readonly string[], unreadable: LiveRun['unreadable'], documents: number): LiveRun {
    const summary: LiveRun = { run: this.runName(), title: record.title, answer: { ...answer, more: [...unreadable.map((u) => u.message), ...answer.more] }, stopped: '', documents, unreadable, assumptions, differences: -1 };
    this.runs.keep({ record, summary, weight: (session.cluster.api.peek('', 'pods')?.size ?? 0) + (session.cluster.api.peek('', 'nodes')?.size ?? 0) });
    return summary;
  }
}

/** An object as kubectl prints it, without managedFields and without secrets. */
export function hiddenYaml(object: KubernetesObject): string {
  const { managedFields: _, ...metadata } = object.metadata;
  return stringify(withoutSecrets({ ...object, metadata }), { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: false });
}

function titleOf(files: readonly string[]): string {
  const [first] = files;
  return first === undefined ? '' : files.length === 1 ? fileName(first) : `${files.length} files`;
}
