import type { Pod } from '../api/generated/types';
import { SchedulerCache } from './cache';
import { DEFAULT_CONFIGURATION, type SchedulerConfiguration } from './configuration';
import { NO_DETAIL, type SchedulingDecision } from './decision';
import type { ApiWrite, CycleState, Handle, Plugin, PluginFactory, Random, Status } from './framework';
import type { Listers } from './listers';
import { podInfoOf, type PodInfo } from './podInfo';
import { PLUGINS } from './plugins/registry';
import { Framework } from './profile';
import { schedulePod, type Attempt, type SearchPosition } from './schedulePod';

export interface SchedulerCoreOptions {
  readonly configuration?: SchedulerConfiguration;
  readonly cache?: SchedulerCache;
  readonly listers: Listers;
  readonly random: Random;
  /** Pods that preemption has promised a node; the queue keeps them. */
  readonly nominatedPodsForNode?: (nodeName: string) => readonly PodInfo[];
  /** Saves asking for every node while there are none. */
  readonly hasNominatedPods?: () => boolean;
  /** Plugins besides the built-in ones, or in their place. */
  readonly plugins?: ReadonlyMap<string, PluginFactory>;
}

const NOBODY: readonly PodInfo[] = [];
/** What the API server writes into the condition of a pod that is created with gates. */
export const GATED_MESSAGE = 'Scheduling is blocked due to non-empty scheduling gates';

/**
 * The scheduler's decisions without its process: no clock, no requests. One attempt is attempt(); where it succeeds, assume() and
 * reserve() record it, bindWrites() says what to send, and forget() takes it back.
 */
export class SchedulerCore {
  readonly configuration: SchedulerConfiguration;
  readonly cache: SchedulerCache;
  readonly listers: Listers;
  readonly frameworks: ReadonlyMap<string, Framework>;
  readonly #handles = new Map<string, Handle>();
  readonly #position: SearchPosition = { nextStartNodeIndex: 0 };

  constructor(options: SchedulerCoreOptions) {
    this.configuration = options.configuration ?? DEFAULT_CONFIGURATION;
    this.cache = options.cache ?? new SchedulerCache();
    this.listers = options.listers;
    const factories = options.plugins ? new Map([...PLUGINS, ...options.plugins]) : PLUGINS;
    const frameworks = new Map<string, Framework>();
    for (const profile of this.configuration.profiles) {
      const framework = (): Framework => {
        const made = frameworks.get(profile.schedulerName);
        if (!made) throw new Error(`profile "${profile.schedulerName}" is used before it is made`);
        return made;
      };
      const handle: Handle = {
        snapshot: this.cache, listers: options.listers, random: options.random,
        nominatedPodsForNode: options.nominatedPodsForNode ?? (() => NOBODY),
        hasNominatedPods: options.hasNominatedPods ?? (() => options.nominatedPodsForNode !== undefined),
        runFilterPluginsWithNominatedPods: (state, pod, node) => framework().runFiltersWithNominated(state, pod, node),
        runAddPod: (state, pod, added, node) => framework().runAddPod(state, pod, added, node),
        runRemovePod: (state, pod, removed, node) => framework().runRemovePod(state, pod, removed, node),
      };
      this.#handles.set(profile.schedulerName, handle);
      frameworks.set(profile.schedulerName, new Framework(profile, factories, handle));
    }
    this.frameworks = frameworks;
  }

  /** The profile that is responsible for the pod; undefined: another scheduler's pod. */
  frameworkFor(pod: Pod): Framework | undefined { return this.frameworks.get(pod.spec?.schedulerName ?? 'default-scheduler'); }

  /** One attempt for a pod that passed PreEnqueue. Gated pods and those of other schedulers get a decision that says so. */
  attempt(pod: Pod): Attempt | { readonly decision: SchedulingDecision } {
    const info = podInfoOf(pod);
    const framework = this.frameworkFor(pod);
    const handle = framework && this.#handles.get(framework.name);
    if (!framework || !handle) return { decision: withoutAttempt(info, pod.spec?.schedulerName ?? '', 'ignored', '') };
    if (pod.spec?.schedulingGates?.length) return { decision: { ...withoutAttempt(info, framework.name, 'gated', GATED_MESSAGE), reason: 'SchedulingGated', unschedulablePlugins: ['SchedulingGates'] } };
    return schedulePod(framework, handle, info, this.#position, this.configuration.percentageOfNodesToScore);
  }

  /** Counts the pod on its node and runs Reserve and Permit. A refusal undoes both; it is why the attempt failed after all. */
  assume(pod: Pod, nodeName: string, state: CycleState): Status | undefined {
    const info = podInfoOf(pod);
    this.cache.assumePod(info, nodeName);
    const framework = this.frameworkFor(pod);
    for (const [point, run] of [['reserve', (p: Plugin) => p.reserve?.(state, info, nodeName)], ['permit', (p: Plugin) => p.permit?.(state, info, nodeName)]] as const) {
      for (const plugin of framework?.at(point) ?? []) {
        const status = run(plugin);
        if (!status || status.code === 'Wait') continue;
        this.forget(pod, nodeName, state);
        return status;
      }
    }
    return undefined;
  }

  /** Takes back assume() after a failed binding. */
  forget(pod: Pod, nodeName: string, state: CycleState): void {
    const info = podInfoOf(pod);
    for (const plugin of this.frameworkFor(pod)?.at('reserve').toReversed() ?? []) plugin.unreserve?.(state, info, nodeName);
    this.cache.forgetPod(info.key);
  }

  /** What must be written before the pod may be bound, and the binding itself. */
  bindWrites(pod: Pod, nodeName: string, state: CycleState): { readonly preBind: readonly ApiWrite[]; readonly bind: readonly ApiWrite[] } {
    const info = podInfoOf(pod);
    const framework = this.frameworkFor(pod);
    const binder = framework?.at('bind')[0];
    return {
      preBind: (framework?.at('preBind') ?? []).flatMap((plugin) => plugin.preBind?.(state, info, nodeName) ?? []),
      bind: binder?.bind?.(state, info, nodeName) ?? [],
    };
  }
}

function withoutAttempt(pod: PodInfo, profile: string, outcome: 'gated' | 'ignored', message: string): SchedulingDecision {
  return {
    namespace: pod.namespace, name: pod.name, uid: pod.pod.metadata.uid, profile, outcome, message, totalNodes: 0, evaluatedNodes: 0, feasibleNodes: 0, victims: [], ties: 0, unschedulablePlugins: [], detail: NO_DETAIL,
  };
}
