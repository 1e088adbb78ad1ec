import type { DaemonSet, Node, Pod, PodSpec, PodStatus, PodTemplateSpec, Secret, StatefulSet } from '../generated/types';
import { mapSame, set } from '../defaults/fill';

/**
 * What an object becomes by passing through Kubernetes' internal version: aliases agree, write-only fields move to where
 * they are kept, old annotations go. Run it after defaulting, and again on what admission has changed.
 */
type RoundTrip = (object: never) => unknown;

const INIT_CONTAINER_ANNOTATIONS = new Set([
  'pod.beta.kubernetes.io/init-containers', 'pod.alpha.kubernetes.io/init-containers', 'pod.beta.kubernetes.io/init-container-statuses', 'pod.alpha.kubernetes.io/init-container-statuses',
]);

function dropAnnotations<M extends { readonly annotations?: { readonly [key: string]: string } }>(metadata: M): M {
  const annotations = metadata.annotations;
  if (!annotations || !Object.keys(annotations).some((key) => INIT_CONTAINER_ANNOTATIONS.has(key))) return metadata;
  const { annotations: _all, ...rest } = metadata;
  const kept = Object.entries(annotations).filter(([key]) => !INIT_CONTAINER_ANNOTATIONS.has(key));
  return (kept.length ? { ...rest, annotations: Object.fromEntries(kept) } : rest) as M;
}

/** spec.serviceAccount is an alias of spec.serviceAccountName, which wins. */
function podSpec(spec: PodSpec): PodSpec {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name) return spec;
  return spec.serviceAccountName === name && spec.serviceAccount === name ? spec : { ...spec, serviceAccountName: name, serviceAccount: name };
}

function template(t: PodTemplateSpec): PodTemplateSpec {
  const out = t.metadata ? set(t, 'metadata', dropAnnotations(t.metadata)) : t;
  return out.spec ? set(out, 'spec', podSpec(out.spec)) : out;
}

/** The first of podIPs is podIP, which wins. */
function podStatus(status: PodStatus): PodStatus {
  const { podIP, podIPs } = status;
  if (podIP && podIPs?.[0]?.ip !== podIP) return { ...status, podIPs: [{ ip: podIP }] };
  return !podIP && podIPs?.[0]?.ip ? { ...status, podIP: podIPs[0].ip } : status;
}

function pod(object: Pod): Pod {
  let spec = podSpec(object.spec);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec = { ...spec, terminationGracePeriodSeconds: 1 };
  return set(set(set(object, 'metadata', dropAnnotations(object.metadata)), 'spec', spec), 'status', podStatus(object.status));
}

function node(object: Node): Node {
  const { podCIDR, podCIDRs } = object.spec;
  if (podCIDR && podCIDRs?.[0] !== podCIDR) return { ...object, spec: { ...object.spec, podCIDRs: [podCIDR] } };
  return !podCIDR && podCIDRs?.[0] ? { ...object, spec: { ...object.spec, podCIDR: podCIDRs[0] } } : object;
}

/** stringData is written over data, in base64, and not kept. */
function secret(object: Secret): Secret {
  if (object.stringData === undefined) return object;
  const { stringData, ...rest } = object;
  const written = Object.fromEntries(Object.entries(stringData).map(([key, value]) => [key, base64(value)]));
  return { ...rest, data: { ...object.data, ...written } };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The UTF-8 bytes of a text in base64. */
export function base64(text: string): string {
  const bytes = [...encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).matchAll(/%([0-9A-F]{2})|./g)].map((m) => (m[1] ? parseInt(m[1], 16) : m[0].charCodeAt(0)));
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.slice(i, i + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    out += (ALPHABET[bits >> 18] ?? '') + (ALPHABET[(bits >> 12) & 63] ?? '') + (b === undefined ? '=' : ALPHABET[(bits >> 6) & 63] ?? '') + (c === undefined ? '=' : ALPHABET[bits & 63] ?? '');
  }
  return out;
}

const CLAIM_TYPE = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

function statefulSet(object: StatefulSet): StatefulSet {
  const claims = mapSame(object.spec.volumeClaimTemplates, (claim) => (claim.apiVersion === 'v1' && claim.kind === CLAIM_TYPE.kind ? claim : { ...CLAIM_TYPE, ...claim, ...CLAIM_TYPE }));
  return withTemplate(set(object, 'spec', set(object.spec, 'volumeClaimTemplates', claims)));
}

const withTemplate = <S extends { readonly template?: PodTemplateSpec }, T extends { readonly spec: S }>(object: T): T =>
  (object.spec.template ? set(object, 'spec', set<S, 'template'>(object.spec, 'template', template(object.spec.template))) : object);

type JobLike = { readonly spec: { readonly template: PodTemplateSpec } };
type CronJobLike = { readonly spec: { readonly jobTemplate: { readonly spec?: JobLike['spec'] } } };

function cronJob(object: CronJobLike): CronJobLike {
  const jobTemplate = object.spec.jobTemplate;
  if (!jobTemplate?.spec) return object;
  const changed = withTemplate({ spec: jobTemplate.spec });
  return changed.spec === jobTemplate.spec ? object : { ...object, spec: { ...object.spec, jobTemplate: { ...jobTemplate, spec: changed.spec } } };
}

const TABLE: { readonly [schema: string]: RoundTrip } = {
  Pod: pod, Node: node, Secret: secret, StatefulSet: statefulSet, CronJob: cronJob,
  Deployment: withTemplate, ReplicaSet: withTemplate, DaemonSet: withTemplate<DaemonSet['spec'], DaemonSet>, ReplicationController: withTemplate, Job: withTemplate,
  PodTemplate: (object: { readonly template: PodTemplateSpec }) => set(object, 'template', template(object.template)),
};

/** Returns the object itself where nothing changes. */
export function throughInternalVersion<T>(schema: string, object: T): T {
  const convert = TABLE[schema];
  return convert ? (convert(object as never) as T) : object;
}
