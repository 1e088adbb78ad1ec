import type { KubernetesObject } from '../engine/api/object';
import { openContext } from './connection';
import { DEFAULT_LIVE_LIMITS } from './protocol';
import { Redactor } from './redact';
import { asLiveError } from './errors';
import { assumptionsOf, takeSnapshot, withAskedKeys } from './snapshot';

export interface LiveCluster {
  readonly objects: readonly KubernetesObject[];
  /** What could not be read, and what is taken for granted. */
  readonly notices: readonly string[];
  /** Namespace of objects that name none. */
  readonly namespace: string;
}

/** What `--context NAME` stands for: the cluster as it is now, read and never written. Rejects with an Error whose message is for a person. */
export async function clusterOfContext(context: string, documents: readonly { readonly namespace: string; readonly value: { readonly [field: string]: unknown } }[], progress: (text: string) => void): Promise<LiveCluster> {
  const redactor = new Redactor();
  try {
    const opened = openContext(context, DEFAULT_LIVE_LIMITS, redactor, () => undefined);
    try {
      const namespace = opened.context.namespace || 'default';
      const references = [...new Set(documents.map((d) => d.namespace || namespace))];
      const { objects, notices } = await takeSnapshot(opened.api, { namespaces: [], references, page: DEFAULT_LIVE_LIMITS.page, most: DEFAULT_LIVE_LIMITS.pods, progress });
      const completed = withAskedKeys(objects, documents, namespace);
      return { objects: completed.objects, notices: [...notices, ...assumptionsOf(objects, documents, { dryRun: false, assumedKeys: completed.assumed }).map((a) => `assumed: ${a}`)], namespace };
    } finally {
      opened.close();
    }
  } catch (thrown) {
    throw new Error(redactor.text(asLiveError(thrown).message));
  }
}
