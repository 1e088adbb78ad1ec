import type { Endpoint, Endpoints, EndpointSlice, EndpointSubset, Service } from '../../api/generated/types';
import { objectKey } from '../../api/object';
import { startWorkers, type Controller, type ControllerContext, type SyncResult } from '../../client/controller';
import { ENDPOINT_SLICES, ENDPOINTS, SERVICES } from '../../client/resources';
import { WorkQueue } from '../../client/workQueue';
import type { Process } from '../../simulation/process';
import { isIPv6, TRIGGER_TIME } from '../endpoints/services';
import { atMost, messageOf } from '../outcome';
import { BY_SERVICE, indexByService, SliceWriter } from './controller';
import { identity, MANAGED_BY, reconcileSlices, SERVICE_NAME, type desiredEndpoints } from './reconcile';
import { SliceTracker } from './tracker';

const WORKERS = 5;
const MAX_RETRIES = 15;
/** --mirroring-max-endpoints-per-subset */
const MAX_ENDPOINTS_PER_SUBSET = 1000;
const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const NOT_COPIED: ReadonlySet<string> = new Set(['kubectl.kubernetes.io/last-applied-configuration', TRIGGER_TIME]);

/** The endpoint slice mirroring controller: Endpoints that people write by hand, for services without a selector, as slices. */
export function endpointSliceMirroringController(context: ControllerContext): Controller {
  const { informers, events } = context;
  const services = informers.for(SERVICES), endpoints = informers.for(ENDPOINTS), slices = informers.for(ENDPOINT_SLICES);
  const queue = new WorkQueue(context.simulation, { baseDelay: 1000, maxDelay: 1_000_000 });
  const tracker = new SliceTracker();
  indexByService(slices);
  // Endpoints that the endpoints controller keeps have slices of their own.
  const enqueue = (object: Endpoints | Service): void => { if (hasMirrored(objectKey(object)) || mirrors(objectKey(object))) queue.add(objectKey(object)); };
  endpoints.addHandler({ onAdd: enqueue, onUpdate: (_, object) => enqueue(object), onDelete: enqueue });
  services.addHandler({ onAdd: enqueue, onUpdate: (_, service) => enqueue(service), onDelete: enqueue });
  slices.addHandler({
    onUpdate: (_, slice) => { if (isOurs(slice) && tracker.isForeign(serviceOf(slice), slice)) queue.add(serviceOf(slice)); },
    onDelete: (slice) => { if (isOurs(slice) && tracker.gone(serviceOf(slice), slice)) queue.add(serviceOf(slice)); },
  });

  const mirroredOf = (key: string): readonly EndpointSlice[] => [...slices.byIndex(BY_SERVICE, `${MANAGER} ${key}`)].filter((slice) => slice.metadata.deletionTimestamp === undefined);
  function hasMirrored(key: string): boolean { return mirroredOf(key).length > 0; }

  function mirrors(key: string): boolean {
    const object = endpoints.get(key), service = services.get(key);
    return object !== undefined && service !== undefined && Object.keys(service.spec.selector ?? {}).length === 0
      && object.metadata.labels?.[SKIP_MIRROR] !== 'true' && object.metadata.annotations?.[LEADER] === undefined;
  }

  function* sync(key: string): Process<SyncResult> {
    const object = endpoints.get(key);
    const existing = mirroredOf(key);
    if (object === undefined || !mirrors(key)) {
      const writer = new SliceWriter(context, tracker, { object: object ?? (existing[0] as EndpointSlice), kind: 'Endpoints', labels: {} }, key, undefined);
      for (const slice of existing) {
        const failure = yield* writer.remove(slice);
        if (failure) return { error: messageOf(failure) };
      }
      return { outcome: existing.length > 0 ? 'its slices are deleted: nothing is to be mirrored' : '' };
    }
    if (tracker.isStale(key, existing)) return { error: 'EndpointSlice informer cache is out of date' };
    const annotations = Object.fromEntries(Object.entries(object.metadata.annotations ?? {}).filter(([name]) => !NOT_COPIED.has(name)));
    const labels = { ...object.metadata.labels, [SERVICE_NAME]: object.metadata.name, [MANAGED_BY]: MANAGER };
    const writer = new SliceWriter(context, tracker, { object, kind: 'Endpoints', labels, annotations }, key, object.metadata.annotations?.[TRIGGER_TIME]);
    for (const type of ['IPv4', 'IPv6']) {
      const ofType = existing.filter((slice) => slice.addressType === type);
      const desired = mirrored(object.subsets ?? [], type);
      if (desired.size === 0 && ofType.length === 0) continue;
      const changes = reconcileSlices(ofType, type, desired, (slice) => writer.labelsChanged(slice));
      // There is no placeholder for what is mirrored.
      const failure = yield* writer.apply(desired.size === 0 ? { create: [], update: [], remove: ofType } : changes);
      if (failure === undefined) continue;
      events.event(object, 'Warning', 'FailedToUpdateEndpointSlices', `Error updating Endpoint Slices for Endpoints ${key}: ${messageOf(failure)}`);
      return { error: messageOf(failure) };
    }
    return { outcome: writer.outcome };
  }
  return { name: context.name, start: () => startWorkers(context, queue, 'endpoints', WORKERS, function* (key) { return atMost(MAX_RETRIES, queue, key, yield* sync(key)); }) };
}

const isOurs = (slice: EndpointSlice): boolean => slice.metadata.labels?.[MANAGED_BY] === MANAGER;
const serviceOf = (slice: EndpointSlice): string => `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_NAME] ?? ''}`;

/** The endpoints of the subsets, by their ports. */
function mirrored(subsets: readonly EndpointSubset[], addressType: string): ReturnType<typeof desiredEndpoints> {
  const groups: Map<string, { readonly ports: NonNullable<EndpointSlice['ports']>; readonly endpoints: Map<string, Endpoint> }> = new Map();
  for (const subset of subsets) {
    const ports = (subset.ports ?? []).map((port) => ({ name: port.name ?? '', port: port.port, protocol: port.protocol ?? 'TCP', ...(port.appProtocol ? { appProtocol: port.appProtocol } : {}) }));
    const all = [...(subset.addresses ?? []).map((address) => ({ address, ready: true })), ...(subset.notReadyAddresses ?? []).map((address) => ({ address, ready: false }))]
      .filter(({ address }) => isIPv6(address.ip) === (addressType === 'IPv6')).slice(0, MAX_ENDPOINTS_PER_SUBSET);
    if (all.length === 0) continue;
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: new Map<string, Endpoint>() };
    groups.set(key, group);
    for (const { address, ready } of all) {
      const endpoint: Endpoint = {
        addresses: [address.ip], conditions: { ready }, ...(address.hostname ? { hostname: address.hostname } : {}), ...(address.nodeName ? { nodeName: address.nodeName } : {}),
        ...(address.targetRef ? { targetRef: address.targetRef } : {}),
      };
      group.endpoints.set(identity(endpoint), endpoint);
    }
  }
  return groups;
}
