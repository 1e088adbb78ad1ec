import type { Service } from '../../generated/types';
import { addressWarnings, rangeWarnings } from './addresses';

const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';

/** pkg/api/service/warnings.go */
export function serviceWarnings(service: Service): readonly string[] {
  const { spec, metadata } = service;
  const headless = spec.type === 'ClusterIP' && spec.clusterIP === 'None';
  const ipSet = spec.clusterIP !== undefined && spec.clusterIP !== '' && spec.clusterIP !== 'None';
  return [
    ...(metadata.annotations?.[TOPOLOGY_HINTS] === undefined ? [] : [`annotation ${TOPOLOGY_HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`]),
    ...(ipSet ? (spec.clusterIPs ?? []).flatMap((ip, i) => addressWarnings(`spec.clusterIPs[${i}]`, ip)) : []),
    ...(headless && spec.loadBalancerIP ? ['spec.loadBalancerIP is ignored for headless services'] : []),
    ...(headless && spec.externalIPs?.length ? ['spec.externalIPs is ignored for headless services'] : []),
    ...(headless && spec.sessionAffinity && spec.sessionAffinity !== 'None' ? ['spec.SessionAffinity is ignored for headless services'] : []),
    ...(spec.externalIPs ?? []).flatMap((ip, i) => addressWarnings(`spec.externalIPs[${i}]`, ip)),
    ...(spec.loadBalancerIP ? addressWarnings('spec.loadBalancerIP', spec.loadBalancerIP) : []),
    ...(spec.loadBalancerSourceRanges ?? []).flatMap((range, i) => rangeWarnings(`spec.loadBalancerSourceRanges[${i}]`, range)),
    ...(spec.type === 'ExternalName' && spec.externalIPs?.length ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []),
    ...(spec.type !== 'ExternalName' && spec.externalName ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : []),
    ...(spec.trafficDistribution === 'PreferClose' ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'] : []),
  ];
}
