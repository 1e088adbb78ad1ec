import type { Code, NodeToStatus, Status } from './framework';
import { Status as StatusClass } from './framework';
import type { NodeInfo } from './nodeInfo';

const ABSENT = new StatusClass('UnschedulableAndUnresolvable', '', []);

/** framework.NodeToStatus: why each node failed, and one status for all nodes that were not looked at singly. */
export class NodeStatuses implements NodeToStatus {
  // Thousands of nodes may be refused in one attempt: lists, and a map only for those who ask by name.
  readonly #refused: NodeInfo[] = [];
  readonly #list: Status[] = [];
  #byName: Map<string, Status> | undefined;
  absent: Status = ABSENT;
  constructor(readonly nodes: readonly NodeInfo[]) {}

  /** A node may be set twice only where it was the first, as a nominated node is tried before all. */
  set(node: NodeInfo, status: Status): void {
    this.#byName = undefined;
    if (this.#refused[0] === node) { this.#list[0] = status; return; }
    this.#refused.push(node);
    this.#list.push(status);
  }

  get(nodeName: string): Status {
    this.#byName ??= new Map(this.#refused.map((node, i) => [node.name, this.#list[i] ?? ABSENT]));
    return this.#byName.get(nodeName) ?? this.absent;
  }

  get size(): number { return this.#list.length; }
  /** Refused nodes and, at the same positions, their statuses. */
  get refused(): readonly NodeInfo[] { return this.#refused; }
  get statuses(): readonly Status[] { return this.#list; }

  nodesWith(code: Code): readonly NodeInfo[] {
    if (this.absent.code === code) return this.nodes.filter((node) => this.get(node.name).code === code);
    if (!this.#list.some((status) => status.code === code)) return [];
    return this.#refused.filter((_, i) => this.#list[i]?.code === code);
  }
}

export interface Diagnosis {
  readonly statuses: NodeStatuses;
  /** Set where a PreFilter plugin refused the pod as a whole. */
  readonly preFilterMessage: string;
  readonly postFilterMessage: string;
}

/** FitError.Error(): "0/5 nodes are available: <reasons with their counts>. <what PostFilter says>". */
export function fitErrorMessage(totalNodes: number, { statuses, preFilterMessage, postFilterMessage }: Diagnosis): string {
  let message = `0/${totalNodes} nodes are available:`;
  const filterMessage = preFilterMessage || reasonsHistogram(totalNodes, statuses);
  if (filterMessage) message += ` ${filterMessage}.`;
  if (postFilterMessage) message += ` ${postFilterMessage}`;
  return message;
}

function reasonsHistogram(totalNodes: number, statuses: NodeStatuses): string {
  const counts = new Map<string, number>();
  const count = (status: Status, by: number): void => { for (const reason of status.reasons) counts.set(reason, (counts.get(reason) ?? 0) + by); };
  for (const [status, n] of histogram(statuses.statuses)) count(status, n);
  if (statuses.size < totalNodes) count(statuses.absent, totalNodes - statuses.size);
  // Sorted as text, so that "10 …" comes before "2 …", as in Kubernetes.
  return [...counts].map(([reason, n]) => `${n} ${reason}`).sort().join(', ');
}

function histogram(statuses: readonly Status[]): ReadonlyMap<Status, number> {
  const counts = new Map<Status, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}
