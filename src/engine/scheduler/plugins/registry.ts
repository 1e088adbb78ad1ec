import type { PluginFactory } from '../framework';
import { DefaultBinder } from './defaultBinder';
import { DefaultPreemption } from './defaultPreemption';
import { DynamicResources } from './dynamicResources';
import { ImageLocality } from './imageLocality';
import { InterPodAffinity } from './interPodAffinity';
import { NodeAffinity } from './nodeAffinity';
import { NodeName } from './nodeName';
import { NodePorts } from './nodePorts';
import { NodeResourcesBalancedAllocation } from './nodeResourcesBalancedAllocation';
import { NodeResourcesFit } from './nodeResourcesFit';
import { NodeUnschedulable } from './nodeUnschedulable';
import { NodeVolumeLimits } from './nodeVolumeLimits';
import { PodTopologySpread } from './podTopologySpread';
import { PrioritySort } from './prioritySort';
import { SchedulingGates } from './schedulingGates';
import { TaintToleration } from './taintToleration';
import { VolumeBinding } from './volumeBinding';
import { VolumeRestrictions } from './volumeRestrictions';
import { VolumeZone } from './volumeZone';

/** All in-tree plugins by name. */
export const PLUGINS: ReadonlyMap<string, PluginFactory> = new Map<string, PluginFactory>([
  ['SchedulingGates', () => new SchedulingGates()],
  ['PrioritySort', () => new PrioritySort()],
  ['NodeUnschedulable', () => new NodeUnschedulable()],
  ['NodeName', () => new NodeName()],
  ['TaintToleration', () => new TaintToleration()],
  ['NodeAffinity', (args) => new NodeAffinity(args)],
  ['NodePorts', () => new NodePorts()],
  ['NodeResourcesFit', (args) => new NodeResourcesFit(args)],
  ['VolumeRestrictions', (_args, handle) => new VolumeRestrictions(handle)],
  ['NodeVolumeLimits', (_args, handle) => new NodeVolumeLimits(handle)],
  ['VolumeBinding', (_args, handle) => new VolumeBinding(handle)],
  ['VolumeZone', (_args, handle) => new VolumeZone(handle)],
  ['PodTopologySpread', (args, handle) => new PodTopologySpread(args, handle)],
  ['InterPodAffinity', (args, handle) => new InterPodAffinity(args, handle)],
  ['DynamicResources', (_args, handle) => new DynamicResources(handle)],
  ['DefaultPreemption', (args, handle) => new DefaultPreemption(args, handle)],
  ['NodeResourcesBalancedAllocation', (args) => new NodeResourcesBalancedAllocation(args)],
  ['ImageLocality', (_args, handle) => new ImageLocality(handle)],
  ['DefaultBinder', () => new DefaultBinder()],
]);
