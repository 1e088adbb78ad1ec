import type { HostAlias, PodDNSConfig, PodSpec } from '../../generated/types';
import { addInvalid, fieldForbidden, invalid, notSupported, required, tooLong, type Errors, type Path } from '../field';
import { isDNS1123SubdomainWithUnderscore, longerThan } from '../formats';
import { isValidIPForLegacyField } from '../ip';
import { validateDNS1123Subdomain } from '../meta';
import type { PodOptions } from './options';
import { visitContainers } from './visit';

/** DNS, host aliases, host name, host network and host users of a pod. */
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

export function validateDNSPolicy(policy: string | undefined, path: Path, errs: Errors): void {
  if (!policy) errs.push(required(path, ''));
  else if (!DNS_POLICIES.includes(policy)) errs.push(notSupported(path, policy, DNS_POLICIES));
}

export function validateDNSConfig(config: PodDNSConfig | undefined, policy: string | undefined, path: Path, errs: Errors): void {
  const servers = config?.nameservers ?? [];
  if (policy === 'None' && !config) { errs.push(required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')); return; }
  if (policy === 'None' && !servers.length) { errs.push(required(path.child('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None')); return; }
  if (!config) return;
  if (servers.length > 3) errs.push(invalid(path.child('nameservers'), servers, 'must not have more than 3 nameservers'));
  servers.forEach((server, i) => { isValidIPForLegacyField(server, path.child('nameservers').index(i), errs); });
  const searches = config.searches ?? [];
  if (searches.length > 32) errs.push(invalid(path.child('searches'), searches, 'must not have more than 32 search paths'));
  if (longerThan(searches.join(' '), 2048)) errs.push(invalid(path.child('searches'), searches, 'must not have more than 2048 characters (including spaces) in the search list'));
  searches.forEach((search, i) => {
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    if (search !== '.') addInvalid(errs, path.child('searches').index(i), name, isDNS1123SubdomainWithUnderscore(name));
  });
  config.options?.forEach((option, i) => { if (!option.name) errs.push(required(path.child('options').index(i), 'must not be empty')); });
}

export function validateHostAliases(aliases: readonly HostAlias[] | undefined, base: Path, errs: Errors): void {
  aliases?.forEach((alias, i) => {
    isValidIPForLegacyField(alias.ip ?? '', base.index(i).child('ip'), errs);
    alias.hostnames?.forEach((name, j) => { validateDNS1123Subdomain(name, base.index(i).child('hostnames').index(j), errs); });
  });
}

/** In the host's network a container port is a host port; a template may still leave the host port out. */
export function validateHostNetwork(spec: PodSpec, path: Path, errs: Errors, options: PodOptions): void {
  if (!spec.hostNetwork) return;
  spec.containers?.forEach((container, i) => container.ports?.forEach((port, j) => {
    const hostPort = port.hostPort ?? 0;
    if ((options.resourceIsPod || hostPort !== 0) && hostPort !== port.containerPort) {
      errs.push(invalid(path.child('containers').index(i).child('ports').index(j).child('hostPort'), hostPort, 'must match `containerPort` when `hostNetwork` is true'));
    }
  }));
}

export function validateHostUsers(spec: PodSpec, path: Path, errs: Errors, options: PodOptions): void {
  if (spec.hostUsers !== false) return;
  const words = 'when `hostUsers` is false';
  if (spec.hostNetwork) errs.push(fieldForbidden(path.child('hostNetwork'), words));
  if (spec.hostPID) errs.push(fieldForbidden(path.child('HostPID'), words));
  if (spec.hostIPC) errs.push(fieldForbidden(path.child('HostIPC'), words));
  if (options.allowUserNamespacesWithVolumeDevices) return;
  visitContainers(spec, path, (c, at) => { if (c.volumeDevices?.length) errs.push(fieldForbidden(at.child('volumeDevices'), words)); });
}

export function validateHostnameOverride(spec: PodSpec, specPath: Path, errs: Errors): void {
  const name = spec.hostnameOverride;
  if (name === undefined) return;
  const path = specPath.child('hostnameOverride');
  if (spec.setHostnameAsFQDN) errs.push(fieldForbidden(path, 'may not be specified when setHostnameAsFQDN is true'));
  if (spec.hostNetwork) errs.push(fieldForbidden(path, 'may not be specified when hostNetwork is true'));
  if (longerThan(name, 64)) errs.push(tooLong(path, 64));
  validateDNS1123Subdomain(name, path, errs);
}
