import type { AdmissionAttributes } from './plugin';

type Operation = AdmissionAttributes['operation'];

/** A filter for plugins of one resource: with no subresource unless one is named. */
export function on(group: string, resource: string, ...operations: readonly Operation[]): (attributes: AdmissionAttributes) => boolean {
  return onSubresource(group, resource, '', ...operations);
}

export function onSubresource(group: string, resource: string, subresource: string, ...operations: readonly Operation[]): (attributes: AdmissionAttributes) => boolean {
  return (a) => a.definition.resource === resource && a.definition.group === group && a.subresource === subresource && operations.includes(a.operation);
}
