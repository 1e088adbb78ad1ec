import { answerLine } from '../diagram/answer';
import { buildDiagram } from '../diagram/build';
import { detailOf } from '../diagram/detail';
import type { Detail, ManifestLink } from '../diagram/detailModel';
import { toMermaid } from '../diagram/mermaid';
import type { DiagramModel, View } from '../diagram/model';
import { placeOf } from '../diagram/place';
import { indexOf } from '../diagram/prepared';
import { recordOf, type RunRecord } from '../diagram/record';
import type { Pod } from '../engine/api/generated/types';
import type { KubernetesObject } from '../engine/api/object';
import { manifestOf } from '../engine/explain/explain';
import type { DocumentOutcome } from '../engine/kubectl/create';
import type { ManifestError } from '../engine/manifest/parse';
import type { EtcdSnapshot } from '../engine/etcd/snapshot';
import { Session, type ActionOptions, type ActionResult } from '../engine/session';
import { DEFAULT_LIMITS, type RunLimits, type Steps } from '../engine/simulation/simulation';
import type { SchedulingDecision } from '../engine/scheduler/decision';
import { operating } from './actions';
import { explanationOf, helpFor, PATIENCE, waitingPods } from './advice';
import { fileName, readCluster, readSchedulerConfiguration } from './cluster';
import type { Call } from './call';
import { LiveView } from './runningWorld';
import { PastView, momentOf, type Moment } from './travel';
import { parsed } from './manifests';
import { paced } from './pace';
import type { FileText, ObjectRef, Operation, RunSummary, WorldSettings } from './protocol';
import { count, number } from './words';

/** Runs whose diagrams can still be asked for. */
const MAX_RUNS = 30;

/** What the last action on a document left. */
export interface DocumentRecord {
  readonly run: string;
  readonly outcome: DocumentOutcome;
  /** The text of the file at that time. */
  readonly text: string;
}

interface Kept { readonly record: RunRecord; readonly summary: RunSummary }

/** The world of a window with what was done to it. Actions run one after the other. */
export class World {
  readonly session: Session;
  readonly live: LiveView;
  private past: PastView | undefined;
  private readonly runs = new Map<string, Kept>();
  /** By file, then by index of the document. */
  private readonly documents = new Map<string, Map<number, DocumentRecord>>();
  /** Files that a person asked for, whatever was in them. */
  private readonly touched = new Set<string>();
  private nextRun = 1;

  /** Throws ClusterFileError where the cluster's description cannot be read. */
  constructor(readonly id: string, readonly settings: WorldSettings, private readonly changed: () => void, snapshot?: EtcdSnapshot) {
    const objects = settings.cluster ? readCluster(settings.cluster) : undefined;
    this.session = new Session({ seed: settings.seed, objects, snapshot, etcdMembers: settings.etcdMembers, leaderElection: settings.etcdMembers > 1, schedulerConfiguration: readSchedulerConfiguration(settings.schedulerConfiguration) });
    this.live = new LiveView(this.session);
  }

  async create(files: readonly FileText[], settings: WorldSettings, call: Call): Promise<RunSummary> {
    const { documents, unreadable } = readAll(files);
    return this.act(files, unreadable, settings, call, (options) => this.session.creating(documents, options));
  }

  async delete(files: readonly FileText[], settings: WorldSettings, call: Call): Promise<RunSummary> {
    const { documents, unreadable } = readAll(files);
    return this.act(files, unreadable, settings, call, (options) => this.session.deleting(documents, options));
  }

  operate(operation: Operation, settings: WorldSettings, call: Call): Promise<RunSummary> {
    return this.act([], [], settings, call, (options) => operating(this.session, operation, options));
  }

  diagram(run: string, view: View): DiagramModel | null {
    const kept = this.runs.get(run);
    return kept ? { ...buildDiagram(kept.record, view), answer: kept.summary.answer } : null;
  }

  detail(run: string, item: string, view: View): Detail | null {
    const kept = this.runs.get(run);
    const detail = kept && detailOf(kept.record, item, view.level);
    const message = detail?.explanation && indexOf(kept?.record as RunRecord).get(Number(/^w(\d+)/.exec(item)?.[1]));
    return detail ? (message?.kind === 'work' ? this.withHelp(detail, message.decision?.data as SchedulingDecision) : detail) : null;
  }

  /** Where the pod of a decision waits and what would help it, while no later decision has been made about it. */
  private withHelp(detail: Detail, decision: SchedulingDecision): Detail {
    const pod = this.live.pods.find((p) => p.metadata.uid === decision.uid);
    if (!detail.explanation || !pod || waitingPods([pod], this.live).length === 0 || this.live.decisionFor(pod) !== decision) return detail;
    const { queue } = explanationOf(pod, this.live);
    const help = helpFor(pod, this.live, { file: this.sourceOf(pod)?.file, namespace: this.settings.namespace, patience: PATIENCE.passing });
    const suggestions = help?.suggestions.map(({ title, outcome, applicable }) => ({ title, outcome, applicable }));
    return { ...detail, explanation: { ...detail.explanation, ...(queue ? { queue: { summary: `${queue.summary}.`, wakers: queue.wakers } } : {}), ...(suggestions ? { help: { pod: this.live.refOf(pod), suggestions } } : {}) } };
  }

  /** What a message of a run is about, as it is now. */
  place(run: string, message: number): { readonly object: KubernetesObject | undefined; readonly link: ManifestLink | undefined } | undefined {
    const kept = this.runs.get(run);
    const place = kept && placeOf(kept.record, message);
    return place && { object: place.object && this.objectAt(place.object.group, place.object.resource, place.object.key), link: place.link };
  }

  private objectAt(group: string, resource: string, key: string): KubernetesObject | undefined {
    const slash = key.indexOf('/');
    return this.shown.find({ group, version: '', resource, kind: '', namespace: slash < 0 ? '' : key.slice(0, slash), name: key.slice(slash + 1) });
  }

  mermaid(run: string, view: View): string | null {
    const model = this.diagram(run, view);
    return model && toMermaid(model).text;
  }

  /** What the trees show: the cluster as it is, or as it was where a person travelled to. */
  get shown(): LiveView { return this.past ?? this.live; }

  /** Goes back to when a message of a run was sent, or to the present. */
  travel(to: { readonly run: string; readonly message: number; readonly answered?: boolean } | null): Moment | null {
    const kept = to && this.runs.get(to.run);
    const moment = kept ? momentOf(kept.record, to.message, this.session.cluster.etcd.revision, to.answered) : undefined;
    this.past = moment && new PastView(this.session, moment);
    return moment ?? null;
  }

  /** What was last done to a document. */
  documentRecord(file: string, index: number): DocumentRecord | undefined { return this.documents.get(file)?.get(index); }

  get hasRuns(): boolean { return this.nextRun > 1 || this.touched.size > 0; }

  wasTouched(file: string): boolean { return this.touched.has(file); }

  /** The document that an object was last created from. */
  origin(ref: ObjectRef): { readonly file: string; readonly document: number } | null {
    for (const [file, records] of this.documents) {
      for (const [document, { outcome }] of records) {
        const { object } = outcome;
        if (object && object.kind === ref.kind && object.metadata.name === ref.name && (object.metadata.namespace ?? '') === ref.namespace) return { file, document };
      }
    }
    return null;
  }

  /** The file, as it was when it was acted on, and the document that a pod comes from, by itself or through a workload. */
  sourceOf(pod: Pod): { readonly file: FileText; readonly document: number } | undefined {
    for (const [file, records] of this.documents) {
      const [record] = records.values();
      if (!record) continue;
      const documents = parsed({ file, text: record.text }).documents.map((d) => ({ index: d.index, kind: d.kind, name: d.name, value: d.value, namespace: d.namespace || this.settings.namespace }));
      const source = manifestOf(this.session, pod, documents);
      if (source) return { file: { file, text: record.text }, document: source.index };
    }
    return undefined;
  }

  /** Objects that a person created and that are still there. */
  createdObjects(): readonly ObjectRef[] {
    const refs: ObjectRef[] = [];
    for (const records of this.documents.values()) {
      for (const { outcome } of records.values()) {
        const ref = outcome.object && this.live.refOf(outcome.object);
        if (ref?.resource && this.live.find(ref)) refs.push(ref);
      }
    }
    return refs;
  }

  /** Something changed that no action of this window did. */
  noticed(): void { this.changed(); }

  /** Keeps a run that others make (a command in a terminal), as far as it has come: a new one, or the one that is known by this name. Nothing happened in it: undefined. */
  observe(known: string | undefined, action: ActionResult): RunSummary | undefined {
    const record = recordOf(this.session, action);
    if (record.messages.length === 0) return undefined;
    const run = known ?? `${this.id}.${this.nextRun++}`;
    const summary: RunSummary = { run, title: record.title, answer: answerOf(record, '', [], this.settings), stopped: '', documents: 0, unreadable: [] };
    this.keep(run, { record, summary });
    this.changed();
    return summary;
  }

  private async act(files: readonly FileText[], unreadable: RunSummary['unreadable'], settings: WorldSettings, call: Call, start: (options: ActionOptions) => Steps<ActionResult>): Promise<RunSummary> {
    let stopped: RunSummary['stopped'] = '';
    // Whoever acts, acts now.
    this.past = undefined;
    for (const { file } of files) this.touched.add(file);
    const options = { limits: limitsOf(settings), refuseRemoved: settings.refuseRemovedVersions, namespace: settings.namespace };
    const from = this.session.cluster.simulation.now;
    const action = await paced(start(options), {
      stop: () => {
        if (call.canceled()) stopped = 'canceled';
        else if ((this.session.cluster.api.peek('', 'pods')?.size ?? 0) > settings.limits.pods) stopped = 'pods';
        return stopped !== '';
      },
      paused: () => {
        call.progress({ text: this.progress(from) });
        this.changed();
      },
    });
    const run = `${this.id}.${this.nextRun++}`;
    const record = recordOf(this.session, { ...action, title: titleOf(action.title, files) });
    const summary: RunSummary = { run, title: record.title, answer: answerOf(record, stopped, unreadable, settings), stopped, documents: action.documents.length, unreadable };
    this.keep(run, { record, summary });
    this.remember(run, action, files);
    this.changed();
    return summary;
  }

  private progress(from: number): string {
    const pods = this.session.cluster.api.peek('', 'pods')?.size ?? 0;
    return `${count(pods, 'pod')}, ${number(Math.round((this.session.cluster.simulation.now - from) / 1000))} s of virtual time`;
  }

  private keep(run: string, kept: Kept): void {
    this.runs.set(run, kept);
    const oldest = this.runs.keys().next().value;
    if (this.runs.size > MAX_RUNS && oldest !== undefined) this.runs.delete(oldest);
  }

  private remember(run: string, action: ActionResult, files: readonly FileText[]): void {
    const texts = new Map(files.map((f) => [f.file, f.text]));
    for (const outcome of action.documents) {
      const records = this.documents.get(outcome.file) ?? new Map<number, DocumentRecord>();
      records.set(outcome.index, { run, outcome, text: texts.get(outcome.file) ?? '' });
      this.documents.set(outcome.file, records);
    }
  }
}

function limitsOf({ limits }: WorldSettings): RunLimits {
  return { ...DEFAULT_LIMITS, milliseconds: limits.virtualMinutes * 60_000 };
}

function readAll(files: readonly FileText[]): { readonly documents: ReturnType<typeof parsed>['documents']; readonly unreadable: RunSummary['unreadable'] } {
  const all = files.map((f) => ({ file: f.file, ...chosen(f) }));
  const words = (file: string, { message, range }: ManifestError): string => `${fileName(file)}, line ${range.start.line + 1}: ${message}`;
  return { documents: all.flatMap((f) => f.documents), unreadable: all.flatMap((f) => f.errors.map((e) => ({ file: f.file, message: words(f.file, e) }))) };
}

/** The documents asked for; faults elsewhere in the file are no matter then. */
function chosen(file: FileText): ReturnType<typeof parsed> {
  const all = parsed(file);
  return file.only === undefined ? all : { documents: all.documents.filter((d) => d.index === file.only), errors: [] };
}

function titleOf(title: string, files: readonly FileText[]): string {
  const [first] = files;
  if (!first) return title;
  return `${title} -f ${files.length === 1 ? fileName(first.file) : `${count(files.length, 'file')}`}`;
}

/** The diagram's sentence, and what only the worker knows: texts that could not be read, limits of the settings. */
function answerOf(record: RunRecord, stopped: RunSummary['stopped'], unreadable: RunSummary['unreadable'], settings: WorldSettings): RunSummary['answer'] {
  const answer = answerLine(record);
  const more = [...unreadable.map((u) => u.message)];
  if (stopped === 'canceled') more.push('Stopped on request: the cluster is left as it was at that moment.');
  if (stopped === 'pods') more.push(`Stopped because the cluster holds more than ${number(settings.limits.pods)} pods (setting controlplane.limits.pods). Scale down, delete or reset.`);
  const broken = unreadable.length > 0;
  const bad = broken || stopped === 'pods';
  const nothing = broken && record.documents.length === 0;
  return {
    tone: bad ? 'refused' : answer.tone,
    text: nothing ? unreadable[0]?.message ?? '' : answer.text,
    more: [...(nothing ? more.slice(1) : more), ...answer.more].slice(0, 12),
  };
}
