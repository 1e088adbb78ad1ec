import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../../api/generated/types';
import { ALL_VERBS, compareVersions, type ResourceDefinition, type SubresourceDefinition, type Verb } from '../../api/resources/definition';

/** What a CustomResourceDefinition says of its resource, as rows of the registry: one for each version, the preferred one first. */
const WHILE_TERMINATING: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'watch'];
const PART: readonly Verb[] = ['get', 'patch', 'update'];

export const conditionOf = (crd: CustomResourceDefinition, type: string): string | undefined => crd.status?.conditions?.find((c) => c.type === type)?.status;

/** Whether its objects are served: its names are accepted and it has been established. */
export const isEstablished = (crd: CustomResourceDefinition): boolean => conditionOf(crd, 'Established') === 'True';

export function definitionsOf(crd: CustomResourceDefinition): readonly ResourceDefinition[] {
  const stored = crd.spec.versions.find((v) => v.storage);
  return [...crd.spec.versions].sort((a, b) => compareVersions(a.name, b.name)).map((version) => definitionOf(crd, version, stored));
}

function definitionOf(crd: CustomResourceDefinition, version: CustomResourceDefinitionVersion, stored: CustomResourceDefinitionVersion | undefined): ResourceDefinition {
  const { group, scope } = crd.spec;
  const names = crd.status?.acceptedNames?.plural ? crd.status.acceptedNames : crd.spec.names;
  return {
    group, version: version.name, kind: names.kind, listKind: names.listKind || `${names.kind}List`, resource: names.plural, singular: names.singular || names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [], categories: names.categories ?? [], namespaced: scope === 'Namespaced', verbs: crd.metadata.deletionTimestamp ? WHILE_TERMINATING : ALL_VERBS, schema: '',
    subresources: subresourcesOf(group, version, names.kind), served: version.served,
    ...(stored && stored !== version ? { storedAs: { group, version: stored.name, resource: names.plural } } : {}),
  };
}

function subresourcesOf(group: string, version: CustomResourceDefinitionVersion, kind: string): readonly SubresourceDefinition[] {
  const { status, scale } = version.subresources ?? {};
  const path = (text: string): string => text.replace(/^\./, '');
  return [
    ...(scale ? [{
      name: 'scale', kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs: PART,
      scale: { specReplicas: path(scale.specReplicasPath), statusReplicas: path(scale.statusReplicasPath), ...(scale.labelSelectorPath ? { selector: path(scale.labelSelectorPath) } : {}), selectorType: 'string' as const },
    }] : []),
    ...(status ? [{ name: 'status', kind: { group, version: version.name, kind }, verbs: PART }] : []),
  ];
}
