import type { Pod, ResourceQuota } from '../../api/generated/types';
import { objectKey, type KubernetesObject } from '../../api/object';
import { quantityOf } from '../../api/quantity';
import type { ResourceDefinition } from '../../api/resources/definition';
import type { ResourceRegistry } from '../../api/resources/registry';
import { isStatus } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { RESOURCE_QUOTAS } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import type { Process } from '../../simulation/process';
import { failed } from '../outcome';
import { isPodTerminal } from '../podUtil';
import { preferredResources, resourceOf } from '../resourcesOf';
import { isInScope, masked, sum, usageOf, type ResourceList } from './usage';

const WORKERS = 5;
/** Kinds whose objects use something else than being there. */
const COMPUTED: ReadonlySet<string> = new Set(['pods', 'services', 'persistentvolumeclaims']);

/** The resource quota controller: keeps what quotas say is used in step with what is there. */
export function resourceQuotaController(context: ControllerContext, registry: ResourceRegistry): Controller {
  const { client, informers, simulation } = context;
  const quotas = informers.for(RESOURCE_QUOTAS);
  const queue = new WorkQueue(simulation);
  const counted = preferredResources(registry, ['create', 'delete', 'list', 'watch']).filter((d) => d.namespaced && d.resource !== 'events');
  const sources: readonly { readonly definition: ResourceDefinition; readonly informer: Informer<KubernetesObject> }[] = counted.map((definition) => ({ definition, informer: informers.for(resourceOf(definition)) }));
  quotas.addHandler({
    onAdd: (quota) => queue.add(objectKey(quota)),
    // What the admission plugin counts is no news; what a person changes is.
    onUpdate: (before, quota) => { if (!semanticEqual(before.spec, quota.spec)) queue.add(objectKey(quota)); },
  });
  // Only what gives back is looked for: what takes is counted when it is admitted.
  for (const { definition, informer } of sources) {
    const names = namesOf(definition);
    const replenish = (object: KubernetesObject): void => { for (const quota of quotas.inNamespace(object.metadata.namespace ?? '')) if (limits(quota, names, definition)) queue.add(objectKey(quota)); };
    informer.addHandler({
      onUpdate: (before, object) => { if (definition.resource === 'pods' && definition.group === '' && !isPodTerminal(before as unknown as Pod) && isPodTerminal(object as unknown as Pod)) replenish(object); },
      onDelete: replenish,
    });
  }

  function* sync(key: string): Process<SyncResult> {
    const quota = quotas.get(key);
    if (quota === undefined) return { outcome: `quota ${key} is gone` };
    const hard = quota.spec?.hard ?? {};
    let usage: ResourceList = Object.fromEntries(Object.keys(hard).map((name) => [name, quantityOf(0)]));
    for (const { definition, informer } of sources) {
      if (!limits(quota, namesOf(definition), definition)) continue;
      for (const object of informer.inNamespace(quota.metadata.namespace ?? '')) {
        if (isInScope(quota, definition.resource, object)) usage = sum(usage, masked(usageOf(definition.group, definition.resource, object, simulation.wallMilliseconds()), quota));
      }
    }
    const used = Object.fromEntries(Object.entries(usage).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, quantity]) => [name, quantity.text]));
    if (semanticEqual(quota.status?.hard, hard) && semanticEqual(quota.status?.used, used)) return { outcome: '' };
    const updated = yield* client.updateStatus(RESOURCE_QUOTAS, { ...quota, status: { hard, used } } as ResourceQuota);
    return isStatus(updated) ? failed(updated) : { outcome: `used: ${Object.entries(used).map(([name, value]) => `${name} ${value} of ${hard[name]}`).join(', ')}` };
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'resourcequotas', WORKERS, sync) };
}

/** The names by which quotas may limit a kind, apart from what its objects ask for. */
const namesOf = (d: ResourceDefinition): ReadonlySet<string> => new Set([`count/${d.resource}${d.group ? `.${d.group}` : ''}`, ...(d.group === '' ? [d.resource] : [])]);

function limits(quota: ResourceQuota, names: ReadonlySet<string>, definition: ResourceDefinition): boolean {
  const hard = Object.keys(quota.spec?.hard ?? {});
  return hard.some((name) => names.has(name)) || (definition.group === '' && COMPUTED.has(definition.resource) && hard.some((name) => !name.startsWith('count/')));
}
