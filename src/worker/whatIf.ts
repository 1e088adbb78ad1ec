import type { KubernetesObject } from '../engine/api/object';
import type { DocumentOutcome } from '../engine/kubectl/create';
import type { SchedulerConfiguration } from '../engine/scheduler/configuration';
import { Session } from '../engine/session';
import { DEFAULT_LIMITS } from '../engine/simulation/simulation';
import { readCluster, readSchedulerConfiguration } from './cluster';
import type { Call } from './call';
import { LiveView } from './runningWorld';
import { parsed } from './manifests';
import { breathe, Canceled, paced } from './pace';
import type { FileText, WorldSettings } from './protocol';
import type { World } from './world';

/** What creating a file would do, tried in a throw-away world. */
export interface WhatIf extends Answers {
  readonly live: LiveView;
}

/** What the API server said to each document. */
export interface Answers {
  readonly outcomes: readonly DocumentOutcome[];
  /** False when it was cut short because the world grew too large. */
  readonly complete: boolean;
}

const RUN_LIMITS = { ...DEFAULT_LIMITS, milliseconds: 2 * 60_000, events: 2_000_000, patience: 5_000 };
const NO_RUN = { milliseconds: 0, events: 0, patience: 0 };
const MAX_PODS = 3000;
/** Answers are small and kept for many files; whole worlds are not. */
const MAX_KEPT = { check: 50, run: 3 } as const;
/** Not part of what a new world needs to begin with. */
const LEFT_OUT = new Set(['events', 'leases', 'endpoints', 'endpointslices', 'controllerrevisions']);
/** What answers of the API server do not depend on. */
const LEFT_OUT_OF_CHECKS = new Set([...LEFT_OUT, 'pods', 'replicasets']);

/** Results by file, each for one text and one state of the cluster to begin with. */
class Kept<T> {
  private readonly results = new Map<string, { readonly text: string; readonly base: string; readonly result: T }>();
  constructor(private readonly most: number) {}

  get(file: FileText, base: string | undefined): T | undefined {
    const found = this.results.get(file.file);
    return found?.text === file.text && (base === undefined || found.base === base) ? found.result : undefined;
  }

  set({ file, text }: FileText, base: string, result: T): void {
    this.results.delete(file);
    this.results.set(file, { text, base, result });
    const oldest = this.results.keys().next().value;
    if (this.results.size > this.most && oldest !== undefined) this.results.delete(oldest);
  }
}

/** Silent runs in throw-away worlds. */
export class WhatIfs {
  private readonly answers = new Kept<Answers>(MAX_KEPT.check);
  private readonly runs = new Kept<WhatIf>(MAX_KEPT.run);

  /** The run that is known already for this text. */
  knownRun(file: FileText, base: string): WhatIf | undefined { return this.runs.get(file, base); }
  /** The newest answers to this text, even if the cluster has changed since. */
  lastAnswers(file: FileText): Answers | undefined { return this.answers.get(file, undefined); }

  /** What the API server alone says. Rejects with Canceled when nobody waits any more. */
  async check(file: FileText, base: string, world: World | undefined, settings: WorldSettings, call: Call): Promise<Answers> {
    const known = this.answers.get(file, base);
    if (known) return known;
    const { outcomes, complete } = await tryOut(file, 'check', world, settings, call);
    this.answers.set(file, base, { outcomes, complete });
    return { outcomes, complete };
  }

  /** Everything that would follow from creating the file. Rejects with Canceled when nobody waits any more. */
  async run(file: FileText, base: string, world: World | undefined, settings: WorldSettings, call: Call): Promise<WhatIf> {
    const known = this.runs.get(file, base);
    if (known) return known;
    const result = await tryOut(file, 'run', world, settings, call);
    this.runs.set(file, base, result);
    return result;
  }
}

type Depth = 'check' | 'run';

async function tryOut(file: FileText, depth: Depth, world: World | undefined, settings: WorldSettings, call: Call): Promise<WhatIf> {
  // A newer text or a mouse that moved on may have made this needless before it began.
  await breathe();
  if (call.canceled()) throw new Canceled();
  const { documents } = parsed(file);
  const session = new Session({
    seed: settings.seed, objects: objectsOf(file, depth, world, settings),
    ...(world ? { epoch: world.session.cluster.simulation.wallMilliseconds(), deadNodes: deadNodes(world) } : {}), schedulerConfiguration: schedulerConfigurationOf(settings, world),
    // What the first Create will do is foretold only by the same members.
    ...(world ? {} : { etcdMembers: settings.etcdMembers, leaderElection: settings.etcdMembers > 1 }),
    ...(depth === 'check' ? { components: { controllers: true, scheduler: false, kubelets: false } } : {}),
  });
  let complete = true;
  const steps = session.creating(documents, { limits: depth === 'check' ? NO_RUN : RUN_LIMITS, refuseRemoved: settings.refuseRemovedVersions, namespace: settings.namespace });
  const action = await paced(steps, {
    stop: () => {
      if ((session.cluster.api.peek('', 'pods')?.size ?? 0) > MAX_PODS) complete = false;
      return call.canceled() || !complete;
    },
  });
  if (call.canceled()) throw new Canceled();
  return { live: new LiveView(session), outcomes: action.documents, complete };
}

/** The cluster as it is, without what the file itself created and all that came of it. */
function objectsOf(file: FileText, depth: Depth, world: World | undefined, settings: WorldSettings): readonly KubernetesObject[] | undefined {
  if (!world) return settings.cluster ? readCluster(settings.cluster) : undefined;
  const { live } = world;
  const without = depth === 'check' ? LEFT_OUT_OF_CHECKS : LEFT_OUT;
  const own = ownObjects(file, live, settings);
  const objects: KubernetesObject[] = [];
  for (const definition of live.session.cluster.api.registry.all()) {
    if (definition.storedAs || without.has(definition.resource)) continue;
    for (const object of live.list(definition.group, definition.resource)) if (!own.has(object.metadata.uid ?? '')) objects.push(object);
  }
  return objects;
}

/** Nodes that were killed are no more alive in the copy. */
function deadNodes({ session: { cluster: { kubelets } } }: World): ReadonlySet<string> {
  return new Set([...kubelets].filter(([, kubelet]) => !kubelet.running).map(([name]) => name));
}

/** The scheduler of the world that is there; a new world takes that of the settings. */
const schedulerConfigurationOf = (settings: WorldSettings, world: World | undefined): SchedulerConfiguration | undefined => (world ? world.session.cluster.options.schedulerConfiguration : readSchedulerConfiguration(settings.schedulerConfiguration));

function ownObjects(file: FileText, live: LiveView, settings: WorldSettings): ReadonlySet<string> {
  const own = new Set<string>();
  const add = (object: KubernetesObject): void => {
    const { uid } = object.metadata;
    if (!uid || own.has(uid)) return;
    own.add(uid);
    for (const child of live.ownedBy(uid)) add(child);
  };
  for (const document of parsed(file).documents) {
    const object = findDocument(live, document, settings);
    // The objects in a namespace stay: without it they could not be there.
    if (object && object.kind !== 'Namespace') add(object);
    else if (object) own.add(object.metadata.uid ?? '');
  }
  return own;
}

/** The object of the world that has a document's kind and name. */
export function findDocument(live: LiveView, document: { readonly apiVersion: string; readonly kind: string; readonly namespace: string; readonly name: string }, settings: WorldSettings): KubernetesObject | undefined {
  const registry = live.session.cluster.api.registry;
  const definition = registry.forObject(document.apiVersion, document.kind) ?? registry.all().find((d) => d.kind === document.kind && d.group === 'apps');
  if (!definition) return undefined;
  const ref = { ...definition, kind: document.kind, namespace: definition.namespaced ? document.namespace || settings.namespace : '', name: document.name };
  return live.find(ref);
}
