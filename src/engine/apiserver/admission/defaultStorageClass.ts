import type { PersistentVolumeClaim } from '../../api/generated/types';
import { DEFAULT_STORAGE_CLASS, defaultOf } from '../../api/defaultClass';
import type { KubernetesObject } from '../../api/object';
import { on } from './matching';
import type { AdmissionPlugin } from './plugin';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** The class of a claim; '' for none. */
export const classOfClaim = (claim: PersistentVolumeClaim): string => claim.metadata.annotations?.[BETA_CLASS] ?? claim.spec.storageClassName ?? '';

/** DefaultStorageClass: a claim that names no class (not even "") gets the default one, where there is one. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  handles: on('', 'persistentvolumeclaims', 'CREATE'),
  admit({ object }, environment) {
    const claim = object as unknown as PersistentVolumeClaim;
    if (claim.metadata.annotations?.[BETA_CLASS] !== undefined || claim.spec?.storageClassName !== undefined) return object;
    const found = defaultOf(environment.list('storage.k8s.io', 'storageclasses'), DEFAULT_STORAGE_CLASS);
    return found ? ({ ...object, spec: { ...claim.spec, storageClassName: found.metadata.name } } as KubernetesObject) : object;
  },
};
