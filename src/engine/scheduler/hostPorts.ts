import type { ContainerPort } from '../api/generated/types';

const ANY_IP = '0.0.0.0';
const protocolPort = (port: ContainerPort): string => `${port.protocol || 'TCP'}/${port.hostPort}`;

/** framework.HostPortInfo: the host ports in use on a node, by host IP. 0.0.0.0 conflicts with every address. */
export class HostPorts {
  readonly #used = new Map<string, Set<string>>();

  add(port: ContainerPort): void {
    const ip = port.hostIP || ANY_IP;
    const ports = this.#used.get(ip);
    if (ports) ports.add(protocolPort(port));
    else this.#used.set(ip, new Set([protocolPort(port)]));
  }

  remove(port: ContainerPort): void {
    const ip = port.hostIP || ANY_IP;
    const ports = this.#used.get(ip);
    if (ports?.delete(protocolPort(port)) && ports.size === 0) this.#used.delete(ip);
  }

  conflicts(port: ContainerPort): boolean {
    if (this.#used.size === 0) return false;
    const ip = port.hostIP || ANY_IP;
    const wanted = protocolPort(port);
    if (ip !== ANY_IP) return (this.#used.get(ANY_IP)?.has(wanted) ?? false) || (this.#used.get(ip)?.has(wanted) ?? false);
    for (const ports of this.#used.values()) if (ports.has(wanted)) return true;
    return false;
  }

  clone(): HostPorts {
    const copy = new HostPorts();
    for (const [ip, ports] of this.#used) copy.#used.set(ip, new Set(ports));
    return copy;
  }
}
