import type { Container, PodSpec, ServiceAccount } from '../../api/generated/types';

const ENFORCED = 'kubernetes.io/enforce-mountable-secrets';

/** Whether pods of an account may only use the secrets that the account names. */
export const enforcesSecrets = (account: ServiceAccount): boolean => /^(1|t|T|TRUE|true|True)$/.test(account.metadata.annotations?.[ENFORCED] ?? '');

/** ServiceAccount's limitSecretReferences: the first secret that a pod uses though its account does not name it. */
export function foreignSecret(spec: PodSpec, account: ServiceAccount): string | undefined {
  const mountable = new Set((account.secrets ?? []).map((s) => s.name));
  const not = (name: string | undefined): boolean => !mountable.has(name);
  const why = `is not allowed because service account ${account.metadata.name} does not reference that secret`;
  for (const { secret } of spec.volumes ?? []) if (secret && not(secret.secretName)) return `volume with secret.secretName="${secret.secretName ?? ''}" ${why}`;
  const lists: readonly (readonly [string, readonly Pick<Container, 'name' | 'env' | 'envFrom'>[]])[] = [['init container', spec.initContainers ?? []], ['container', spec.containers ?? []], ['ephemeral container', spec.ephemeralContainers ?? []]];
  for (const [kind, containers] of lists) {
    for (const c of containers) {
      for (const { name, valueFrom } of c.env ?? []) {
        const key = valueFrom?.secretKeyRef;
        if (key && not(key.name)) return `${kind} ${c.name} with envVar ${name} referencing secret.secretName="${key.name ?? ''}" ${why}`;
      }
      for (const { secretRef } of c.envFrom ?? []) if (secretRef && not(secretRef.name)) return `${kind} ${c.name} with envFrom referencing secret.secretName="${secretRef.name ?? ''}" ${why}`;
    }
  }
  const pullable = new Set((account.imagePullSecrets ?? []).map((s) => s.name));
  const pull = (spec.imagePullSecrets ?? []).findIndex((s) => !pullable.has(s.name));
  if (pull < 0) return undefined;
  return `imagePullSecrets[${pull}].name="${spec.imagePullSecrets?.[pull]?.name ?? ''}" is not allowed because service account ${account.metadata.name} does not reference that imagePullSecret`;
}
