import { controllerOf, type KubernetesObject } from '../../engine/api/object';

/** Who wrote a change, as far as the object itself says. */
export interface Attribution {
  readonly actor: string;
  readonly verb: 'create' | 'update' | 'patch' | 'delete';
  readonly subresource: string;
  /** What this is concluded from, in words. */
  readonly source: string;
  /** managedFields' own time of the write, milliseconds since 1970 to the second; 0 where there is none. */
  readonly time: number;
}

interface ManagedFields { readonly manager?: string; readonly operation?: string; readonly subresource?: string; readonly time?: string; readonly fieldsV1?: unknown }

const entriesOf = (object: KubernetesObject | undefined): readonly ManagedFields[] => (object?.metadata as { readonly managedFields?: readonly ManagedFields[] } | undefined)?.managedFields ?? [];
const idOf = (e: ManagedFields): string => `${e.manager ?? ''}|${e.operation ?? ''}|${e.subresource ?? ''}`;

/** Controllers of the controller manager by the kind that owns what they write. */
const BY_OWNER: { readonly [kind: string]: string } = {
  Deployment: 'deployment-controller', ReplicaSet: 'replicaset-controller', StatefulSet: 'statefulset-controller', DaemonSet: 'daemonset-controller', Job: 'job-controller', CronJob: 'cronjob-controller', ReplicationController: 'replicationcontroller-controller', Service: 'endpointslice-controller',
};
const BY_KIND: { readonly [kind: string]: string } = {
  ...BY_OWNER, EndpointSlice: 'endpointslice-controller', Endpoints: 'endpoint-controller', PersistentVolumeClaim: 'persistentvolume-binder', PersistentVolume: 'persistentvolume-binder', Namespace: 'namespace-controller',
  HorizontalPodAutoscaler: 'horizontal-pod-autoscaler', PodDisruptionBudget: 'disruption-controller', ResourceQuota: 'resourcequota-controller', ServiceAccount: 'serviceaccount-controller', Node: 'node-controller',
};

/** The lane of a manager: the controller manager is many, told apart by what they write. */
export function actorOf(manager: string, object: KubernetesObject, isNew: boolean): string {
  if (manager === 'kube-scheduler') return 'kube-scheduler';
  if (manager === 'kubelet') return kubeletOf(object);
  if (manager === 'kube-controller-manager' || manager === '') {
    const owner = controllerOf(object)?.kind ?? '';
    return (isNew || object.kind === 'Pod' ? BY_OWNER[owner] : undefined) ?? BY_KIND[object.kind] ?? BY_OWNER[owner] ?? 'kube-controller-manager';
  }
  return manager.startsWith('kubectl') ? 'kubectl (another)' : manager.slice(0, 60);
}

export function kubeletOf(object: KubernetesObject): string {
  const node = (object.spec as { readonly nodeName?: string } | undefined)?.nodeName;
  return node ? `kubelet/${node}` : 'kubelet';
}

const nodeOf = (object: KubernetesObject | undefined): string => (object?.kind === 'Pod' ? (object.spec as { readonly nodeName?: string } | undefined)?.nodeName ?? '' : '');
const schedulerOf = (object: KubernetesObject): string => { const name = (object.spec as { readonly schedulerName?: string } | undefined)?.schedulerName; return !name || name === 'default-scheduler' ? 'kube-scheduler' : name.endsWith('-scheduler') ? name : `${name}-scheduler`; };

/** Who made `before` into `after`. managedFields name the manager of every write but a binding, which a new nodeName betrays. */
export function attribute(before: KubernetesObject | undefined, after: KubernetesObject): Attribution {
  if (before === undefined) {
    const entry = entriesOf(after).find((e) => !e.subresource) ?? entriesOf(after)[0];
    const manager = entry?.manager ?? '';
    return { actor: actorOf(manager, after, true), verb: 'create', subresource: '', source: manager ? `managedFields name ${manager}` : `its owner is ${controllerOf(after)?.kind ?? 'not known'}`, time: timeOf(entry) || Date.parse(after.metadata.creationTimestamp ?? '') || 0 };
  }
  if (nodeOf(before) === '' && nodeOf(after) !== '') return { actor: schedulerOf(after), verb: 'create', subresource: 'binding', source: 'the pod has a nodeName now', time: 0 };
  if (after.metadata.deletionTimestamp && !before.metadata.deletionTimestamp) return { actor: BY_OWNER[controllerOf(after)?.kind ?? ''] ?? 'kube-controller-manager', verb: 'delete', subresource: '', source: 'it has a deletionTimestamp now; managedFields do not say who asked', time: 0 };
  const known = new Map(entriesOf(before).map((e) => [idOf(e), e]));
  const changed = entriesOf(after).filter((e) => { const was = known.get(idOf(e)); return !was || was.time !== e.time || JSON.stringify(was.fieldsV1) !== JSON.stringify(e.fieldsV1); });
  const status = JSON.stringify(before.status) !== JSON.stringify(after.status) && JSON.stringify(before.spec) === JSON.stringify(after.spec);
  const fits = (e: ManagedFields): boolean => (e.subresource === 'status') === status;
  // Twice in one second by the same manager leaves no trace: then it is the last one of the same part.
  const entry = changed.find(fits) ?? changed[0] ?? [...entriesOf(after)].filter(fits).sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0];
  const manager = entry?.manager ?? '';
  const subresource = entry?.subresource ?? (status ? 'status' : '');
  const apply = entry?.operation === 'Apply' || (manager === 'kubelet' && subresource === 'status') || (manager === 'kube-scheduler' && subresource === 'status');
  const said = manager === '' ? 'managedFields name nobody' : changed.length > 0 ? `managedFields name ${manager}` : `managedFields are the same; ${manager} wrote this part last`;
  return { actor: actorOf(manager, after, false), verb: apply ? 'patch' : 'update', subresource, source: said, time: timeOf(entry) };
}

const timeOf = (entry: ManagedFields | undefined): number => Date.parse(entry?.time ?? '') || 0;
