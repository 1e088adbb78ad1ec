import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../../generated/types';
import { semanticEqual } from '../equal';

/** The internal form of a definition's spec: what all versions have in common stands above them. */
export type InternalVersion = CustomResourceDefinitionVersion;

export interface InternalSpec extends Pick<CustomResourceDefinitionVersion, 'subresources' | 'additionalPrinterColumns' | 'selectableFields'> {
  readonly validation?: CustomResourceDefinitionVersion['schema'];
  readonly versions: readonly InternalVersion[];
}

const SHARED = ['subresources', 'schema', 'additionalPrinterColumns', 'selectableFields'] as const;

export function internalSpec(definition: CustomResourceDefinition): InternalSpec {
  const versions = definition.spec?.versions ?? [];
  const first = versions[0];
  if (!first) return { versions };
  const shared = SHARED.filter((field) => versions.every((v) => semanticEqual(v[field], first[field])));
  const clear = Object.fromEntries(shared.map((field) => [field, undefined]));
  const take = <F extends (typeof SHARED)[number]>(field: F): CustomResourceDefinitionVersion[F] | undefined => (shared.includes(field) ? first[field] : undefined);
  return {
    subresources: take('subresources'), validation: take('schema'), additionalPrinterColumns: take('additionalPrinterColumns'), selectableFields: take('selectableFields'),
    versions: versions.map((version) => ({ ...version, ...clear })),
  };
}
