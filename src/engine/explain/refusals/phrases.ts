import { podAffinityPhrase } from './affinity';
import { cordonedPhrase, namePhrase, nodeAffinityPhrase, portsPhrase, taintPhrase } from './nodeChoice';
import { phrase, type Phrase, type Refused, type WholePhrase } from './phrase';
import { resourcesPhrase } from './resources';
import { spreadPhrase } from './spread';
import { volumeBindingPhrase, volumeLimitsPhrase, volumeRestrictionsPhrase, volumeZonePhrase } from './volumes';

const PHRASES: { readonly [plugin: string]: (refused: Refused) => Phrase | WholePhrase } = {
  NodeUnschedulable: cordonedPhrase, NodeName: namePhrase, TaintToleration: taintPhrase, NodeAffinity: nodeAffinityPhrase, NodePorts: portsPhrase, NodeResourcesFit: resourcesPhrase,
  VolumeRestrictions: volumeRestrictionsPhrase, NodeVolumeLimits: volumeLimitsPhrase, VolumeBinding: volumeBindingPhrase, VolumeZone: volumeZonePhrase,
  PodTopologySpread: spreadPhrase, InterPodAffinity: podAffinityPhrase, DynamicResources: devicesPhrase,
};

/** A plugin's refusal of a node in words. Refusals by plugins that are not built in are quoted. */
export function refusalPhrase(plugin: string, refused: Refused): Phrase | WholePhrase {
  const made = PHRASES[plugin]?.(refused);
  if (made) return made;
  const { reason } = refused;
  if (reason.startsWith("node(s) didn't satisfy plugin")) return phrase('is not one of the nodes that the pod\'s node affinity names', 'are not among the nodes that the pod\'s node affinity names', 'named');
  return phrase(`is out: ${reason}`, `are out: ${reason}`, `${plugin} ${reason}`);
}

/** Dynamic resource allocation. */
function devicesPhrase({ reason }: Refused): Phrase | WholePhrase {
  if (reason === 'resourceclaim not available on the node') return phrase('cannot use the devices allocated for the pod\'s ResourceClaim', 'cannot use the devices allocated for the pod\'s ResourceClaim', 'devices elsewhere');
  if (reason === 'cannot allocate all claims') return phrase('has no free devices for the pod\'s ResourceClaims', 'have no free devices for the pod\'s ResourceClaims', 'devices');
  return { whole: claimsSentence(reason) };
}

/** What the pod's ResourceClaims lack. */
export function claimsSentence(reason: string): string {
  const deviceClass = /^request (\S+): device class (\S+) does not exist$/.exec(reason);
  if (deviceClass) return `The request ${deviceClass[1] ?? ''} of the pod's ResourceClaim names the DeviceClass ${deviceClass[2] ?? ''}, which does not exist`;
  const missing = /^(?:could not find ResourceClaim|resourceclaim) "(.+?)"(?:: object)? not found$/.exec(reason);
  if (missing) return `The pod's ResourceClaim ${missing[1] ?? ''} does not exist`;
  return `The pod waits for its ResourceClaims: ${reason}`;
}
