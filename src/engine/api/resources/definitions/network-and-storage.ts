import { defineResources } from '../definition';

export const NETWORKING_RESOURCES = defineResources('networking.k8s.io', 'v1', [
  { kind: 'IngressClass', resource: 'ingressclasses', cluster: true, hash: 'l/iqIbDgFyQ=' },
  { kind: 'Ingress', resource: 'ingresses', short: ['ing'], status: true, hash: '39NQlfNR+bo=' },
  { kind: 'IPAddress', resource: 'ipaddresses', short: ['ip'], cluster: true, hash: '3f/plJFChNE=' },
  { kind: 'NetworkPolicy', resource: 'networkpolicies', short: ['netpol'], hash: 'YpfwF18m1G8=' },
  { kind: 'ServiceCIDR', resource: 'servicecidrs', cluster: true, status: true, hash: 'gNLvruQhW2g=' },
]);

export const DISCOVERY_RESOURCES = defineResources('discovery.k8s.io', 'v1', [
  { kind: 'EndpointSlice', resource: 'endpointslices', hash: 'qgS0xkrxYAI=' },
]);

export const STORAGE_RESOURCES = defineResources('storage.k8s.io', 'v1', [
  { kind: 'CSIDriver', resource: 'csidrivers', cluster: true, hash: 'hL6j/rwBV5w=' },
  { kind: 'CSINode', resource: 'csinodes', cluster: true, hash: 'Pe62DkZtjuo=' },
  { kind: 'CSIStorageCapacity', resource: 'csistoragecapacities', hash: 'xeVl+2Ly1kE=' },
  { kind: 'StorageClass', resource: 'storageclasses', short: ['sc'], cluster: true, hash: 'K+m6uJwbjGY=' },
  { kind: 'VolumeAttachment', resource: 'volumeattachments', cluster: true, status: true, hash: 'tJx/ezt6UDU=' },
  { kind: 'VolumeAttributesClass', resource: 'volumeattributesclasses', short: ['vac'], cluster: true, hash: 'tIjydgKBC5w=' },
]);
