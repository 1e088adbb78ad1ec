import type { ManifestDocument, SourceRange } from '../../engine/manifest/parse';
import { podSpecPath, valueAt } from '../manifests';

/** A field of a pod's spec that says on which nodes the pod may be. */
export type FieldName = 'nodeSelector' | 'affinity' | 'nodeAffinity' | 'podAffinity' | 'podAntiAffinity' | 'tolerations' | 'topologySpreadConstraints' | 'resources' | 'nodeName';

export interface Field {
  readonly name: FieldName;
  readonly range: SourceRange;
}

const FIELDS: readonly (readonly [FieldName, string])[] = [
  ['nodeSelector', 'nodeSelector'], ['affinity', 'affinity'], ['nodeAffinity', 'affinity.nodeAffinity'], ['podAffinity', 'affinity.podAffinity'], ['podAntiAffinity', 'affinity.podAntiAffinity'],
  ['tolerations', 'tolerations'], ['topologySpreadConstraints', 'topologySpreadConstraints'], ['resources', 'resources'], ['nodeName', 'nodeName'],
];

/** Where a document says on which nodes its pods may be; what stands inside something else comes later. */
export function fieldsOf(document: ManifestDocument): readonly Field[] {
  const spec = podSpecPath(document.kind);
  if (spec === undefined) return [];
  const found: Field[] = [];
  const add = (name: FieldName, path: string): void => {
    const range = document.extentOf(path);
    if (range) found.push({ name, range });
  };
  for (const [name, path] of FIELDS) add(name, `${spec}.${path}`);
  for (const list of ['initContainers', 'containers']) {
    const containers = valueAt(document.value, `${spec}.${list}`);
    if (Array.isArray(containers)) containers.slice(0, 100).forEach((_, i) => add('resources', `${spec}.${list}[${i}].resources`));
  }
  return found;
}

/** The spec of a pod with nothing in it but what a field says, so that the field is judged alone. */
export function reduced(spec: { readonly [field: string]: unknown }, field: FieldName): { readonly [field: string]: unknown } {
  const { nodeSelector: _, affinity, tolerations, topologySpreadConstraints: __, nodeName: ___, schedulerName: ____, ...rest } = spec;
  const only = (name: string): unknown => (typeof affinity === 'object' && affinity !== null && name in affinity ? { [name]: (affinity as { readonly [f: string]: unknown })[name] } : undefined);
  switch (field) {
    case 'nodeSelector': return { ...rest, nodeSelector: spec.nodeSelector };
    case 'affinity': return { ...rest, affinity };
    case 'nodeAffinity': case 'podAffinity': case 'podAntiAffinity': return { ...rest, affinity: only(field) };
    case 'tolerations': return { ...rest, tolerations };
    // Which nodes count for the skew depends on where the pod may be at all.
    case 'topologySpreadConstraints': { const { nodeName: _____, schedulerName: ______, ...whole } = spec; return whole; }
    case 'resources': return rest;
    case 'nodeName': return { ...rest, nodeName: spec.nodeName };
  }
}
