import type { Container, Namespace, ObjectMeta, Pod, PodSpec, PodTemplateSpec } from '../../../api/generated/types';
import { controllerOf, type KubernetesObject } from '../../../api/object';
import type { Status } from '../../../api/status';
import { invalidStatus } from '../../../api/validation/field';
import { denied } from '../denied';
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from '../plugin';
import { describe, reasons, violations } from './evaluate';
import { policyOf, printLevelVersion, sameLevelVersion, strictness, type LevelVersion, type Policy } from './policy';

/** Where the kinds that make pods keep the pods' template. */
const TEMPLATES: { readonly [resource: string]: (object: KubernetesObject) => PodTemplateSpec | undefined } = {
  '/podtemplates': (o) => o.template as PodTemplateSpec | undefined,
  '/replicationcontrollers': (o) => specOf(o)?.template,
  'apps/replicasets': (o) => specOf(o)?.template,
  'apps/deployments': (o) => specOf(o)?.template,
  'apps/statefulsets': (o) => specOf(o)?.template,
  'apps/daemonsets': (o) => specOf(o)?.template,
  'batch/jobs': (o) => specOf(o)?.template,
  'batch/cronjobs': (o) => (o.spec as { readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplateSpec } } } | undefined)?.jobTemplate?.spec?.template,
};
const specOf = (o: KubernetesObject): { readonly template?: PodTemplateSpec } | undefined => o.spec as { readonly template?: PodTemplateSpec } | undefined;

/** Subresources of pods that cannot change what a pod may do. */
const IGNORED = new Set(['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status']);
/** How many pods of a namespace are looked at when it becomes stricter. */
const MAX_PODS = 3000;

/** PodSecurity: holds pods to the Pod Security Standard that their namespace's labels name. Nothing is exempt. */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  handles: ({ definition: { group, resource }, operation, subresource }) => {
    if (operation !== 'CREATE' && operation !== 'UPDATE') return false;
    if (group === '' && resource === 'pods') return !IGNORED.has(subresource);
    return subresource === '' && ((group === '' && resource === 'namespaces') || `${group}/${resource}` in TEMPLATES);
  },
  validate(attributes, environment) {
    const { group, resource } = attributes.definition;
    if (group === '' && resource === 'namespaces') return judgeNamespace(attributes, environment);
    const namespace = environment.get('', 'namespaces', '', attributes.namespace) as unknown as Namespace | undefined;
    const { policy } = policyOf(namespace?.metadata.labels);
    const object = attributes.object as KubernetesObject;
    if (group === '' && resource === 'pods') return judgePod(policy, attributes, environment);
    if (policy.warn.level === 'privileged') return undefined;
    const template = TEMPLATES[`${group}/${resource}`]?.(object);
    if (template) warn(policy.warn, template.metadata, template.spec, environment);
    return undefined;
  },
};

function judgePod(policy: Policy, attributes: AdmissionAttributes, environment: AdmissionEnvironment): Status | undefined {
  if (policy.enforce.level === 'privileged' && policy.warn.level === 'privileged') return undefined;
  const { metadata, spec } = attributes.object as unknown as Pod;
  if (attributes.operation === 'UPDATE' && !changesContainers(spec, (attributes.oldObject as unknown as Pod).spec)) return undefined;
  const found = violations(policy.enforce, metadata, spec);
  if (found.length > 0) return denied(attributes, `violates PodSecurity "${printLevelVersion(policy.enforce)}": ${describe(found)}`);
  if (!sameLevelVersion(policy.warn, policy.enforce)) warn(policy.warn, metadata, spec, environment);
  return undefined;
}

function warn(level: LevelVersion, metadata: Partial<ObjectMeta> | undefined, spec: PodSpec | undefined, environment: AdmissionEnvironment): void {
  const found = violations(level, metadata, spec ?? { containers: [] } as unknown as PodSpec);
  if (found.length > 0) environment.warn(`would violate PodSecurity "${printLevelVersion(level)}": ${describe(found)}`);
}

/** isSignificantPodUpdate: of what can be changed in a pod only images and new containers matter. */
function changesContainers(spec: PodSpec, old: PodSpec): boolean {
  const differ = (a: readonly Container[] = [], b: readonly Container[] = []): boolean => a.length !== b.length || a.some((c, i) => c.image !== b[i]?.image);
  if (differ(spec.containers, old.containers) || differ(spec.initContainers, old.initContainers)) return true;
  return (spec.ephemeralContainers ?? []).some((c) => old.ephemeralContainers?.find((o) => o.name === c.name)?.image !== c.image);
}

function judgeNamespace(attributes: AdmissionAttributes, environment: AdmissionEnvironment): Status | undefined {
  const { object, oldObject, operation, definition } = attributes;
  const { policy, errors } = policyOf(object?.metadata.labels);
  const name = object?.metadata.name ?? '';
  if (operation === 'CREATE') return errors.length > 0 ? invalidStatus(definition, name, errors) : undefined;
  const old = policyOf(oldObject?.metadata.labels);
  const newErrors = errors.some((e, i) => e.field !== old.errors[i]?.field || e.body !== old.errors[i]?.body) || errors.length < old.errors.length;
  if (errors.length > 0 && newErrors) return invalidStatus(definition, name, errors);
  const { enforce } = policy;
  const before = old.policy.enforce;
  const relaxed = enforce.minor === before.minor && strictness(enforce.level) <= strictness(before.level);
  if (enforce.level === 'privileged' || relaxed) return undefined;
  warnOfPods(name, enforce, environment);
  return undefined;
}

/** What is there already stays; but it is said which of it would not be let in again. */
function warnOfPods(namespace: string, enforce: LevelVersion, environment: AdmissionEnvironment): void {
  const pods = prioritized([...environment.list('', 'pods', namespace)] as unknown as readonly Pod[]);
  const counts = new Map<string, { first: string; count: number }>();
  for (const pod of pods.slice(0, MAX_PODS)) {
    const why = reasons(violations(enforce, pod.metadata, pod.spec));
    if (why === '') continue;
    const { name } = pod.metadata;
    const known = counts.get(why);
    if (known) counts.set(why, { first: name < known.first ? name : known.first, count: known.count + 1 });
    else counts.set(why, { first: name, count: 1 });
  }
  if (pods.length > MAX_PODS) environment.warn(`new PodSecurity enforce level only checked against the first ${MAX_PODS} of ${pods.length} existing pods`);
  if (counts.size === 0) return;
  environment.warn(`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${printLevelVersion(enforce)}"`);
  const others = (count: number): string => (count === 1 ? '' : count === 2 ? ' (and 1 other pod)' : ` (and ${count - 1} other pods)`);
  for (const text of [...counts].map(([why, { first, count }]) => `${first}${others(count)}: ${why}`).sort()) environment.warn(text);
}

/** One pod of every controller before the others of the same. */
function prioritized(pods: readonly Pod[]): readonly Pod[] {
  const seen = new Set<string>();
  const first: Pod[] = [], more: Pod[] = [];
  for (const pod of pods) {
    const owner = controllerOf(pod)?.uid;
    if (owner !== undefined && seen.has(owner)) { more.push(pod); continue; }
    if (owner !== undefined) seen.add(owner);
    first.push(pod);
  }
  return [...first, ...more];
}
