import type { Pod, Service } from '../../../../src/engine/api/generated/types';
import { ENDPOINT_SLICES, ENDPOINTS, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, POD_DISRUPTION_BUDGETS, RESOURCE_QUOTAS, SERVICES } from '../../../../src/engine/client/resources';
import { compileLabelSelector, type Labels } from '../../../../src/engine/api/selectors';
import { parseQuantity } from '../../../../src/engine/api/quantity';
import { requests } from './pods';
import { isDeleting, isReady, isTerminal, nameOf, type RestView, type Rule } from './view';

const hasTarget = (service: Service, pod: Pod): boolean => typeof service.spec.ports?.[0]?.targetPort !== 'string' || pod.spec.containers.some((c) => c.ports?.some((p) => p.name === service.spec.ports?.[0]?.targetPort));
const ipsOf = (pods: Iterable<Pod>): string => [...pods].map((p) => p.status?.podIP ?? '').sort().join();

/** Endpoints and slices name the pods that are ready, and no others. */
export const endpoints: Rule = function* (view) {
  for (const service of view.list(SERVICES)) {
    if (!service.spec.selector || isDeleting(service) || view.namespaceTerminating(service.metadata.namespace)) continue;
    const pods = view.selected(service.metadata.namespace, service.spec.selector).filter((p) => p.status?.podIP && !isTerminal(p) && hasTarget(service, p));
    const all = service.spec.publishNotReadyAddresses === true;
    const ready = ipsOf(pods.filter((p) => (all || (isReady(p) && !isDeleting(p)))));
    const old = view.list(ENDPOINTS).find((e) => e.metadata.name === service.metadata.name && e.metadata.namespace === service.metadata.namespace);
    const named = (old?.subsets ?? []).flatMap((s) => s.addresses ?? []).map((a) => a.ip).sort().join();
    if (named !== ready) yield `Endpoints ${service.metadata.name}: ${named || 'none'}; ready are ${ready || 'none'}`;
    const slices = view.list(ENDPOINT_SLICES).filter((s) => s.metadata.namespace === service.metadata.namespace && s.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name);
    const inSlices = slices.flatMap((s) => s.endpoints ?? []).filter((e) => e.conditions?.ready).flatMap((e) => e.addresses).sort().join();
    if (inSlices !== ready && view.nodes.length > 0 && pods.every((p) => view.nodes.some((n) => n.metadata.name === p.spec.nodeName))) yield `EndpointSlices of ${service.metadata.name}: ${inSlices || 'none'}; ready are ${ready || 'none'}`;
  }
};

/** What quotas say is used is what is there. */
export const quotas: Rule = function* (view) {
  for (const quota of view.list(RESOURCE_QUOTAS)) {
    if (isDeleting(quota) || view.namespaceTerminating(quota.metadata.namespace)) continue;
    const here = view.pods.filter((p) => p.metadata.namespace === quota.metadata.namespace);
    const pods = here.filter((p) => !isTerminal(p));
    const claims = view.list(PERSISTENT_VOLUME_CLAIMS).filter((c) => c.metadata.namespace === quota.metadata.namespace);
    const count = (group: string, resource: string): number => [...(view.cluster.api.peek(group, resource)?.list() ?? [])].filter((o) => o.metadata.namespace === quota.metadata.namespace).length;
    const counted: { readonly [name: string]: number } = {
      pods: pods.length, services: count('', 'services'), configmaps: count('', 'configmaps'), persistentvolumeclaims: claims.length, 'count/jobs.batch': count('batch', 'jobs'),
      'requests.cpu': sum(pods, 'cpu', 'requests'), 'requests.memory': sum(pods, 'memory', 'requests'), 'limits.cpu': sum(pods, 'cpu', 'limits'),
      'requests.storage': claims.reduce((n, c) => n + (parseQuantity(c.spec?.resources?.requests?.['storage'] ?? '0')?.value ?? 0), 0),
    };
    // A terminating pod whose grace is over no longer counts; when it stops counting is a matter of the next full recount.
    if (here.some((p) => isDeleting(p))) continue;
    for (const name of Object.keys(quota.spec?.hard ?? {})) {
      const used = quota.status?.used?.[name];
      if (used === undefined) { yield `${nameOf(quota)}: nobody counts ${name}`; continue; }
      const quantity = parseQuantity(used);
      const value = name.includes('cpu') ? quantity?.milliValue : quantity?.value;
      const expected = counted[name] ?? 0;
      if (value !== (name.includes('memory') ? expected / 1000 : expected)) yield `${nameOf(quota)}: ${name} is ${used}, counted ${expected}`;
    }
  }
};

const sum = (pods: readonly Pod[], resource: string, of: 'requests' | 'limits'): number => pods.reduce((n, p) => n + requests(p, resource, of), 0);

/** Budgets know how many pods are healthy. */
export const budgets: Rule = function* (view) {
  for (const budget of view.list(POD_DISRUPTION_BUDGETS)) {
    if (isDeleting(budget) || view.namespaceTerminating(budget.metadata.namespace)) continue;
    if (budget.status?.conditions?.some((c) => c.reason === 'SyncFailed')) continue;
    const selector = compileLabelSelector(budget.spec?.selector);
    const pods = view.pods.filter((p) => p.metadata.namespace === budget.metadata.namespace && selector.matches(p.metadata.labels as Labels));
    const healthy = pods.filter((p) => isReady(p) && !isDeleting(p) && !(p.metadata.uid in (budget.status?.disruptedPods ?? {}))).length;
    if ((budget.status?.currentHealthy ?? 0) !== healthy) yield `${nameOf(budget)}: currentHealthy is ${budget.status?.currentHealthy ?? 0}, counted ${healthy}`;
  }
};

/** Bound claims and volumes name each other. */
export const volumes: Rule = function* (view: RestView) {
  for (const claim of view.list(PERSISTENT_VOLUME_CLAIMS)) {
    if (claim.status?.phase !== 'Bound') continue;
    const volume = view.list(PERSISTENT_VOLUMES).find((v) => v.metadata.name === claim.spec?.volumeName);
    if (volume?.spec?.claimRef?.uid !== claim.metadata.uid) yield `${nameOf(claim)} is bound to ${claim.spec?.volumeName}, which is ${volume ? `for ${volume.spec?.claimRef?.name}` : 'not there'}`;
    else if (volume.status?.phase !== 'Bound') yield `${nameOf(volume)} holds a bound claim and is ${volume.status?.phase}`;
  }
};
