import type { KubernetesObject } from '../../api/object';
import type { AdmissionPlugin } from './plugin';

const FINALIZERS: { readonly [resource: string]: string } = {
  '/persistentvolumeclaims': 'kubernetes.io/pvc-protection',
  '/persistentvolumes': 'kubernetes.io/pv-protection',
  'storage.k8s.io/volumeattributesclasses': 'kubernetes.io/vac-protection',
};

/** StorageObjectInUseProtection: volumes and claims are not gone before nobody uses them. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: ({ definition, operation, subresource }) => operation === 'CREATE' && subresource === '' && `${definition.group}/${definition.resource}` in FINALIZERS,
  admit({ object, definition }) {
    const finalizer = FINALIZERS[`${definition.group}/${definition.resource}`];
    const present = object.metadata.finalizers ?? [];
    if (finalizer === undefined || present.includes(finalizer)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...present, finalizer] } } as KubernetesObject;
  },
};
