import type { ExtensionPoint, PluginRef, SchedulerProfile } from './configuration';
import { EXTENSION_POINTS } from './configuration';
import type { CycleState, PreFilterResult} from './framework';
import { SKIP, Status, unresolvable, type Handle, type NodeToStatus, type Plugin, type PluginFactory, type PostFilterResult } from './framework';
import type { NodeInfo } from './nodeInfo';
import type { PodInfo } from './podInfo';

/** Which method makes a plugin part of an extension point. */
const METHODS: { readonly [point in ExtensionPoint]: keyof Plugin } = {
  preEnqueue: 'preEnqueue', queueSort: 'less', preFilter: 'preFilter', filter: 'filter', postFilter: 'postFilter', preScore: 'preScore', score: 'score', reserve: 'reserve', permit: 'permit',
  preBind: 'preBind', bind: 'bind', postBind: 'postBind',
};

export interface PreFilterOutcome {
  /** Why the pod as a whole is refused. */
  readonly status?: Status;
  /** Only these nodes come into question; undefined: all. */
  readonly nodeNames?: ReadonlySet<string>;
  /** The plugins that narrowed the nodes down. */
  readonly narrowedBy: readonly string[];
}

/** A profile's plugins, made and put in order: frameworkImpl. */
export class Framework {
  readonly name: string;
  readonly percentageOfNodesToScore: number | undefined;
  readonly plugins: ReadonlyMap<string, Plugin>;
  readonly scoreWeights: ReadonlyMap<string, number>;
  readonly #points = new Map<ExtensionPoint, readonly Plugin[]>();
  readonly #filters: readonly Plugin[];
  readonly #preFilters: readonly Plugin[];

  constructor(profile: SchedulerProfile, factories: ReadonlyMap<string, PluginFactory>, readonly handle: Handle) {
    this.name = profile.schedulerName;
    this.percentageOfNodesToScore = profile.percentageOfNodesToScore;
    this.plugins = makePlugins(profile, factories, handle);
    for (const point of EXTENSION_POINTS) this.#points.set(point, this.#expand(profile, point));
    this.scoreWeights = new Map(this.at('score').map((plugin) => [plugin.name, weightOf(profile, plugin.name)]));
    this.#filters = this.at('filter');
    this.#preFilters = this.at('preFilter');
  }

  at(point: ExtensionPoint): readonly Plugin[] { return this.#points.get(point) ?? []; }

  /** expandMultiPointPlugins: what a point names itself overrides multiPoint; overrides come first, own additions last. */
  #expand(profile: SchedulerProfile, point: ExtensionPoint): readonly Plugin[] {
    const own = (profile.plugins[point]?.enabled ?? []).map((p) => p.name);
    const off = new Set((profile.plugins[point]?.disabled ?? []).map((p) => p.name));
    const multi = off.has('*') ? [] : (profile.plugins.multiPoint?.enabled ?? []).map((p) => p.name).filter((name) => !off.has(name));
    const names = [...own.filter((name) => multi.includes(name)), ...multi.filter((name) => !own.includes(name)), ...own.filter((name) => !multi.includes(name))];
    return names.flatMap((name) => this.plugins.get(name) ?? []).filter((plugin) => plugin[METHODS[point]] !== undefined);
  }

  runPreEnqueue(pod: PodInfo): Status | undefined {
    for (const plugin of this.at('preEnqueue')) {
      const status = plugin.preEnqueue?.(pod);
      if (status) return status;
    }
    return undefined;
  }

  runPreFilter(state: CycleState, pod: PodInfo): PreFilterOutcome {
    const outcome = this.#runPreFilter(state, pod);
    state.filters = this.#filters.filter((plugin) => !state.skipFilter.has(plugin.name));
    return outcome;
  }

  #runPreFilter(state: CycleState, pod: PodInfo): PreFilterOutcome {
    const skipped = new Set<string>();
    const narrowedBy: string[] = [];
    let nodeNames: ReadonlySet<string> | undefined;
    let refused: Status | undefined;
    state.skipFilter = skipped;
    for (const plugin of this.#preFilters) {
      const result = plugin.preFilter?.(state, pod);
      if (result === undefined) continue;
      if (result === SKIP) { skipped.add(plugin.name); continue; }
      if (result instanceof Status) {
        if (result.code !== 'Unschedulable') return { status: result.code === 'Error' ? wrapped('PreFilter plugin', result) : result, narrowedBy: [] };
        // Preemption may help: the other plugins' states are needed for it.
        refused = result;
        continue;
      }
      narrowedBy.push(plugin.name);
      nodeNames = intersect(nodeNames, result);
      if (nodeNames.size === 0) return { status: unresolvable('', noNodeLeft(narrowedBy)), nodeNames, narrowedBy };
    }
    return { ...(refused ? { status: refused } : {}), ...(nodeNames ? { nodeNames } : {}), narrowedBy: narrowedBy.sort() };
  }

  runFilters(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const filters = state.filters ?? this.#filters;
    for (let i = 0; i < filters.length; i++) {
      const status = filters[i]?.filter?.(state, pod, node);
      if (status) return status.rejected ? status : new Status('Error', status.plugin, [`running "${status.plugin}" filter plugin: ${status.message}`]);
    }
    return undefined;
  }

  /** RunFilterPluginsWithNominatedPods: must fit with and without the pods that are nominated to the node. */
  runFiltersWithNominated(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    if (!this.handle.hasNominatedPods()) return this.runFilters(state, pod, node);
    const counted = this.handle.nominatedPodsForNode(node.name).filter((other) => other.priority >= pod.priority && other.key !== pod.key);
    if (counted.length > 0) {
      const copy = node.clone();
      const stateCopy = state.clone();
      for (const other of counted) {
        copy.addPod(other);
        this.runAddPod(stateCopy, pod, other, copy);
      }
      const status = this.runFilters(stateCopy, pod, copy);
      if (status) return status;
    }
    return this.runFilters(state, pod, node);
  }

  runAddPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#preFilters) if (plugin.addPod && !state.skipFilter.has(plugin.name)) plugin.addPod(state, pod, added, node);
  }

  runRemovePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#preFilters) if (plugin.removePod && !state.skipFilter.has(plugin.name)) plugin.removePod(state, pod, removed, node);
  }

  /** Until one succeeds, fails for good or breaks; else the last nomination and all reasons together. */
  runPostFilter(state: CycleState, pod: PodInfo, statuses: NodeToStatus): PostFilterResult {
    const reasons: string[] = [];
    let result: PostFilterResult = {};
    let rejector = '';
    for (const plugin of this.at('postFilter')) {
      const answer = plugin.postFilter?.(state, pod, statuses) ?? {};
      if (!answer.status || answer.status.code === 'UnschedulableAndUnresolvable') return answer;
      if (!answer.status.rejected) return { status: answer.status };
      if (answer.nominatedNodeName !== undefined) result = answer;
      reasons.push(...answer.status.reasons);
      rejector ||= plugin.name;
    }
    return { ...result, status: new Status('Unschedulable', rejector, reasons) };
  }
}

function makePlugins(profile: SchedulerProfile, factories: ReadonlyMap<string, PluginFactory>, handle: Handle): ReadonlyMap<string, Plugin> {
  const names = new Set(Object.values(profile.plugins).flatMap((set) => (set.enabled ?? []).map((p) => p.name)));
  const plugins = new Map<string, Plugin>();
  for (const name of names) {
    const factory = factories.get(name);
    if (factory) plugins.set(name, factory(profile.pluginConfig.get(name) ?? {}, handle));
  }
  return plugins;
}

/** The score point's own weight wins over multiPoint's; none means 1. */
function weightOf(profile: SchedulerProfile, name: string): number {
  const find = (refs: readonly PluginRef[] | undefined): number | undefined => refs?.find((p) => p.name === name)?.weight;
  return find(profile.plugins.score?.enabled) ?? find(profile.plugins.multiPoint?.enabled) ?? 1;
}

const intersect = (names: ReadonlySet<string> | undefined, { nodeNames }: PreFilterResult): ReadonlySet<string> => (names ? new Set([...names].filter((name) => nodeNames.has(name))) : nodeNames);

function noNodeLeft(plugins: readonly string[]): string {
  return plugins.length === 1 ? `node(s) didn't satisfy plugin ${plugins[0] ?? ''}` : `node(s) didn't satisfy plugin(s) [${[...plugins].sort().join(' ')}] simultaneously`;
}

const wrapped = (what: string, status: Status): Status => new Status('Error', status.plugin, [`running ${what} "${status.plugin}": ${status.message}`]);
