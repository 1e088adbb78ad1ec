import type { Container, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { amountsOf, type Amounts, type ResourceList } from '../../api/quota/amounts';
import { podLimits, podRequests } from '../../api/quota/podResources';
import { aggregate, denied } from './denied';
import { aboveMaximum, aboveRatio, belowMinimum, requestAboveMaximum } from './limitConstraints';
import { on, onSubresource } from './matching';
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './plugin';

const ANNOTATION = 'kubernetes.io/limit-ranger';

const onPods = on('', 'pods', 'CREATE');
const onResize = onSubresource('', 'pods', 'resize', 'UPDATE');
const onClaims = on('', 'persistentvolumeclaims', 'CREATE', 'UPDATE');

/** LimitRanger: default requests and limits for the containers of a namespace, and bounds for containers, pods and claims. */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  handles: (a) => (onPods(a) || onResize(a) || onClaims(a)) && a.oldObject?.metadata.deletionTimestamp === undefined,
  admit(attributes, environment) {
    if (attributes.definition.resource !== 'pods') return attributes.object;
    let pod = attributes.object;
    for (const range of rangesOf(attributes, environment)) pod = withDefaults(pod, range);
    return pod;
  },
  validate(attributes, environment) {
    for (const range of rangesOf(attributes, environment)) {
      const broken = attributes.definition.resource === 'pods' ? brokenByPod(range, attributes.object as unknown as Pod) : brokenByClaim(range, attributes.object as unknown as PersistentVolumeClaim);
      if (broken.length > 0) return denied(attributes, aggregate(broken));
    }
    return undefined;
  },
};

const rangesOf = ({ namespace }: AdmissionAttributes, environment: AdmissionEnvironment): Iterable<LimitRange> =>
  environment.list('', 'limitranges', namespace) as unknown as Iterable<LimitRange>;

/** Fills in what containers leave out, and says so in an annotation. */
function withDefaults(object: KubernetesObject, range: LimitRange): KubernetesObject {
  const items = (range.spec?.limits ?? []).filter((item) => item.type === 'Container');
  const requests = Object.assign({}, ...items.map((item) => item.defaultRequest ?? {})) as NonNullable<ResourceList>;
  const limits = Object.assign({}, ...items.map((item) => item.default ?? {})) as NonNullable<ResourceList>;
  const { spec } = object as unknown as Pod;
  const said: string[] = [];
  const fill = (kind: string) => (container: Container): Container => filled(container, requests, limits, kind, said);
  const containers = (spec.containers ?? []).map(fill('container'));
  const initContainers = spec.initContainers?.map(fill('init container'));
  if (said.length === 0) return object;
  const annotations = { ...object.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${said.join('; ')}` };
  return { ...object, metadata: { ...object.metadata, annotations }, spec: { ...spec, containers, ...(initContainers ? { initContainers } : {}) } } as KubernetesObject;
}

function filled(container: Container, requests: NonNullable<ResourceList>, limits: NonNullable<ResourceList>, kind: string, said: string[]): Container {
  const { resources = {} } = container;
  const absent = (wanted: NonNullable<ResourceList>, present: ResourceList): readonly string[] => Object.keys(wanted).filter((name) => present?.[name] === undefined).sort();
  const newRequests = absent(requests, resources.requests);
  const newLimits = absent(limits, resources.limits);
  if (newRequests.length > 0) said.push(`${newRequests.join(', ')} request for ${kind} ${container.name}`);
  if (newLimits.length > 0) said.push(`${newLimits.join(', ')} limit for ${kind} ${container.name}`);
  if (newRequests.length === 0 && newLimits.length === 0) return container;
  return {
    ...container,
    resources: {
      ...resources, ...(newLimits.length > 0 ? { limits: { ...limits, ...resources.limits } } : {}), ...(newRequests.length > 0 ? { requests: { ...requests, ...resources.requests } } : {}),
    },
  };
}

function brokenByPod(range: LimitRange, pod: Pod): readonly string[] {
  return (range.spec?.limits ?? []).flatMap((item) => {
    if (item.type === 'Container') return [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])].flatMap((c) => broken(item, amountsOf(c.resources?.requests), amountsOf(c.resources?.limits)));
    return item.type === 'Pod' ? broken(item, podRequests(pod, { excludeOverhead: true }), podLimits(pod, { excludeOverhead: true })) : [];
  });
}

function broken(item: LimitRangeItem, requests: Amounts, limits: Amounts): readonly string[] {
  return present([
    ...[...sorted(item.min)].map(([name, enforced]) => belowMinimum(item.type, name, enforced, requests, limits)),
    ...[...sorted(item.max)].map(([name, enforced]) => aboveMaximum(item.type, name, enforced, requests, limits)),
    ...[...sorted(item.maxLimitRequestRatio)].map(([name, enforced]) => aboveRatio(item.type, name, enforced, requests, limits)),
  ]);
}

function brokenByClaim(range: LimitRange, claim: PersistentVolumeClaim): readonly string[] {
  const requests = amountsOf(claim.spec?.resources?.requests);
  return (range.spec?.limits ?? []).filter((item) => item.type === 'PersistentVolumeClaim').flatMap((item) => present([
    ...[...sorted(item.min)].map(([name, enforced]) => belowMinimum(item.type, name, enforced, requests, new Map())),
    ...[...sorted(item.max)].map(([name, enforced]) => requestAboveMaximum(item.type, name, enforced, requests)),
  ]));
}

/** Go goes through these maps in any order; here it is always by name. */
const sorted = (list: ResourceList): Amounts => new Map([...amountsOf(list)].sort(([a], [b]) => (a < b ? -1 : 1)));
const present = (messages: readonly (string | undefined)[]): readonly string[] => messages.filter((m): m is string => m !== undefined);
