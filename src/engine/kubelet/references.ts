import type { ConfigMap, Container, Pod, Secret } from '../api/generated/types';
import { isStatus } from '../api/status';
import type { Client } from '../client/client';
import { CONFIG_MAPS, SECRETS } from '../client/resources';
import type { Process } from '../simulation/process';

/** A config map or secret that a pod needs, with the key where one is named. */
interface Reference { readonly kind: 'configmap' | 'secret'; readonly name: string; readonly key?: string; readonly volume?: string }

function volumeReferences(pod: Pod): readonly Reference[] {
  const found: Reference[] = [];
  for (const volume of pod.spec?.volumes ?? []) {
    if (volume.configMap?.name && !volume.configMap.optional) found.push({ kind: 'configmap', name: volume.configMap.name, volume: volume.name });
    if (volume.secret?.secretName && !volume.secret.optional) found.push({ kind: 'secret', name: volume.secret.secretName, volume: volume.name });
    // The token's projection is everywhere: its config map is not asked for each time.
    for (const { configMap, secret } of volume.name.startsWith('kube-api-access-') ? [] : volume.projected?.sources ?? []) {
      if (configMap?.name && !configMap.optional) found.push({ kind: 'configmap', name: configMap.name, volume: volume.name });
      if (secret?.name && !secret.optional) found.push({ kind: 'secret', name: secret.name, volume: volume.name });
    }
  }
  return found;
}

function environmentReferences(container: Container): readonly Reference[] {
  const found: Reference[] = [];
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef?.name && !configMapRef.optional) found.push({ kind: 'configmap', name: configMapRef.name });
    if (secretRef?.name && !secretRef.optional) found.push({ kind: 'secret', name: secretRef.name });
  }
  for (const { valueFrom } of container.env ?? []) {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    if (configMapKeyRef?.name && !configMapKeyRef.optional) found.push({ kind: 'configmap', name: configMapKeyRef.name, key: configMapKeyRef.key });
    if (secretKeyRef?.name && !secretKeyRef.optional) found.push({ kind: 'secret', name: secretKeyRef.name, key: secretKeyRef.key });
  }
  return found;
}

function missingKey(reference: Reference, namespace: string, found: ConfigMap | Secret): string | undefined {
  const { key } = reference;
  if (key === undefined || (found.data && key in found.data) || ('binaryData' in found && found.binaryData && key in found.binaryData)) return undefined;
  return `couldn't find key ${key} in ${reference.kind === 'secret' ? 'Secret' : 'ConfigMap'} ${namespace}/${reference.name}`;
}

/** Asks for what is referenced; the first thing missing, in the kubelet's words. What may not be read counts as there. */
function* firstMissing(client: Client, namespace: string, references: readonly Reference[]): Process<{ readonly reference: Reference; readonly message: string } | undefined> {
  const answers = new Map<string, ConfigMap | Secret>();
  for (const reference of references) {
    const key = `${reference.kind}/${reference.name}`;
    let found = answers.get(key);
    if (found === undefined) {
      const answer = reference.kind === 'secret' ? yield* client.get(SECRETS, namespace, reference.name) : yield* client.get(CONFIG_MAPS, namespace, reference.name);
      if (isStatus(answer)) {
        if (answer.code === 404) return { reference, message: `${reference.kind} "${reference.name}" not found` };
        continue;
      }
      answers.set(key, found = answer);
    }
    const message = missingKey(reference, namespace, found);
    if (message) return { reference, message };
  }
  return undefined;
}

/** Why the pod's volumes cannot be mounted: the FailedMount event's message; undefined when they can. */
export function* unmountable(client: Client, pod: Pod): Process<string | undefined> {
  const references = volumeReferences(pod);
  if (references.length === 0) return undefined;
  const missing = yield* firstMissing(client, pod.metadata.namespace ?? '', references);
  return missing && `MountVolume.SetUp failed for volume "${missing.reference.volume ?? ''}" : ${missing.message}`;
}

/** Why a container cannot be created (CreateContainerConfigError); undefined when it can. */
export function* configError(client: Client, pod: Pod, container: Container): Process<string | undefined> {
  const references = environmentReferences(container);
  if (references.length === 0) return undefined;
  return (yield* firstMissing(client, pod.metadata.namespace ?? '', references))?.message;
}
