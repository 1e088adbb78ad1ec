import type { AttachedVolume, Node } from '../../api/generated/types';
import { isStatus, type Status } from '../../api/status';
import type { Client } from '../../client/client';
import type { Informer } from '../../client/informer';
import { NODES } from '../../client/resources';
import type { Process } from '../../simulation/process';

/** The nodes' `status.volumesAttached`: what tells a kubelet that a disk has come, and that it must not mount one any more. */
export class AttachedReport {
  /** As last written: the cache may be behind. */
  private readonly written = new Map<string, readonly AttachedVolume[]>();

  constructor(private readonly client: Client, private readonly nodes: Informer<Node>) {}

  /** Says that the volume is attached to the node, or that it no longer is. A node that is gone needs no word. */
  *set(node: string, volume: string, attached: boolean): Process<Status | undefined> {
    const known = this.nodes.get(node);
    if (known === undefined) return undefined;
    const before = this.written.get(node) ?? known.status?.volumesAttached ?? [];
    if (before.some(({ name }) => name === volume) === attached) return undefined;
    const after = attached ? [...before, { devicePath: '', name: volume }] : before.filter(({ name }) => name !== volume);
    const answer = yield* this.client.patch(NODES, '', node, 'application/strategic-merge-patch+json', { status: { volumesAttached: after.length > 0 ? after : null } }, 'status');
    if (isStatus(answer)) return answer.reason === 'NotFound' ? undefined : answer;
    this.written.set(node, after);
    return undefined;
  }

  forget(node: string): void { this.written.delete(node); }
}
