import type { Container, PodSpec, ServiceAccount, Volume } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { forbidden } from '../../api/status';
import type { AdmissionPlugin } from './plugin';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const PREFIX = 'kube-api-access-';
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** ServiceAccount: every pod runs as a service account and gets its token mounted. */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  handles: ({ definition, operation, subresource }) => definition.group === '' && definition.resource === 'pods' && subresource === '' && operation === 'CREATE',
  admit({ object, definition, namespace, name }, environment) {
    const spec = object.spec as PodSpec;
    // A mirror pod stands for one the kubelet runs from a file.
    if (object.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return object;
    const accountName = spec.serviceAccountName || 'default';
    const account = environment.get('', 'serviceaccounts', namespace, accountName) as unknown as ServiceAccount | undefined;
    if (!account) return forbidden(definition, name, `error looking up service account ${namespace}/${accountName}: serviceaccount "${accountName}" not found`);
    const mounts = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
    let next: PodSpec = { ...spec, serviceAccountName: accountName, serviceAccount: accountName };
    if (mounts) next = withToken(next, () => PREFIX + Array.from({ length: 5 }, () => ALPHABET[Math.floor(environment.random() * ALPHABET.length)]).join(''));
    if (!next.imagePullSecrets?.length && account.imagePullSecrets?.length) next = { ...next, imagePullSecrets: account.imagePullSecrets };
    return { ...object, spec: next } as KubernetesObject;
  },
};

function withToken(spec: PodSpec, newName: () => string): PodSpec {
  const volumeName = spec.volumes?.find((v) => v.name.startsWith(PREFIX))?.name ?? newName();
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
