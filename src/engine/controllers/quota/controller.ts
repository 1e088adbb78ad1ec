import type { Pod, ResourceQuota } from '../../api/generated/types';
import { objectKey, type KubernetesObject } from '../../api/object';
import type { Quantity } from '../../api/quantity';
import { addTo, listOf, NOTHING, only, type Amounts } from '../../api/quota/amounts';
import { evaluatorFor, type QuotaEvaluator } from '../../api/quota/evaluators';
import { scopesOf } from '../../api/quota/scopes';
import type { ResourceRegistry } from '../../api/resources/registry';
import { isStatus } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { RESOURCE_QUOTAS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import { BACKGROUND, sleep, type Process } from '../../simulation/process';
import { failed } from '../outcome';
import { isPodTerminal } from '../podUtil';
import { preferredResources, resourceOf } from '../resourcesOf';

const WORKERS = 5;
/** --resource-quota-sync-period: what was made while a quota was not yet known is counted at the latest then. */
const RESYNC = 300_000;

interface Source {
  readonly evaluator: QuotaEvaluator;
  readonly informer: Informer<KubernetesObject>;
  readonly isPods: boolean;
}

/** The resource quota controller: keeps what quotas say is used in step with what is there. */
export function resourceQuotaController(context: ControllerContext, registry: ResourceRegistry): Controller {
  const { client, informers, simulation } = context;
  const quotas = informers.for(RESOURCE_QUOTAS);
  const queue = new WorkQueue(simulation);
  const counted = preferredResources(registry, ['create', 'delete', 'list', 'watch']).filter((d) => d.namespaced && d.resource !== 'events');
  const sources: readonly Source[] = counted.map((d) => (
    { evaluator: evaluatorFor(d.group, d.resource), informer: informers.for(resourceOf(d)), isPods: d.group === '' && d.resource === 'pods' }));
  quotas.addHandler({
    onAdd: (quota) => queue.add(objectKey(quota)),
    // What the admission plugin counts is no news; what a person changes is.
    onUpdate: (before, quota) => { if (!semanticEqual(before.spec, quota.spec)) queue.add(objectKey(quota)); },
  });
  // Only what gives back is looked for: what takes is counted when it is admitted.
  for (const { evaluator, informer, isPods } of sources) {
    const replenish = (object: KubernetesObject): void => {
      for (const quota of quotas.inNamespace(object.metadata.namespace ?? '')) if (coveredBy(evaluator, quota.status?.hard).length > 0) queue.add(objectKey(quota));
    };
    informer.addHandler({
      onUpdate: (before, object) => { if (isPods && !isPodTerminal(before as unknown as Pod) && isPodTerminal(object as unknown as Pod)) replenish(object); },
      onDelete: replenish,
    });
  }

  function* sync(key: string): Process<SyncResult> {
    const quota = quotas.get(key);
    if (quota === undefined) return { outcome: `quota ${key} is gone` };
    const hard = quota.spec?.hard ?? {};
    const used = listOf(usedOf(quota));
    if (semanticEqual(quota.status?.hard, hard) && semanticEqual(quota.status?.used, used)) return { outcome: '' };
    const updated = yield* client.updateStatus(RESOURCE_QUOTAS, { ...quota, status: { hard, used } } as ResourceQuota);
    return isStatus(updated) ? failed(updated) : { outcome: `used: ${Object.entries(used).map(([name, value]) => `${name} ${value} of ${hard[name]}`).join(', ')}` };
  }

  /** CalculateUsage */
  function usedOf(quota: ResourceQuota): Amounts {
    const used = new Map<string, Quantity>();
    const scopes = scopesOf(quota);
    for (const { evaluator, informer } of sources) {
      const names = coveredBy(evaluator, quota.spec?.hard);
      if (names.length === 0) continue;
      addTo(used, new Map(names.map((name) => [name, NOTHING])));
      for (const object of informer.inNamespace(quota.metadata.namespace ?? '')) {
        if (scopes.every(evaluator.scope(object))) addTo(used, only(evaluator.usage(object, simulation.wallMilliseconds()), names));
      }
    }
    return used;
  }
  function* resync(): Process {
    for (;;) {
      yield* sleep(RESYNC);
      for (const quota of quotas.list()) queue.add(objectKey(quota));
    }
  }
  return {
    name: context.name,
    start: () => {
      startWorkers(context, queue, 'resourcequotas', WORKERS, sync);
      simulation.spawn(`${context.name} resync`, resync(), BACKGROUND);
    },
  };
}

/** Of what a quota limits, the resources that a kind uses up. */
const coveredBy = (evaluator: QuotaEvaluator, hard: { readonly [name: string]: string } | undefined): readonly string[] => Object.keys(hard ?? {}).filter((name) => evaluator.covers(name));
