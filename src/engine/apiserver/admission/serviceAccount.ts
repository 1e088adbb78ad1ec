import type { Container, PodSpec, ServiceAccount, Volume } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { isStatus, type Status } from '../../api/status';
import { secretNames } from '../podReferences';
import { denied } from './denied';
import { on, onSubresource } from './matching';
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './plugin';
import { enforcesSecrets, foreignSecret } from './secretReferences';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const PREFIX = 'kube-api-access-';
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
/** A mirror pod stands for one the kubelet runs from a file. */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

const onCreation = on('', 'pods', 'CREATE');
const onDebugging = onSubresource('', 'pods', 'ephemeralcontainers', 'UPDATE');

/** ServiceAccount: every pod runs as a service account and gets its token mounted. */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  handles: (attributes) => onCreation(attributes) || onDebugging(attributes),
  admit(attributes, environment) {
    const { object, operation } = attributes;
    const spec = object.spec as PodSpec;
    if (operation === 'UPDATE' || isMirror(object)) return object;
    const accountName = spec.serviceAccountName || 'default';
    const account = accountOf(attributes, accountName, environment);
    if (isStatus(account)) return account;
    const mounts = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
    let next: PodSpec = { ...spec, serviceAccountName: accountName, serviceAccount: accountName };
    if (mounts) next = withToken(next, () => PREFIX + Array.from({ length: SUFFIX_LENGTH }, () => ALPHABET[Math.floor(environment.random() * ALPHABET.length)]).join(''));
    if (!next.imagePullSecrets?.length && account.imagePullSecrets?.length) next = { ...next, imagePullSecrets: account.imagePullSecrets };
    return { ...object, spec: next } as KubernetesObject;
  },
  validate(attributes, environment) {
    const object = attributes.object as KubernetesObject;
    const spec = object.spec as PodSpec;
    if (isMirror(object)) {
      const refusal = mirrorRefusal(spec);
      return refusal ? denied(attributes, refusal) : undefined;
    }
    if (!spec.serviceAccountName) return denied(attributes, `no service account specified for pod ${attributes.namespace}/${object.metadata.name}`);
    const account = accountOf(attributes, spec.serviceAccountName, environment);
    if (isStatus(account)) return account;
    const foreign = enforcesSecrets(account) ? foreignSecret(spec, account) : undefined;
    return foreign ? denied(attributes, foreign) : undefined;
  },
};

const isMirror = (object: KubernetesObject): boolean => object.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined;

function accountOf(attributes: AdmissionAttributes, name: string, environment: AdmissionEnvironment): ServiceAccount | Status {
  const { namespace } = attributes;
  const account = environment.get('', 'serviceaccounts', namespace, name) as unknown as ServiceAccount | undefined;
  return account ?? denied(attributes, `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
}

/** What a pod that the API server knows only by its mirror may not refer to. */
function mirrorRefusal(spec: PodSpec): string | undefined {
  if (spec.serviceAccountName) return 'a mirror pod may not reference service accounts';
  if (secretNames(spec).size > 0) return 'a mirror pod may not reference secrets';
  const token = spec.volumes?.some((v) => v.projected?.sources?.some((s) => s.serviceAccountToken)) ?? false;
  return token ? 'a mirror pod may not use ServiceAccountToken volume projections' : undefined;
}

function withToken(spec: PodSpec, newName: () => string): PodSpec {
  const volumeName = spec.volumes?.find((v) => v.name?.startsWith(PREFIX))?.name ?? newName();
  const mount = (c: Container): Container => c.volumeMounts?.some((m) => m.mountPath === MOUNT_PATH)
    ? c : { ...c, volumeMounts: [...(c.volumeMounts ?? []), { mountPath: MOUNT_PATH, name: volumeName, readOnly: true }] };
  // Without containers the pod is refused later, by validation.
  const containers = (spec.containers ?? []).map(mount);
  const initContainers = spec.initContainers?.map(mount);
  const needed = containers.some((c, i) => c !== spec.containers[i]) || (initContainers?.some((c, i) => c !== spec.initContainers?.[i]) ?? false);
  const present = spec.volumes?.some((v) => v.name === volumeName) ?? false;
  return { ...spec, containers, ...(initContainers ? { initContainers } : {}), ...(needed && !present ? { volumes: [...(spec.volumes ?? []), tokenVolume(volumeName)] } : {}) };
}

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
  },
});
