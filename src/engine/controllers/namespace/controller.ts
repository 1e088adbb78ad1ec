import type { Namespace } from '../../api/generated/types';
import type { ResourceRegistry } from '../../api/resources/registry';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import { NAMESPACES } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import type { Process } from '../../simulation/process';
import { preferredResources } from '../resourcesOf';
import { NamespaceDeleter } from './deleter';

const WORKERS = 10;
/** Before a namespace's content is deleted, other API servers may still be writing to it. */
const GRACE_PERIOD = 5000;

/** The namespace controller: deletes what is in a namespace that is being deleted. */
export function namespaceController(context: ControllerContext, registry: ResourceRegistry): Controller {
  const queue = new WorkQueue(context.simulation, { baseDelay: 5, maxDelay: 60_000 });
  // The original goes through a map, in no order. Backwards, dependents (replica sets) go before their owners (deployments): the least ado.
  const deleter = new NamespaceDeleter(context, () => preferredResources(registry, ['delete']).filter((definition) => definition.namespaced).reverse());
  const enqueue = (namespace: Namespace): void => {
    if (namespace.metadata.deletionTimestamp !== undefined) queue.addAfter(namespace.metadata.name, GRACE_PERIOD, `deletion of the content of namespace ${namespace.metadata.name}`);
  };
  context.informers.for(NAMESPACES).addHandler({ onAdd: enqueue, onUpdate: (_, namespace) => enqueue(namespace) });

  function* sync(name: string): Process<SyncResult> {
    const result = yield* deleter.delete(name);
    const estimate = result.estimateSeconds ?? 0;
    if (result.error === undefined && estimate > 0) queue.addAfter(name, (Math.floor(estimate / 2) + 1) * 1000, `content of namespace ${name} to be gone`);
    return result;
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'namespaces', WORKERS, sync) };
}
