import type { Node, Taint } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import type { Edit } from './edits';

export type SuggestionKind =
  | 'lowerRequest' | 'addToleration' | 'relaxNodeSelector' | 'relaxNodeAffinity' | 'relaxPodAffinity' | 'relaxSpread' | 'changePort' | 'removeGates' | 'changeScheduler' | 'raisePriority'
  | 'uncordon' | 'removeTaint' | 'labelNode' | 'addNode' | 'deletePods' | 'createObject' | 'combination';

/** Something that is done to the cluster, not to the manifest. */
export type ClusterAction =
  | { readonly type: 'uncordon'; readonly node: string }
  | { readonly type: 'untaint'; readonly node: string; readonly taint: Taint }
  | { readonly type: 'label'; readonly node: string; readonly labels: { readonly [key: string]: string } }
  | { readonly type: 'addNode'; readonly node: Node }
  | { readonly type: 'deletePods'; readonly pods: readonly { readonly namespace: string; readonly name: string }[] }
  | { readonly type: 'create'; readonly object: KubernetesObject };

/** A change that may help, not tried yet. */
export interface Candidate {
  readonly kind: SuggestionKind;
  /** What to do, as an order: "Lower the CPU request of container main to 1200m". */
  readonly title: string;
  /** Why it helps, or what it costs. */
  readonly detail: string;
  /** How much it changes; the smaller the better. One edit of one's own manifest is about 1, a change of the cluster more. */
  readonly size: number;
  /** Edits of the pod. */
  readonly edits: readonly Edit[];
  readonly actions: readonly ClusterAction[];
  /** The pod is placed by evicting others: it is nominated first. */
  readonly preempts?: boolean;
}
