import type { Endpoints, Pod, Service } from '../../api/generated/types';
import { objectKey, splitKey, type NewObject } from '../../api/object';
import { isStatus } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import { ENDPOINTS, PODS, SERVICES } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import { sleep, type Process } from '../../simulation/process';
import { withAnnotations } from '../objects';
import type { Labels } from '../../api/selectors';
import { atMost, failed, isFailure, isNamespaceTerminating, isNotFound, messageOf } from '../outcome';
import { busyTime, indexPodsByLabel, isHeadless, podsOfService, servicesOfPod, servicesToUpdate, TriggerTimeTracker, withTriggerTime } from './services';
import { sameSubsets, subsetsOf, truncate } from './subsets';

const WORKERS = 5;
const MAX_RETRIES = 15;
const HEADLESS = 'service.kubernetes.io/headless';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

/** The endpoints controller: the addresses of a service's pods in one object of the service's name. */
export function endpointsController(context: ControllerContext): Controller {
  const { informers, client, events } = context;
  const services = informers.for(SERVICES), pods = informers.for(PODS), endpoints = informers.for(ENDPOINTS);
  const queue = new WorkQueue(context.simulation, { baseDelay: 1000, maxDelay: 1_000_000 });
  const triggerTimes = new TriggerTimeTracker();
  const enqueue = (object: Service | Endpoints): void => queue.add(objectKey(object));
  const enqueueAll = (keys: Iterable<string>): void => { for (const key of keys) queue.add(key); };
  indexPodsByLabel(pods);
  services.addHandler({ onAdd: enqueue, onUpdate: (_, service) => enqueue(service), onDelete: enqueue });
  pods.addHandler({
    onAdd: (pod) => enqueueAll(servicesOfPod(services, pod)),
    onUpdate: (before, pod) => enqueueAll(servicesToUpdate(services, before, pod)),
    onDelete: (pod) => enqueueAll(servicesOfPod(services, pod)),
  });
  endpoints.addHandler({ onDelete: enqueue });

  function* sync(key: string): Process<SyncResult> {
    const service = services.get(key);
    if (service === undefined) return yield* remove(key);
    if (service.spec.type === 'ExternalName') return { outcome: 'an external name has no endpoints' };
    if (Object.keys(service.spec.selector ?? {}).length === 0) return { outcome: 'no selector: its endpoints are managed by hand' };
    const selected: readonly Pod[] = [...podsOfService(pods, service)];
    const time = triggerTimes.compute(service, selected);
    const { subsets, truncated } = truncate(subsetsOf(service, selected));
    const current = endpoints.get(key);
    if (current && sameSubsets(current.subsets, subsets) && semanticEqual(ownLabels(current), service.metadata.labels) && (current.metadata.annotations?.[OVER_CAPACITY] !== undefined) === truncated) {
      return { outcome: '' };
    }
    yield* sleep(busyTime(selected.length));
    const { labels, annotations } = metadataFor(service, current, time, truncated);
    const written = current
      ? yield* client.update(ENDPOINTS, { ...current, metadata: withAnnotations({ ...current.metadata, labels }, annotations), subsets })
      : yield* client.create(ENDPOINTS, service.metadata.namespace ?? '', { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: service.metadata.name, labels, ...(annotations ? { annotations } : {}) }, subsets } as NewObject<Endpoints>);
    if (!isStatus(written)) return { outcome: `ready addresses: ${subsets.reduce((n, s) => n + (s.addresses?.length ?? 0), 0)}` };
    if (current === undefined && isNamespaceTerminating(written)) return { outcome: messageOf(written) };
    const reason = current ? 'FailedToUpdateEndpoint' : 'FailedToCreateEndpoint';
    events.eventOn({ kind: 'Endpoints', apiVersion: 'v1', namespace: service.metadata.namespace, name: service.metadata.name }, 'Warning', reason,
      `Failed to ${current ? 'update' : 'create'} endpoint for service ${key}: ${messageOf(written)}`);
    return failed(written);
  }

  function* remove(key: string): Process<SyncResult> {
    triggerTimes.forget(key);
    const { namespace, name } = splitKey(key);
    const deleted = yield* client.delete(ENDPOINTS, namespace, name);
    return isFailure(deleted) && !isNotFound(deleted) ? failed(deleted) : { outcome: `service ${key} is gone: so are its endpoints` };
  }

  return { name: context.name, start: () => startWorkers(context, queue, 'services', WORKERS, function* (key) { return atMost(MAX_RETRIES, queue, key, yield* sync(key)); }) };
}

/** The labels that came from the service. */
function ownLabels(endpoints: Endpoints): Labels {
  const { [HEADLESS]: _, [MANAGED_BY]: __, ...rest } = endpoints.metadata.labels ?? {};
  return rest;
}

function metadataFor(service: Service, current: Endpoints | undefined, time: string | undefined, truncated: boolean): Pick<Endpoints['metadata'], 'labels' | 'annotations'> {
  const { [HEADLESS]: _, ...labels } = service.metadata.labels ?? {};
  const { [OVER_CAPACITY]: __, ...annotations } = withTriggerTime(current?.metadata.annotations, time) ?? {};
  const all = truncated ? { ...annotations, [OVER_CAPACITY]: 'truncated' } : annotations;
  return { labels: { ...labels, ...(isHeadless(service) ? { [HEADLESS]: '' } : {}), [MANAGED_BY]: 'endpoint-controller' }, annotations: Object.keys(all).length > 0 ? all : undefined };
}
