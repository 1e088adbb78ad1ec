import { claimsOf, uniqueVolumeName } from '../../../../src/engine/api/attachable';
import type { PersistentVolume, Pod } from '../../../../src/engine/api/generated/types';
import { PERSISTENT_VOLUMES, VOLUME_ATTACHMENTS } from '../../../../src/engine/client/resources';
import { isTerminal, nameOf, type RestView, type Rule } from './view';

const uses = (pod: Pod, { spec }: PersistentVolume): boolean => pod.metadata.namespace === spec?.claimRef?.namespace && claimsOf(pod).includes(spec?.claimRef?.name ?? '');

/** Disks are where their pods run, nowhere else, and every node that answers says so. */
export const attachments: Rule = function* (view: RestView) {
  const all = view.list(VOLUME_ATTACHMENTS);
  for (const volume of view.list(PERSISTENT_VOLUMES)) {
    const name = uniqueVolumeName(volume);
    if (name === undefined) continue;
    const at = all.filter((a) => a.spec.source.persistentVolumeName === volume.metadata.name);
    const users = view.pods.filter((pod) => pod.spec.nodeName && !isTerminal(pod) && uses(pod, volume));
    if (at.length > 1 && volume.spec?.accessModes?.every((mode) => mode === 'ReadWriteOnce')) yield `${nameOf(volume)} is attached to ${at.map((a) => a.spec.nodeName).join(' and ')}`;
    for (const { spec, status } of at) {
      if (!view.alive(spec.nodeName)) continue;
      if (!status?.attached) yield `${nameOf(volume)} is neither attached to ${spec.nodeName} nor detached`;
      if (!users.some((pod) => pod.spec.nodeName === spec.nodeName)) yield `${nameOf(volume)} is attached to ${spec.nodeName}, where nobody uses it`;
    }
    for (const pod of users) if (pod.status?.phase === 'Running' && view.alive(pod.spec.nodeName) && !at.some((a) => a.spec.nodeName === pod.spec.nodeName)) yield `${nameOf(pod)} runs without ${nameOf(volume)}`;
    for (const { metadata, status } of view.nodes) {
      if (!view.alive(metadata.name)) continue;
      const used = users.some((pod) => pod.spec.nodeName === metadata.name), here = at.some((a) => a.spec.nodeName === metadata.name);
      if (status?.volumesInUse?.includes(name) && !used) yield `${metadata.name} says that it uses ${nameOf(volume)}`;
      if (Boolean(status?.volumesAttached?.some((v) => v.name === name)) !== here) yield `the status of ${metadata.name} is wrong about ${nameOf(volume)}`;
    }
  }
};
