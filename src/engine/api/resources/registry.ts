import { apiVersionOf } from '../object';
import { compareVersions, type ResourceDefinition } from './definition';
import { CORE_RESOURCES } from './definitions/core';
import { DISCOVERY_RESOURCES, NETWORKING_RESOURCES, STORAGE_RESOURCES } from './definitions/network-and-storage';
import {
  ADMISSIONREGISTRATION_RESOURCES, APIEXTENSIONS_RESOURCES, APIREGISTRATION_RESOURCES, AUTHENTICATION_RESOURCES, AUTHORIZATION_RESOURCES, CERTIFICATES_RESOURCES,
  FLOWCONTROL_RESOURCES, RBAC_RESOURCES,
} from './definitions/server';
import {
  APPS_RESOURCES, AUTOSCALING_RESOURCES, BATCH_RESOURCES, COORDINATION_RESOURCES, EVENTS_RESOURCES, NODE_RESOURCES, POLICY_RESOURCES, RESOURCE_RESOURCES, SCHEDULING_RESOURCES,
} from './definitions/workloads';

/** Every built-in resource, groups in the order in which the real server's discovery lists them, preferred versions first. */
export const BUILT_IN_RESOURCES: readonly ResourceDefinition[] = [
  ...CORE_RESOURCES, ...APIREGISTRATION_RESOURCES, ...APPS_RESOURCES, ...EVENTS_RESOURCES, ...AUTHENTICATION_RESOURCES, ...AUTHORIZATION_RESOURCES, ...AUTOSCALING_RESOURCES,
  ...BATCH_RESOURCES, ...CERTIFICATES_RESOURCES, ...NETWORKING_RESOURCES, ...POLICY_RESOURCES, ...RBAC_RESOURCES, ...STORAGE_RESOURCES, ...ADMISSIONREGISTRATION_RESOURCES,
  ...APIEXTENSIONS_RESOURCES, ...SCHEDULING_RESOURCES, ...COORDINATION_RESOURCES, ...NODE_RESOURCES, ...DISCOVERY_RESOURCES, ...RESOURCE_RESOURCES, ...FLOWCONTROL_RESOURCES,
];

export interface GroupVersions {
  readonly group: string;
  /** Preferred version first. */
  readonly versions: readonly string[];
}

/** The resources a server serves: the built-in ones and those of CustomResourceDefinitions. Part of one world, changed only by its API server. */
export class ResourceRegistry {
  private readonly byResource = new Map<string, ResourceDefinition>();
  private readonly byKind = new Map<string, ResourceDefinition>();
  private order: readonly ResourceDefinition[] = [];

  constructor(definitions: readonly ResourceDefinition[] = BUILT_IN_RESOURCES) {
    this.register(definitions);
  }

  /** Adds definitions, replacing those of the same group, version and resource. */
  register(definitions: readonly ResourceDefinition[]): void {
    for (const definition of definitions) {
      const key = `${apiVersionOf(definition)}/${definition.resource}`;
      this.remove(this.byResource.get(key));
      this.byResource.set(key, definition);
      this.byKind.set(`${apiVersionOf(definition)}/${definition.kind}`, definition);
    }
    this.order = [...this.byResource.values()];
  }

  /** Removes every version of a resource. */
  unregister(group: string, resource: string): void {
    for (const definition of this.order) if (definition.group === group && definition.resource === resource) this.remove(definition);
    this.order = [...this.byResource.values()];
  }

  private remove(definition: ResourceDefinition | undefined): void {
    if (!definition) return;
    this.byResource.delete(`${apiVersionOf(definition)}/${definition.resource}`);
    this.byKind.delete(`${apiVersionOf(definition)}/${definition.kind}`);
  }

  forResource(group: string, version: string, resource: string): ResourceDefinition | undefined {
    return this.byResource.get(group ? `${group}/${version}/${resource}` : `${version}/${resource}`);
  }

  forKind(group: string, version: string, kind: string): ResourceDefinition | undefined {
    return this.byKind.get(group ? `${group}/${version}/${kind}` : `${version}/${kind}`);
  }

  /** By the two type fields of an object: forObject("apps/v1", "Deployment"). */
  forObject(apiVersion: string, kind: string): ResourceDefinition | undefined {
    return this.byKind.get(`${apiVersion}/${kind}`);
  }

  /** The definition whose objects are the stored ones: itself, except where another version or group keeps them. */
  storageOf(definition: ResourceDefinition): ResourceDefinition {
    const at = definition.storedAs;
    return (at && this.forResource(at.group, at.version, at.resource)) ?? definition;
  }

  /** In discovery order. */
  all(): readonly ResourceDefinition[] { return this.order; }

  inGroupVersion(group: string, version: string): readonly ResourceDefinition[] {
    return this.order.filter((d) => d.group === group && d.version === version);
  }

  private isCustom(group: string): boolean { return this.order.some((d) => d.group === group && d.schema === ''); }

  /** Groups in discovery order, the core group ('') first. */
  groups(): readonly GroupVersions[] {
    const versions = new Map<string, string[]>();
    for (const { group, version, served } of this.order) {
      if (!served) continue;
      const known = versions.get(group);
      if (!known) versions.set(group, [version]);
      else if (!known.includes(version)) known.push(version);
    }
    // Versions of custom resources come from several definitions, each in its own order.
    return [...versions].map(([group, list]) => ({ group, versions: this.isCustom(group) ? [...list].sort(compareVersions) : list }));
  }
}
