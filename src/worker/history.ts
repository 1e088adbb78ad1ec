import { diffLines } from '../diagram/diff';
import type { KubernetesObject } from '../engine/api/object';
import { objectFrom } from '../engine/apiserver/storage';
import { storageKey } from '../engine/apiserver/storageKey';
import type { Session } from '../engine/session';
import type { ObjectRef } from './protocol';
import { objectYaml } from './yaml';

/** Revisions told of one object; older ones are counted. */
const MAX_VERSIONS = 100;

/** An object's revisions as text, newest first, each with what it changed; null when etcd knows nothing of it. */
export function historyOf({ cluster }: Session, ref: ObjectRef): string | null {
  const definition = cluster.api.storageOf(ref.group, ref.resource)?.definition;
  const versions = definition ? cluster.etcd.store.versionsOf(storageKey(definition, ref.namespace, ref.name)) : [];
  if (versions.length === 0) return null;
  const parts: string[] = [];
  let before = '';
  for (const { revision, keyValue } of versions) {
    const now = keyValue ? textOf(objectFrom(keyValue)) : '';
    const words = !keyValue ? 'deleted' : before === '' ? 'created' : 'changed';
    const body = before === '' || now === '' ? now : diffLines('', before, now).lines.map((l) => `${l.kind === 'added' ? '+' : l.kind === 'removed' ? '-' : l.kind === 'same' ? ' ' : '@'} ${l.text}`).join('\n');
    parts.push(`# revision ${revision}: ${words}\n${body}`.trimEnd());
    before = now;
  }
  const told = parts.reverse().slice(0, MAX_VERSIONS);
  const left = parts.length - told.length;
  return `# ${ref.kind} ${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}: ${parts.length} revisions\n\n${told.join('\n\n')}\n${left > 0 ? `\n# and ${left} older revisions\n` : ''}`;
}

/** Its revision changes each time: that is what the headings say. */
function textOf(object: KubernetesObject): string {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return objectYaml({ ...object, metadata } as KubernetesObject);
}
