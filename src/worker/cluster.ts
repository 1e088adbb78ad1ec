import type { KubernetesObject } from '../engine/api/object';
import { parseManifest } from '../engine/manifest/parse';
import { parseConfiguration, type SchedulerConfiguration } from '../engine/scheduler/configuration';
import { PLUGINS } from '../engine/scheduler/plugins/registry';
import { parseSnapshot, type EtcdSnapshot } from '../engine/etcd/snapshot';
import type { FileText } from './protocol';

/** The description of a cluster cannot be used, in words for a person. */
export class ClusterFileError extends Error {}

/** Objects of a cluster file: several documents, a List, also what `kubectl get nodes,pods -A -o yaml` prints. */
export function readCluster({ file, text }: FileText): readonly KubernetesObject[] {
  const name = fileName(file);
  const { documents, errors } = parseManifest(text, file);
  const [error] = errors;
  if (error) throw new ClusterFileError(`${name}, line ${error.range.start.line + 1}: ${error.message}`);
  if (documents.length === 0) throw new ClusterFileError(`${name} holds no Kubernetes objects.`);
  for (const d of documents) {
    if (!d.apiVersion || !d.kind || !d.name) throw new ClusterFileError(`${name}, line ${d.range.start.line + 1}: an object of a cluster needs apiVersion, kind and metadata.name.`);
  }
  return documents.map((d) => d.value as unknown as KubernetesObject);
}

/** The last part of a URI, as a person knows the file. */
export function fileName(uri: string): string {
  const last = uri.slice(uri.lastIndexOf('/') + 1);
  try { return decodeURIComponent(last); } catch { return last; }
}

/** The configuration of the scheduler is not to be used, in words for a person. */
export class SchedulerConfigurationError extends Error {}

/** A KubeSchedulerConfiguration; undefined without a file. */
export function readSchedulerConfiguration(given: FileText | undefined): SchedulerConfiguration | undefined {
  if (!given) return undefined;
  const name = fileName(given.file);
  const { documents, errors } = parseManifest(given.text, given.file);
  const [error] = errors;
  if (error) throw new SchedulerConfigurationError(`${name}, line ${error.range.start.line + 1}: ${error.message}`);
  const [document] = documents;
  if (!document || documents.length > 1) throw new SchedulerConfigurationError(`${name}: a scheduler's configuration is one document.`);
  const parsed = parseConfiguration(document.value, new Set(PLUGINS.keys()));
  if (parsed.errors.length > 0) throw new SchedulerConfigurationError(`${name} is no valid KubeSchedulerConfiguration: ${parsed.errors.join('; ')}`);
  return parsed.configuration;
}

export function readSnapshot({ file, text }: FileText): EtcdSnapshot {
  const snapshot = parseSnapshot(text);
  if (typeof snapshot === 'string') throw new ClusterFileError(`${fileName(file)} cannot be restored: ${snapshot}.`);
  return snapshot;
}
