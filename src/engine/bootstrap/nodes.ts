import type { KubernetesObject } from '../api/object';

export interface NodeTemplate {
  readonly name: string;
  /** In cores, e.g. "4". */
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly zone?: string;
  readonly labels?: { readonly [key: string]: string };
  /** Its last octets of address: 1 makes 192.168.0.1 and pods from 10.244.1.0/24. */
  readonly number: number;
}

/** A node as a kubelet that is ready reports it. */
export function readyNode(template: NodeTemplate, kubernetes: string, now: string): KubernetesObject {
  const { name, cpu = '4', memory = '16Gi', pods = '110', zone, number } = template;
  const resources = { cpu, memory, pods, 'ephemeral-storage': '100Gi' };
  const podCIDR = `10.${244 + (number >> 8)}.${number & 255}.0/24`;
  return {
    apiVersion: 'v1', kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux',
        ...(zone ? { 'topology.kubernetes.io/region': zone.replace(/-?[a-z0-9]$/, '') || zone, 'topology.kubernetes.io/zone': zone } : {}), ...template.labels,
      },
    },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: {
      capacity: resources, allocatable: resources,
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available', now),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure', now),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available', now),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status', now),
      ],
      addresses: [{ type: 'InternalIP', address: `192.168.${number >> 8}.${number & 255}` }, { type: 'Hostname', address: name }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: '', systemUUID: '', bootID: '', kernelVersion: '6.1.0', osImage: 'Simulated Linux', containerRuntimeVersion: 'fakeRuntime://0.1.0', kubeletVersion: kubernetes,
        kubeProxyVersion: '', operatingSystem: 'linux', architecture: 'amd64',
      },
    },
  } as unknown as KubernetesObject;
}

function condition(type: string, status: string, reason: string, message: string, now: string): object {
  return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now };
}

/** The cluster of somebody who says nothing: three ready nodes in three zones, 4 CPU and 16 GiB each. */
export const DEFAULT_NODES: readonly NodeTemplate[] = ['a', 'b', 'c'].map((zone, i) => ({ name: `node-${i + 1}`, zone: `zone-${zone}`, number: i + 1 }));
