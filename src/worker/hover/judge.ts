import type { Pod } from '../../engine/api/generated/types';
import type { KubernetesObject } from '../../engine/api/object';
import { isStatus } from '../../engine/api/status';
import { CycleState, SKIP, Status, type Plugin } from '../../engine/scheduler/framework';
import type { NodeInfo } from '../../engine/scheduler/nodeInfo';
import { podInfoOf, type PodInfo } from '../../engine/scheduler/podInfo';
import type { ManifestDocument } from '../../engine/manifest/parse';
import type { LiveView } from '../runningWorld';
import { podSpecPath, valueAt } from '../manifests';
import type { WorldSettings } from '../protocol';
import { reduced, type FieldName } from './fields';

/** What a scheduler plugin says of a node. */
export interface Verdict {
  readonly node: NodeInfo;
  /** Undefined where the plugin has nothing against it. */
  readonly status: Status | undefined;
}

export interface Judgement {
  readonly pod: PodInfo;
  readonly verdicts: readonly Verdict[];
}

const PLUGINS: { readonly [F in FieldName]: readonly string[] } = {
  nodeSelector: ['NodeAffinity'], affinity: ['NodeAffinity', 'InterPodAffinity'], nodeAffinity: ['NodeAffinity'], podAffinity: ['InterPodAffinity'], podAntiAffinity: ['InterPodAffinity'],
  tolerations: ['TaintToleration'], topologySpreadConstraints: ['PodTopologySpread'], resources: ['NodeResourcesFit'], nodeName: ['NodeName'],
};

/** Asks the plugins that a field is about, of every node as it is now, about one more pod of a document. */
export function judge(document: ManifestDocument, field: FieldName, live: LiveView, settings: WorldSettings): Judgement | undefined {
  const pod = podOf(document, field, live, settings);
  const { scheduler } = live.session.cluster;
  if (!pod || !scheduler) return undefined;
  const info = podInfoOf(pod);
  const framework = scheduler.core.frameworkFor(pod);
  const plugins = (framework?.at('filter') ?? []).filter((p) => PLUGINS[field].includes(p.name));
  const nodes = scheduler.core.cache.nodes;
  const verdicts = new Map<NodeInfo, Status | undefined>(nodes.map((n) => [n, undefined]));
  for (const plugin of plugins) {
    const state = new CycleState();
    const refusal = preFilter(plugin, state, info);
    if (refusal === 'skipped') continue;
    for (const node of nodes) if (!verdicts.get(node)) verdicts.set(node, refusal instanceof Status ? refusal : plugin.filter?.(state, info, node));
  }
  return { pod: info, verdicts: [...verdicts].map(([node, status]) => ({ node, status })) };
}

function preFilter(plugin: Plugin, state: CycleState, pod: PodInfo): Status | 'skipped' | undefined {
  const answer = plugin.preFilter?.(state, pod);
  if (answer === SKIP) return 'skipped';
  return answer instanceof Status ? answer : undefined;
}

/** One pod of the document as the API server would store it, judged by one field alone; undefined where it could not be read. */
function podOf(document: ManifestDocument, field: FieldName, live: LiveView, settings: WorldSettings): Pod | undefined {
  const path = podSpecPath(document.kind);
  const definition = live.definitionOf('v1', 'Pod');
  if (path === undefined || !definition) return undefined;
  const spec = valueAt(document.value, path);
  const parent = path === 'spec' ? document.value : valueAt(document.value, path.slice(0, -'.spec'.length));
  if (typeof spec !== 'object' || spec === null) return undefined;
  const labels = valueAt(parent, 'metadata.labels');
  const pod = {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'what-if', namespace: document.namespace || settings.namespace, uid: 'what-if', ...(labels ? { labels } : {}) },
    spec: reduced(spec as { readonly [field: string]: unknown }, field),
  };
  const whole = live.session.cluster.api.complete(definition, pod as unknown as KubernetesObject);
  return isStatus(whole) ? undefined : (whole as unknown as Pod);
}
