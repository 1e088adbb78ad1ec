import type { Pod } from '../engine/api/generated/types';
import { COMPONENTS } from '../engine/faults';
import { snapshotText } from '../engine/etcd/snapshot';
import { ResourceRegistry } from '../engine/api/resources/registry';
import { helpFor, PATIENCE, waitingPods } from './advice';
import { hoverAt } from './hover/hover';
import type { Call, Handlers } from './call';
import { historyOf } from './history';
import { readSnapshot } from './cluster';
import { parsed } from './manifests';
import { KubectlServing, type LoadServer } from './kubectl';
import { isManifest, outlineOf } from './outline';
import { DEFAULT_SETTINGS, type FileText, type Params, type Result, type RunSummary, type WorldSettings } from './protocol';
import { isSmall, subjectOf } from './subject';
import { podTooltip } from './tree/entries';
import { NOWHERE, trailsTo } from './tree/trail';
import { childrenOf } from './tree/tree';
import { WhatIfs, type Answers } from './whatIf';
import { World } from './world';
import { objectYaml } from './yaml';

/** Everything that the editor can ask of the engine. One world at a time, made when it is first needed. */
export class Engine implements Handlers {
  private settings: WorldSettings = DEFAULT_SETTINGS;
  private current: World | undefined;
  private worlds = 0;
  /** Names of runs outlive the worker in diagrams that are restored: they must not come again. */
  private readonly tag = Date.now().toString(36);
  /** Actions wait for the one before. */
  private last: Promise<unknown> = Promise.resolve();
  /** Actions under way or waiting. */
  private acting = 0;
  private whatIfs = new WhatIfs();
  private builtIn: ResourceRegistry | undefined;

  private serving: Promise<KubectlServing> | undefined;

  constructor(private readonly changed: () => void, private readonly ran: (summary: RunSummary) => void = () => undefined, private readonly loadServer: LoadServer = undefined) {}

  configure(settings: Params<'configure'>): null {
    this.settings = settings;
    this.whatIfs = new WhatIfs();
    return null;
  }

  create({ files }: Params<'create'>, call: Call): Promise<RunSummary> { return this.alone(() => this.world().create(files, this.settings, call)); }
  delete({ files }: Params<'delete'>, call: Call): Promise<RunSummary> { return this.alone(() => this.world().delete(files, this.settings, call)); }
  operate(operation: Params<'operate'>, call: Call): Promise<RunSummary> {
    return this.alone(() => (operation.type === 'restore' ? this.restoreInto(operation, call) : this.world().operate(operation, this.settings, call)));
  }

  /** A cluster that nothing was done to yet, or whose clock is behind the snapshot's, begins anew with it. */
  private restoreInto(operation: Extract<Params<'operate'>, { type: 'restore' }>, call: Call): Promise<RunSummary> {
    const snapshot = readSnapshot(operation.snapshot);
    const world = this.begun();
    if (!world || world.session.cluster.simulation.wallMilliseconds() < Date.parse(snapshot.savedAt)) this.current = new World(`${this.tag}-${++this.worlds}`, this.settings, this.changed, snapshot);
    return this.world().operate(operation, this.settings, call);
  }

  snapshot(): Result<'snapshot'> {
    const snapshot = this.world().session.snapshot();
    return { text: snapshotText(snapshot), revision: snapshot.revision };
  }

  controlPlane(): Result<'controlPlane'> {
    const { cluster } = this.world().session;
    const components = COMPONENTS.map((name) => ({ name, running: name === 'kube-apiserver' ? cluster.api.running : cluster.processes.get(name)?.running ?? false }));
    return { members: cluster.etcd.status(), components };
  }

  async reset(): Promise<null> {
    await this.stopKubectl();
    await this.alone(() => { this.current = undefined; return Promise.resolve(); });
    this.whatIfs = new WhatIfs();
    this.changed();
    return null;
  }

  async outline({ check, foretell = false, ...file }: Params<'outline'>, call: Call): Promise<Result<'outline'>> {
    if (!isManifest(file) && !this.current?.wasTouched(file.file)) return { documents: [], problems: [] };
    const checked = check && parsed(file).documents.length > 0 ? await this.check(file, call) : undefined;
    if (foretell) await this.foretell(file, call);
    const registry = this.current?.session.cluster.api.registry ?? (this.builtIn ??= new ResourceRegistry());
    return outlineOf(file, { world: this.current, registry, settings: this.settings, check: checked, whatIf: this.whatIfs.knownRun(file, this.base()) });
  }

  hover({ position, ...file }: Params<'hover'>, call: Call): Promise<Result<'hover'>> {
    if (!isManifest(file)) return Promise.resolve(null);
    return hoverAt(file, position, { world: this.world(), settings: this.settings, canceled: call.canceled, whatIf: () => this.whatIfs.run(file, this.base(), this.begun(), this.settings, call) });
  }

  children({ view, parent, limit }: Params<'children'>): Result<'children'> { return childrenOf(view, parent, limit, this.world()); }

  tooltip(ref: Params<'tooltip'>): Result<'tooltip'> {
    const object = ref.kind === 'Pod' ? this.current?.live.find(ref) : undefined;
    return object && this.current ? podTooltip(object as unknown as Pod, this.current) : null;
  }

  async help({ target, text }: Params<'help'>, call: Call): Promise<Result<'help'>> {
    const options = { namespace: this.settings.namespace, patience: PATIENCE.asked, canceled: call.canceled };
    if ('pod' in target) {
      const pod = this.current?.live.find(target.pod) as unknown as Pod | undefined;
      const source = pod && this.current?.sourceOf(pod);
      const help = pod && this.current && waitingPods([pod], this.current.live).length > 0 ? helpFor(pod, this.current.live, { ...options, file: source?.file }) : undefined;
      return help ? { ...help, file: source?.file.file ?? '', document: source?.document ?? 0, text: source?.file.text ?? '' } : null;
    }
    if (text === undefined) return null;
    const file: FileText = { file: target.file, text };
    const document = parsed(file).documents.find((d) => d.index === target.document);
    const subject = document && await subjectOf(document, file, { world: this.current, settings: this.settings, whatIf: () => this.whatIfs.run(file, this.base(), this.begun(), this.settings, call) });
    const waiting = subject ? waitingPods(subject.pods, subject.live) : [];
    const help = waiting[0] && subject && helpFor(waiting[0], subject.live, { ...options, file, waiting: waiting.length });
    return help ? { ...help, file: target.file, document: target.document, text } : null;
  }

  yaml(ref: Params<'yaml'>): Result<'yaml'> {
    const object = this.current?.shown.find(ref);
    return object ? objectYaml(object) : null;
  }

  describe(ref: Params<'describe'>): Result<'describe'> {
    const object = this.current?.live.find(ref);
    const replicas = (object?.spec as { readonly replicas?: number } | undefined)?.replicas;
    return object ? { replicas: replicas ?? null } : null;
  }

  diagram({ run, view }: Params<'diagram'>): Result<'diagram'> { return this.current?.diagram(run, view) ?? null; }
  detail({ run, item, view }: Params<'detail'>): Result<'detail'> { return this.current?.detail(run, item, view) ?? null; }

  place({ run, message }: Params<'place'>): Result<'place'> {
    const place = this.current?.place(run, message);
    if (!this.current || !place) return null;
    return { trails: place.object ? trailsTo(place.object, this.current) : NOWHERE, link: place.link ?? null };
  }

  travel(to: Params<'travel'>): Result<'travel'> { return this.current?.travel(to) ?? null; }

  history(ref: Params<'history'>): Result<'history'> { return this.current ? historyOf(this.current.session, ref) : null; }

  mermaid({ run, view }: Params<'mermaid'>): Result<'mermaid'> { return this.current?.mermaid(run, view) ?? null; }

  locate({ document, path, ...file }: Params<'locate'>): Result<'locate'> {
    const found = parsed(file).documents.find((d) => d.index === document);
    if (!found) return null;
    return path === '' ? found.rangeOf('kind') : found.rangeOf(path);
  }

  origin(ref: Params<'origin'>): Result<'origin'> { return this.current?.origin(ref) ?? null; }

  async startKubectl(): Promise<Result<'startKubectl'>> {
    this.serving ??= KubectlServing.start(this.loadServer, this.world(), this.ran);
    try { return (await this.serving).server; } catch (thrown) { this.serving = undefined; throw thrown; }
  }

  async stopKubectl(): Promise<null> {
    const { serving } = this;
    this.serving = undefined;
    await (await serving)?.stop();
    return null;
  }

  /** Outside any request, as a fault of the engine would be. */
  crash(): null {
    setTimeout(() => { throw new Error('crashed on request'); }, 0);
    return null;
  }

  private world(): World {
    this.current ??= new World(`${this.tag}-${++this.worlds}`, this.settings, this.changed);
    return this.current;
  }

  /** While an action goes on the cluster changes all the time: then what was said last has to do. */
  private async check(file: FileText, call: Call): Promise<Answers | undefined> {
    if (this.acting > 0) return this.whatIfs.lastAnswers(file);
    return this.whatIfs.check(file, this.base(), this.begun(), this.settings, call);
  }

  /** Tries small manifests that are not in the cluster as they stand, so that Problems say what would keep their pods from a node. */
  private async foretell(file: FileText, call: Call): Promise<void> {
    if (this.acting > 0 || !isSmall(file, this.current, this.settings)) return;
    await this.whatIfs.run(file, this.base(), this.begun(), this.settings, call);
  }

  /** A world in which something was done: until then a new one is the same, and the same seed foretells exactly what Create will do. */
  private begun(): World | undefined { return this.current?.hasRuns ? this.current : undefined; }

  /** Names the state that a silent run would begin with. */
  private base(): string {
    const world = this.begun();
    return world ? `${world.id}@${world.session.cluster.etcd.revision}` : 'new';
  }

  private alone<T>(action: () => Promise<T>): Promise<T> {
    this.acting++;
    const result = this.last.then(action, action).finally(() => { this.acting--; });
    this.last = result.catch(() => undefined);
    void this.last.then(() => this.changed());
    return result;
  }
}
