import type { Namespace, Pod } from '../../api/generated/types';
import type { ObjectWithMeta } from '../../api/object';
import type { ResourceDefinition } from '../../api/resources/definition';
import { isStatus, type Status } from '../../api/status';
import type { Result } from '../../client/client';
import type { ControllerContext, SyncResult } from '../../client/controller';
import { NAMESPACES, PODS } from '../../client/resources';
import type { Process } from '../../simulation/process';
import { seconds } from '../objects';
import { failed, isConflict, isFailure, isNotFound, messageOf } from '../outcome';
import { isPodTerminal } from '../podUtil';
import { resourceOf } from '../resourcesOf';
import { namespaceConditions } from './conditions';

const FINALIZER = 'kubernetes';
/** How long objects with finalizers are given before the next look. */
const FINALIZER_ESTIMATE_SECONDS = 15;

/** How a pass ended: with content that takes so many seconds yet, or with an error. */
export interface Deletion extends SyncResult {
  readonly estimateSeconds?: number;
}

interface Left {
  readonly estimate: number;
  readonly error?: string;
}

/** namespacedResourcesDeleter: empties a namespace that is being deleted, pods first, then takes off its finalizer. */
export class NamespaceDeleter {
  constructor(private readonly context: ControllerContext, private readonly resources: () => readonly ResourceDefinition[]) {}

  *delete(name: string): Process<Deletion> {
    const { client } = this.context;
    let namespace = yield* client.get(NAMESPACES, '', name);
    if (isStatus(namespace)) return isNotFound(namespace) ? { outcome: `namespace ${name} is gone` } : failed(namespace);
    if (namespace.metadata.deletionTimestamp === undefined) return { outcome: '' };
    if (namespace.status?.phase !== 'Terminating') {
      namespace = yield* this.retryOnConflict(namespace, (n) => client.updateStatus(NAMESPACES, { ...n, status: { ...n.status, phase: 'Terminating' } }));
      if (isStatus(namespace)) return isNotFound(namespace) ? { outcome: '' } : failed(namespace);
    }
    if ((namespace.spec?.finalizers ?? []).length === 0) return { outcome: '' };
    const content = yield* this.deleteContent(namespace);
    if (content.error !== undefined) return content;
    if ((content.estimateSeconds ?? 0) > 0) return content;
    const finalized = yield* this.retryOnConflict(namespace, (n) => this.finalize(n));
    return isStatus(finalized) && !isNotFound(finalized) ? failed(finalized) : { outcome: `namespace ${name} is empty: finalized` };
  }

  private *retryOnConflict(namespace: Namespace, write: (namespace: Namespace) => Process<Result<Namespace>>): Process<Result<Namespace>> {
    let latest = namespace;
    for (;;) {
      const written = yield* write(latest);
      if (!isConflict(written)) return written;
      const fresh = yield* this.context.client.get(NAMESPACES, '', namespace.metadata.name);
      if (isStatus(fresh)) return fresh;
      if (fresh.metadata.uid !== namespace.metadata.uid) return written;
      latest = fresh;
    }
  }

  private finalize(namespace: Namespace): Process<Result<Namespace>> {
    const finalizers = (namespace.spec?.finalizers ?? []).filter((f) => f !== FINALIZER);
    return this.context.client.updateSubresource<Namespace, Namespace>(NAMESPACES, '', namespace.metadata.name, 'finalize', { ...namespace, spec: { ...namespace.spec, finalizers } });
  }

  /** Pods go before anything else, so that nothing that they need is taken from under them. */
  private *deleteContent(namespace: Namespace): Process<Deletion> {
    const errors: string[] = [];
    const remaining = new Map<string, number>();
    const finalizers = new Map<string, number>();
    const definitions = this.resources();
    let estimate = 0;
    for (const definition of [...definitions.filter(isPods), ...definitions.filter((d) => !isPods(d))]) {
      const left = yield* this.deleteAll(definition, namespace, remaining, finalizers);
      if (left.error !== undefined) errors.push(left.error);
      estimate = Math.max(estimate, left.estimate);
      if (isPods(definition) && remaining.size > 0) break;
    }
    const conditions = namespaceConditions(namespace.status?.conditions, { errors, remaining, finalizers }, this.context.simulation.timestamp());
    if (conditions !== namespace.status?.conditions && conditions.length > 0) yield* this.context.client.updateStatus(NAMESPACES, { ...namespace, status: { ...namespace.status, conditions } });
    if (errors.length > 0) return { error: errors.join(', ') };
    return { estimateSeconds: estimate, outcome: estimate > 0 ? `waiting for ${[...remaining].map(([r, n]) => `${n} ${r.replace(/\.$/, '')}`).join(', ')}` : '' };
  }

  private *deleteAll(definition: ResourceDefinition, namespace: Namespace, remaining: Map<string, number>, finalizers: Map<string, number>): Process<Left> {
    const { client } = this.context;
    const resource = resourceOf(definition);
    const name = namespace.metadata.name;
    const estimate = isPods(definition) ? yield* this.estimatePods(namespace) : 0;
    if (definition.verbs.includes('deletecollection')) {
      const deleted = yield* client.deleteCollection(resource, name, { propagationPolicy: 'Background' });
      if (isFailure(deleted) && !isNotFound(deleted)) return { estimate, error: messageOf(deleted) };
    } else {
      const failure = yield* this.deleteEach(definition, name);
      if (failure) return { estimate, error: messageOf(failure) };
    }
    const left = yield* client.list(resource, name);
    if (isStatus(left)) return { estimate, error: messageOf(left) };
    if (left.items.length === 0) return { estimate: 0 };
    remaining.set(`${definition.resource}.${definition.group}`, left.items.length);
    const waiting = countFinalizers(left.items, finalizers);
    if (estimate !== 0) return { estimate };
    if (waiting) return { estimate: FINALIZER_ESTIMATE_SECONDS };
    return { estimate, error: `unexpected items still remain in namespace: ${name} for gvr: ${definition.group}/${definition.version}, Resource=${definition.resource}` };
  }

  private *deleteEach(definition: ResourceDefinition, namespace: string): Process<Status | undefined> {
    const resource = resourceOf(definition);
    const list = yield* this.context.client.list(resource, namespace);
    if (isStatus(list)) return list;
    for (const item of list.items) {
      const deleted = yield* this.context.client.delete(resource, namespace, item.metadata.name, { propagationPolicy: 'Background' });
      if (isFailure(deleted) && !isNotFound(deleted)) return deleted;
    }
    return undefined;
  }

  /** The longest grace period of a pod that still runs; nothing once that has passed since the deletion. */
  private *estimatePods(namespace: Namespace): Process<number> {
    const list = yield* this.context.client.list<Pod>(PODS, namespace.metadata.name);
    if (isStatus(list)) return 0;
    const longest = Math.max(0, ...list.items.filter((pod) => !isPodTerminal(pod)).map((pod) => pod.spec.terminationGracePeriodSeconds ?? 0));
    return this.context.simulation.wallMilliseconds() - seconds(namespace.metadata.deletionTimestamp) >= longest * 1000 ? 0 : longest;
  }
}

const isPods = (definition: ResourceDefinition): boolean => definition.group === '' && definition.resource === 'pods';

function countFinalizers(items: readonly ObjectWithMeta[], finalizers: Map<string, number>): boolean {
  let any = false;
  for (const item of items) for (const finalizer of item.metadata.finalizers ?? []) { finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1); any = true; }
  return any;
}
