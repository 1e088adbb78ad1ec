import type { EndpointSlice, Node, Service } from '../../api/generated/types';
import { objectKey, type NewObject, type ObjectWithMeta } from '../../api/object';
import { isStatus, type Status } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { ENDPOINT_SLICES, NODES, PODS, SERVICES } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import { sleep, type Process } from '../../simulation/process';
import { busyTime, indexPodsByLabel, podsOfService, servicesOfPod, servicesToUpdate, TriggerTimeTracker, withTriggerTime } from '../endpoints/services';
import { newControllerRef, withAnnotations } from '../objects';
import { atMost, isFailure, isNamespaceTerminating, isNotFound, messageOf } from '../outcome';
import { addressTypes, desiredEndpoints, MANAGED_BY, reconcileSlices, SERVICE_NAME, sliceLabels, type DesiredSlice } from './reconcile';
import { SliceTracker } from './tracker';

const WORKERS = 5;
const MAX_RETRIES = 15;
const MANAGER = 'endpointslice-controller.k8s.io';
export const BY_SERVICE = 'service';

/** Slices by the service and the controller that they are managed by. */
export function indexByService(slices: Informer<EndpointSlice>): void {
  slices.addIndex(BY_SERVICE, (slice) => [sliceKey(slice.metadata.labels?.[MANAGED_BY] ?? '', slice)]);
}
export const sliceKey = (manager: string, slice: EndpointSlice): string => `${manager} ${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_NAME] ?? ''}`;

/** The endpoint slice controller: the endpoints of a service's pods, in slices of at most 100. */
export function endpointSliceController(context: ControllerContext): Controller {
  const { informers, events } = context;
  const services = informers.for(SERVICES), pods = informers.for(PODS), slices = informers.for(ENDPOINT_SLICES), nodes = informers.for(NODES);
  const queue = new WorkQueue(context.simulation, { baseDelay: 1000, maxDelay: 1_000_000 });
  const triggerTimes = new TriggerTimeTracker();
  const tracker = new SliceTracker();
  const enqueue = (service: Service): void => queue.add(objectKey(service));
  const enqueueAll = (keys: Iterable<string>): void => { for (const key of keys) queue.add(key); };
  indexPodsByLabel(pods);
  indexByService(slices);
  services.addHandler({ onAdd: enqueue, onUpdate: (_, service) => enqueue(service), onDelete: enqueue });
  pods.addHandler({
    onAdd: (pod) => enqueueAll(servicesOfPod(services, pod)),
    onUpdate: (before, pod) => enqueueAll(servicesToUpdate(services, before, pod)),
    onDelete: (pod) => enqueueAll(servicesOfPod(services, pod)),
  });
  const serviceOf = (slice: EndpointSlice): string => `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_NAME] ?? ''}`;
  const isOurs = (slice: EndpointSlice): boolean => slice.metadata.labels?.[MANAGED_BY] === MANAGER;
  const changed = (slice: EndpointSlice): void => { if (isOurs(slice) && tracker.isForeign(serviceOf(slice), slice)) queue.add(serviceOf(slice)); };
  slices.addHandler({
    onAdd: changed, onUpdate: (_, slice) => changed(slice),
    onDelete: (slice) => { if (isOurs(slice) && tracker.gone(serviceOf(slice), slice)) queue.add(serviceOf(slice)); },
  });

  function* sync(key: string): Process<SyncResult> {
    const service = services.get(key);
    if (service === undefined) { triggerTimes.forget(key); tracker.forget(key); return { outcome: `service ${key} is gone: the garbage collector takes its slices` }; }
    if (service.spec.type === 'ExternalName' || Object.keys(service.spec.selector ?? {}).length === 0) return { outcome: 'no selector: its endpoints are managed by hand' };
    const existing = [...slices.byIndex(BY_SERVICE, `${MANAGER} ${key}`)].filter((slice) => slice.metadata.deletionTimestamp === undefined);
    if (tracker.isStale(key, existing)) return { error: 'EndpointSlice informer cache is out of date' };
    const selected = [...podsOfService(pods, service)];
    const time = triggerTimes.compute(service, selected);
    yield* sleep(busyTime(selected.length));
    const writer = new SliceWriter(context, tracker, { object: service, kind: 'Service', labels: sliceLabels(service, MANAGER) }, key, time);
    for (const slice of existing) if (!addressTypes(service).includes(slice.addressType)) yield* writer.remove(slice);
    for (const type of addressTypes(service)) {
      const desired = desiredEndpoints(service, selected, type, (name): Node | undefined => nodes.get(name));
      const failure = yield* writer.apply(reconcileSlices(existing.filter((slice) => slice.addressType === type), type, desired, (slice) => writer.labelsChanged(slice)));
      if (failure === undefined) continue;
      events.event(service, 'Warning', 'FailedToUpdateEndpointSlices', `Error updating Endpoint Slices for Service ${key}: ${messageOf(failure)}`);
      return { error: messageOf(failure) };
    }
    return { outcome: writer.outcome };
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'services', WORKERS, function* (key) { return atMost(MAX_RETRIES, queue, key, yield* sync(key)); }) };
}

/** Whose slices are written: a service, or an Endpoints object that is mirrored. */
export interface SliceOwner {
  readonly object: ObjectWithMeta;
  readonly kind: 'Service' | 'Endpoints';
  readonly labels: { readonly [key: string]: string };
  /** Annotations that every slice has, besides the trigger time. */
  readonly annotations?: { readonly [key: string]: string };
}

/** Writes the slices of one service: creates, then updates, then deletions. */
export class SliceWriter {
  outcome = '';

  constructor(private readonly context: ControllerContext, private readonly tracker: SliceTracker, private readonly owner: SliceOwner, private readonly key: string, private readonly time: string | undefined) {}

  labelsChanged(slice: EndpointSlice): boolean { return !semanticEqual(slice.metadata.labels, this.owner.labels); }

  *apply(changes: ReturnType<typeof reconcileSlices>): Process<Status | undefined> {
    for (const slice of changes.create) {
      const failure = yield* this.create(slice);
      if (failure) return isNamespaceTerminating(failure) ? undefined : failure;
    }
    for (const slice of changes.update) {
      const failure = yield* this.update(slice, slice.existing as EndpointSlice);
      if (failure) return failure;
    }
    for (const slice of changes.remove) {
      const failure = yield* this.remove(slice);
      if (failure) return failure;
    }
    return undefined;
  }

  private *create(slice: DesiredSlice): Process<Status | undefined> {
    const { object, kind, labels } = this.owner;
    const annotations = withTriggerTime(this.owner.annotations, this.time);
    const created = yield* this.context.client.create(ENDPOINT_SLICES, object.metadata.namespace ?? '', {
      apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice',
      metadata: { generateName: `${object.metadata.name}-`, labels, ...(annotations ? { annotations } : {}), ownerReferences: [newControllerRef(object, 'v1', kind)] },
      addressType: slice.addressType, endpoints: slice.endpoints, ports: slice.ports,
    } as NewObject<EndpointSlice>);
    if (isStatus(created)) return created;
    this.tracker.written(this.key, created);
    this.outcome = `${slice.endpoints.length} endpoints in the new slice ${created.metadata.name}`;
    return undefined;
  }

  private *update(slice: DesiredSlice, existing: EndpointSlice): Process<Status | undefined> {
    const annotations = withTriggerTime({ ...existing.metadata.annotations, ...this.owner.annotations }, this.time);
    const updated = yield* this.context.client.update(ENDPOINT_SLICES, {
      ...existing, metadata: withAnnotations({ ...existing.metadata, labels: this.owner.labels }, annotations), endpoints: slice.endpoints, ports: slice.ports,
    });
    if (isStatus(updated)) return updated;
    this.tracker.written(this.key, updated);
    this.outcome = `${slice.endpoints.length} endpoints in ${existing.metadata.name}`;
    return undefined;
  }

  *remove(slice: EndpointSlice): Process<Status | undefined> {
    const deleted = yield* this.context.client.delete(ENDPOINT_SLICES, slice.metadata.namespace ?? '', slice.metadata.name);
    if (isFailure(deleted) && !isNotFound(deleted)) return deleted;
    this.tracker.deleted(this.key, slice);
    return undefined;
  }
}
