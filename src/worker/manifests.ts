import { parseManifest, type ParsedManifest } from '../engine/manifest/parse';
import type { FileText } from './protocol';

/** Texts that stay parsed. */
const MAX_PARSED = 20;
const cache = new Map<string, { readonly text: string; readonly manifest: ParsedManifest }>();

/** Reads a file, or what was read of the same text before. */
export function parsed({ file, text }: FileText): ParsedManifest {
  const known = cache.get(file);
  if (known?.text === text) return known.manifest;
  const manifest = parseManifest(text, file);
  cache.delete(file);
  cache.set(file, { text, manifest });
  const oldest = cache.keys().next().value;
  if (cache.size > MAX_PARSED && oldest !== undefined) cache.delete(oldest);
  return manifest;
}

/** Where a kind keeps the spec of its pods: "spec.template.spec"; undefined for kinds without pods. */
export function podSpecPath(kind: string): string | undefined {
  switch (kind) {
    case 'Pod': return 'spec';
    case 'Deployment': case 'ReplicaSet': case 'StatefulSet': case 'DaemonSet': case 'Job': case 'ReplicationController': return 'spec.template.spec';
    case 'CronJob': return 'spec.jobTemplate.spec.template.spec';
    default: return undefined;
  }
}

/** The value at a dotted path without lists; undefined where a step is missing. */
export function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const step of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as { readonly [field: string]: unknown })[step];
  }
  return at;
}
