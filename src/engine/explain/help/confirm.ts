import type { Node, Pod } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import type { SchedulerConfiguration } from '../../scheduler/configuration';
import { Session } from '../../session';
import { objectsOf } from '../cluster';
import { applyEdits, type Edit } from './edits';
import { claimsWithClass } from './newDefaultClass';
import type { Found } from './search';
import { changedNode, Trial } from './trial';

export interface ConfirmContext {
  /** The cluster without the pod and without other waiting pods. */
  readonly objects: readonly KubernetesObject[];
  readonly pod: Pod;
  readonly configuration: SchedulerConfiguration | undefined;
  /** The manifest that the pod comes from, with the edits made to it: it must be accepted too. */
  readonly manifest: { readonly value: { readonly [field: string]: unknown }; readonly isPod: boolean } | undefined;
}

/** A run for one pod takes seconds of virtual time; hitting this is a failure to confirm. */
const LIMITS = { milliseconds: 10_000, events: 1_000_000, patience: 0 };
/** Beyond so many nodes and pods, the throw-away world admits the pod only, and the scheduler is asked over a copy of the cache. */
const MAX_WORLD = 1500;

/** Runs a throw-away world with the change: the node where the pod is really placed, or undefined. */
export function confirm(found: Found, context: ConfirmContext): string | undefined {
  const objects = changed(context.objects, found);
  if (!found.preempts) return run(objects, found, context, false);
  const nominated = run(objects, found, context, true);
  if (!nominated) return undefined;
  // The victims end where a kubelet is; afterwards the pod must fit.
  const gone = new Set(found.victims);
  const placed = run(objects.filter((o) => o.kind !== 'Pod' || !gone.has(`${o.metadata.namespace ?? ''}/${o.metadata.name}`)), found, context, false);
  return placed && nominated;
}

function run(objects: readonly KubernetesObject[], found: Found, { pod, configuration, manifest }: ConfirmContext, nominates: boolean): string | undefined {
  const created = found.actions.flatMap((a) => (a.type === 'create' && a.object.kind !== 'PersistentVolume' ? [a.object] : []));
  const size = objects.reduce((n, o) => n + (o.kind === 'Node' || o.kind === 'Pod' ? 1 : 0), 0);
  const whole = size <= MAX_WORLD;
  const session = new Session({
    objects: whole ? objects : objects.filter((o) => o.kind !== 'Node' && o.kind !== 'Pod'), components: { controllers: false, kubelets: false }, schedulingAttempts: 1, schedulerConfiguration: configuration,
    namespaces: pod.metadata.namespace ? [pod.metadata.namespace] : [],
  });
  const values: object[] = [...created];
  if (manifest && !manifest.isPod) values.push(manifest.value);
  values.push(manifest?.isPod ? { ...manifest.value, metadata: { ...(manifest.value.metadata as object), namespace: pod.metadata.namespace } } : newPod(applyEdits(pod, found.edits)));
  const { documents } = session.create(values.map((value, index) => ({ file: '', index, value: value as { readonly [field: string]: unknown } })), { limits: LIMITS, namespace: pod.metadata.namespace });
  if (documents.some((d) => d.code >= 300)) return undefined;
  const admitted = documents.at(-1)?.object as unknown as Pod | undefined;
  if (!admitted) return undefined;
  const decision = whole ? session.cluster.scheduler?.decisionFor(admitted.metadata.uid) : new Trial([...objectsOf(session.cluster.api).filter((o) => o.kind !== 'Node' && o.kind !== 'Pod'), ...objects.filter((o) => o.kind === 'Node' || o.kind === 'Pod')], configuration, 1, () => true).attempt(admitted);
  return (nominates ? decision?.nominatedNode : decision?.outcome === 'scheduled' ? decision.node : undefined) || undefined;
}

/** The cluster after the actions; objects to be created go through the API server. */
function changed(objects: readonly KubernetesObject[], { actions }: Found): readonly KubernetesObject[] {
  return actions.reduce((all: readonly KubernetesObject[], action): readonly KubernetesObject[] => {
    switch (action.type) {
      case 'addNode': return [...all, action.node as unknown as KubernetesObject];
      case 'deletePods': return all.filter((o) => o.kind !== 'Pod' || !action.pods.some((p) => p.name === o.metadata.name && p.namespace === (o.metadata.namespace ?? '')));
      // Without its controller nobody would make a volume available.
      case 'create': return action.object.kind === 'PersistentVolume' ? [...all, action.object] : given(all, action.object);
      default: return all.map((o) => (o.kind === 'Node' && o.metadata.name === action.node ? (changedNode(o as unknown as Node, action) as unknown as KubernetesObject) : o));
    }
  }, objects);
}

/** Without its controller nobody would give claims the new default class either. */
function given(objects: readonly KubernetesObject[], created: KubernetesObject): readonly KubernetesObject[] {
  const claims = claimsWithClass(created, objects);
  return claims.size === 0 ? objects : objects.map((o) => claims.get(o) ?? o);
}

/** The stored pod as somebody would create it. */
export function newPod({ apiVersion, kind, metadata, spec }: Pod): object {
  const { name, namespace, labels, annotations, ownerReferences } = metadata;
  const { priority: _, nodeName: __, ...rest } = spec;
  // Admission fills in the policy of the class; one that another class left behind would be refused.
  const { preemptionPolicy, ...others } = rest;
  return { apiVersion, kind, metadata: { name, namespace, labels, annotations, ownerReferences }, spec: rest.priorityClassName && preemptionPolicy !== 'Never' ? others : rest };
}

/** Edits whose paths begin at the pod, as edits of a manifest that contains the pod's template. */
export const mapped = (edits: readonly Edit[], prefix: string, document: number | undefined): readonly Edit[] =>
  edits.map((edit) => ({ ...(document === undefined ? {} : { document }), fieldPath: `${prefix}${edit.fieldPath}`, operation: edit.operation, ...(edit.value === undefined ? {} : { value: edit.value }) }));
