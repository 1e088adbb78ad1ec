import type { OwnerReference } from '../../api/generated/types';
import type { ObjectWithMeta } from '../../api/object';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** An object in the graph of owners and dependents. A virtual one is known only from a dependent's reference. */
export class GraphNode {
  readonly dependents = new Set<GraphNode>();
  owners: readonly OwnerReference[] = [];
  beingDeleted = false;
  deletingDependents = false;
  virtual = false;

  constructor(public identity: Identity) {}

  /** Dependents that keep an owner alive which is deleted in the foreground. */
  *blocking(): Iterable<GraphNode> {
    for (const dependent of this.dependents) if (dependent.owners.some((o) => o.uid === this.identity.uid && o.blockOwnerDeletion === true)) yield dependent;
  }
}

/** What the graph wants looked at after a change. */
export interface GraphListener {
  readonly attemptToDelete: (node: GraphNode) => void;
  readonly attemptToOrphan: (node: GraphNode) => void;
  /** An owner left that had dependents: references to it dangle. */
  readonly absent: (identity: Identity) => void;
}

const has = (object: ObjectWithMeta | undefined, finalizer: string): boolean => object?.metadata.finalizers?.includes(finalizer) ?? false;
const isDeleted = (object: ObjectWithMeta | undefined): boolean => object?.metadata.deletionTimestamp !== undefined;
const waitsFor = (object: ObjectWithMeta | undefined, finalizer: string): boolean => isDeleted(object) && has(object, finalizer);

/** True when an update can mean nothing to the graph, which is so for nearly all. */
export function isIrrelevant(before: ObjectWithMeta, after: ObjectWithMeta): boolean {
  return isDeleted(before) === isDeleted(after) && has(before, FOREGROUND) === has(after, FOREGROUND) && has(before, ORPHAN) === has(after, ORPHAN)
    && (before.metadata.ownerReferences === after.metadata.ownerReferences || JSON.stringify(before.metadata.ownerReferences ?? []) === JSON.stringify(after.metadata.ownerReferences ?? []));
}

/** garbagecollector.GraphBuilder: who owns whom, by UID, as the informers tell. */
export class Graph {
  private readonly nodes = new Map<string, GraphNode>();

  constructor(private readonly listener: GraphListener) {}

  get(uid: string): GraphNode | undefined { return this.nodes.get(uid); }
  get size(): number { return this.nodes.size; }

  upsert(before: ObjectWithMeta | undefined, object: ObjectWithMeta): void {
    const { apiVersion, kind, metadata } = object;
    const identity = { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid };
    let node = this.nodes.get(metadata.uid);
    if (node === undefined) {
      node = new GraphNode(identity);
      node.deletingDependents = waitsFor(object, FOREGROUND);
      node.beingDeleted = isDeleted(object);
      this.nodes.set(metadata.uid, node);
      this.addToOwners(node, metadata.ownerReferences ?? []);
      node.owners = metadata.ownerReferences ?? [];
    } else {
      if (node.virtual) { node.virtual = false; node.identity = identity; }
      this.updateOwners(node, metadata.ownerReferences ?? []);
      if (isDeleted(object)) node.beingDeleted = true;
    }
    this.transition(before, object, node);
  }

  /** A node goes. Its dependents may be garbage now, and an owner that waits for it may go. */
  remove(uid: string): void {
    const node = this.nodes.get(uid);
    if (node === undefined) return;
    this.nodes.delete(uid);
    for (const owner of node.owners) this.nodes.get(owner.uid)?.dependents.delete(node);
    if (node.dependents.size > 0) this.listener.absent(node.identity);
    for (const dependent of node.dependents) this.listener.attemptToDelete(dependent);
    for (const owner of node.owners) {
      const ownerNode = this.nodes.get(owner.uid);
      if (ownerNode?.deletingDependents) this.listener.attemptToDelete(ownerNode);
    }
  }

  private transition(before: ObjectWithMeta | undefined, object: ObjectWithMeta, node: GraphNode): void {
    if (waitsFor(object, ORPHAN) && !waitsFor(before, ORPHAN)) { this.listener.attemptToOrphan(node); return; }
    if (!waitsFor(object, FOREGROUND) || waitsFor(before, FOREGROUND)) return;
    node.deletingDependents = true;
    for (const dependent of node.dependents) this.listener.attemptToDelete(dependent);
    this.listener.attemptToDelete(node);
  }

  private addToOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    for (const owner of owners) {
      let ownerNode = this.nodes.get(owner.uid);
      const known = ownerNode !== undefined;
      if (ownerNode === undefined) {
        ownerNode = new GraphNode({ apiVersion: owner.apiVersion, kind: owner.kind, namespace: node.identity.namespace, name: owner.name, uid: owner.uid });
        ownerNode.virtual = true;
        this.nodes.set(owner.uid, ownerNode);
      }
      ownerNode.dependents.add(node);
      if (!known) this.listener.attemptToDelete(ownerNode);
      else if (!matches(ownerNode.identity, owner, node.identity.namespace)) this.listener.attemptToDelete(node);
    }
  }

  private updateOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    const before = new Map(node.owners.map((o) => [o.uid, o]));
    const after = new Map(owners.map((o) => [o.uid, o]));
    const added = owners.filter((o) => !before.has(o.uid));
    const removed = node.owners.filter((o) => !after.has(o.uid));
    const unblocked = node.owners.filter((o) => o.blockOwnerDeletion === true && after.has(o.uid) && after.get(o.uid)?.blockOwnerDeletion !== true);
    for (const owner of [...removed.filter((o) => o.blockOwnerDeletion === true), ...unblocked]) {
      const ownerNode = this.nodes.get(owner.uid);
      if (ownerNode?.deletingDependents) this.listener.attemptToDelete(ownerNode);
    }
    node.owners = owners;
    this.addToOwners(node, added);
    for (const owner of removed) this.nodes.get(owner.uid)?.dependents.delete(node);
  }
}

/** Whether a reference fits what is known of its owner: kind, name, and the namespace where it has one. */
function matches(identity: Identity, owner: OwnerReference, namespace: string): boolean {
  return identity.apiVersion === owner.apiVersion && identity.kind === owner.kind && identity.name === owner.name && (identity.namespace === '' || identity.namespace === namespace);
}
