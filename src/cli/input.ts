import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject } from '../engine/api/object';
import { parseManifest, type ManifestDocument, type ManifestError } from '../engine/manifest/parse';
import { parseConfiguration, type SchedulerConfiguration } from '../engine/scheduler/configuration';
import { PLUGINS } from '../engine/scheduler/plugins/registry';
import { UsageError } from './arguments';

export interface Input {
  readonly documents: readonly ManifestDocument[];
  readonly errors: readonly { readonly file: string; readonly error: ManifestError }[];
}

const MANIFEST = /\.(ya?ml|json)$/;
const MAX_FILES = 10_000;

/** Reads the files, and the manifests directly inside folders; "-" is standard input. */
export function readManifests(files: readonly string[]): Input {
  const documents: ManifestDocument[] = [];
  const errors: { file: string; error: ManifestError }[] = [];
  const expanded = files.flatMap(expand);
  if (expanded.length > MAX_FILES) throw new UsageError(`${expanded.length} files are too many: at most ${MAX_FILES} at once`);
  for (const file of expanded) {
    const parsed = parseManifest(readText(file), file);
    documents.push(...parsed.documents);
    errors.push(...parsed.errors.map((error) => ({ file, error })));
  }
  return { documents, errors };
}

/** Reads a cluster description: objects to be loaded as they are. */
export function readCluster(file: string): readonly KubernetesObject[] {
  const { documents, errors } = parseManifest(readText(file), file);
  const first = errors[0];
  if (first) throw new UsageError(`${file}:${first.range.start.line + 1}: ${first.message}`);
  for (const document of documents) if (!document.apiVersion || !document.kind || !document.name) throw new UsageError(`${file}:${document.range.start.line + 1}: an object of a cluster needs apiVersion, kind and metadata.name`);
  return documents.map((d) => d.value as unknown as KubernetesObject);
}

/** Reads a KubeSchedulerConfiguration; undefined without a file. */
export function readSchedulerConfiguration(file: string | undefined): SchedulerConfiguration | undefined {
  if (file === undefined) return undefined;
  const { documents, errors } = parseManifest(readText(file), file);
  const first = errors[0];
  if (first) throw new UsageError(`${file}:${first.range.start.line + 1}: ${first.message}`);
  const [document] = documents;
  if (!document || documents.length > 1) throw new UsageError(`${file}: a scheduler's configuration is one document`);
  const parsed = parseConfiguration(document.value, new Set(PLUGINS.keys()));
  if (parsed.errors.length > 0) throw new UsageError(`${file}: ${parsed.errors.join('; ')}`);
  return parsed.configuration;
}

function expand(file: string): readonly string[] {
  if (file === '-') return [file];
  try {
    if (!statSync(file).isDirectory()) return [file];
    return readdirSync(file).filter((name) => MANIFEST.test(name)).sort().map((name) => join(file, name));
  } catch {
    throw new UsageError(`cannot read ${file}`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (thrown) {
    throw new UsageError(`cannot read ${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
