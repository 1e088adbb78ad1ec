import type { Container, EndpointSlice, Endpoints, Service, V2MetricSpec, V2MetricStatus, V2MetricTarget, V2MetricValueStatus } from '../generated/types';

/** Cell texts that several kinds share or that need more than a line. */
const LOAD_BALANCER_WIDTH = 16;

/** labels.FormatLabels: "a=1,b=2", sorted; "<none>". */
export function formatLabels(labels: { readonly [key: string]: string } | undefined): string {
  const keys = Object.keys(labels ?? {}).sort();
  return keys.length ? keys.map((key) => `${key}=${labels?.[key] ?? ''}`).join(',') : '<none>';
}

export const names = (containers: readonly Container[] | undefined): string => (containers ?? []).map((c) => c.name).join(',');
export const images = (containers: readonly Container[] | undefined): string => (containers ?? []).map((c) => c.image ?? '').join(',');

/** At most three of a list: "a,b,c + 2 more...". */
export function some(list: readonly string[], empty: string): string {
  if (list.length > 3) return `${list.slice(0, 3).join(',')} + ${list.length - 3} more...`;
  return list.join(',') || empty;
}

export function loadBalancerAddresses(ingress: readonly { readonly ip?: string; readonly hostname?: string }[] | undefined, wide: boolean): string {
  const text = [...new Set((ingress ?? []).map((i) => i.ip || i.hostname || '').filter(Boolean))].sort().join(',');
  return !wide && text.length > LOAD_BALANCER_WIDTH ? `${text.slice(0, LOAD_BALANCER_WIDTH - 3)}...` : text;
}

export function externalIP({ spec, status }: Service, wide: boolean): string {
  const own = spec?.externalIPs ?? [];
  switch (spec?.type) {
    case 'ClusterIP': case 'NodePort': return own.join(',') || '<none>';
    case 'LoadBalancer': return [loadBalancerAddresses(status?.loadBalancer?.ingress, wide), ...own].filter(Boolean).join(',') || '<pending>';
    case 'ExternalName': return spec.externalName ?? '';
    default: return '<unknown>';
  }
}

export function servicePorts({ spec }: Service): string {
  return (spec?.ports ?? []).map((p) => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol ?? 'TCP'}`).join(',') || '<none>';
}

export function endpointAddresses({ subsets }: Endpoints): string {
  if (!subsets?.length) return '<none>';
  const list = subsets.flatMap((subset) => {
    const addresses = (subset.addresses ?? []).map((a) => a.ip);
    if (!subset.ports?.length) return addresses;
    return subset.ports.flatMap((port) => addresses.map((ip) => (ip.includes(':') ? `[${ip}]:${port.port}` : `${ip}:${port.port}`)));
  });
  return some(list, '');
}

export const slicePorts = ({ ports }: EndpointSlice): string => some((ports ?? []).map((p) => (p.port !== undefined && p.port !== null ? String(p.port) : p.name ?? '*')), '<unset>');
export const sliceAddresses = ({ endpoints }: EndpointSlice): string => some((endpoints ?? []).flatMap((e) => e.addresses ?? []), '<unset>');

export function ingressHosts(rules: readonly { readonly host?: string }[] | undefined): string {
  const hosts: string[] = [];
  let more = false;
  for (const rule of rules ?? []) {
    if (hosts.length === 3) more = true;
    if (!more && rule.host) hosts.push(rule.host);
  }
  if (hosts.length === 0) return '*';
  return more ? `${hosts.join(',')} + ${(rules?.length ?? 0) - 3} more...` : hosts.join(',');
}

/** "RWO,ROX": in a fixed order, each once. */
export function accessModes(modes: readonly string[] | undefined): string {
  return [['ReadWriteOnce', 'RWO'], ['ReadOnlyMany', 'ROX'], ['ReadWriteMany', 'RWX'], ['ReadWriteOncePod', 'RWOP']].filter(([mode]) => modes?.includes(mode ?? '')).map(([, short]) => short).join(',');
}

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';
export function storageClassOf(o: { readonly metadata: { readonly annotations?: { readonly [key: string]: string } }; readonly spec?: { readonly storageClassName?: string } }): string {
  return o.metadata.annotations?.[BETA_CLASS] ?? o.spec?.storageClassName ?? '';
}

/** The shown metrics of an autoscaler: at most two, each "current/target". */
export function hpaTargets(specs: readonly V2MetricSpec[] | undefined, statuses: readonly V2MetricStatus[] | undefined): string {
  if (!specs?.length) return '<none>';
  const list = specs.map((spec, i) => metric(spec, statuses?.[i]));
  return list.length > 2 ? `${list.slice(0, 2).join(', ')} + ${list.length - 2} more...` : list.join(', ');
}

const UNKNOWN = '<unknown>';
function metric(spec: V2MetricSpec, status: V2MetricStatus | undefined): string {
  switch (spec.type) {
    case 'External': return byValue(spec.external?.target, status?.external?.current);
    case 'Object': return byValue(spec.object?.target, status?.object?.current);
    case 'Pods': return `${status?.pods ? status.pods.current.averageValue ?? '0' : UNKNOWN}/${spec.pods?.target.averageValue ?? '0'}`;
    case 'Resource': return byResource(spec.resource, status?.resource?.current);
    case 'ContainerResource': return byResource(spec.containerResource, status?.containerResource?.current);
    default: return '<unknown type>';
  }
}

function byValue(target: V2MetricTarget | undefined, current: V2MetricValueStatus | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
  return `${current ? current.value ?? '0' : UNKNOWN}/${target?.value ?? '0'}`;
}

function byResource(source: { readonly name: string; readonly target: V2MetricTarget } | undefined, current: V2MetricValueStatus | undefined): string {
  const target = source?.target;
  if (target?.averageValue !== undefined) return `${source?.name}: ${current ? current.averageValue ?? '0' : UNKNOWN}/${target.averageValue}`;
  const percent = (value: number | undefined, otherwise: string): string => (value === undefined ? otherwise : `${value}%`);
  return `${source?.name}: ${percent(current?.averageUtilization, UNKNOWN)}/${percent(target?.averageUtilization, '<auto>')}`;
}
