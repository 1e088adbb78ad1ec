// What the published models do not say: which string fields hold quantities, and which hold free-form objects.
/** Type.field of every field whose Go type is resource.Quantity (or a map or list of it). */
export const QUANTITY_FIELDS = new Set([
  'ResourceRequirements.limits', 'ResourceRequirements.requests', 'VolumeResourceRequirements.limits', 'VolumeResourceRequirements.requests',
  'NodeStatus.capacity', 'NodeStatus.allocatable', 'PodSpec.overhead', 'Overhead.podFixed', 'ContainerStatus.allocatedResources', 'PodStatus.allocatedResources',
  'PersistentVolumeSpec.capacity', 'PersistentVolumeClaimStatus.capacity', 'PersistentVolumeClaimStatus.allocatedResources',
  'ResourceQuotaSpec.hard', 'ResourceQuotaStatus.hard', 'ResourceQuotaStatus.used',
  'LimitRangeItem.max', 'LimitRangeItem.min', 'LimitRangeItem.default', 'LimitRangeItem.defaultRequest', 'LimitRangeItem.maxLimitRequestRatio',
  'EmptyDirVolumeSource.sizeLimit', 'ResourceFieldSelector.divisor',
  'V2MetricTarget.averageValue', 'V2MetricTarget.value', 'V2MetricValueStatus.averageValue', 'V2MetricValueStatus.value', 'V2HPAScalingRules.tolerance',
  'CSIStorageCapacity.capacity', 'CSIStorageCapacity.maximumVolumeSize', 'DeviceCapacity.value', 'Counter.value',
  'CapacityRequirements.requests', 'CapacityRequestPolicy.default', 'CapacityRequestPolicy.validValues', 'CapacityRequestPolicyRange.min', 'CapacityRequestPolicyRange.max', 'CapacityRequestPolicyRange.step',
  'DeviceRequestAllocationResult.consumedCapacity', 'NodeAllocatableResourceClaimStatus.resources', 'NodeAllocatableResourceMapping.allocationMultiplier',
]);
/** Type.field of free-form objects (runtime.RawExtension, FieldsV1). */
export const RAW_OBJECT_FIELDS = new Set(['ManagedFieldsEntry.fieldsV1', 'ControllerRevision.data', 'OpaqueDeviceConfiguration.parameters']);
