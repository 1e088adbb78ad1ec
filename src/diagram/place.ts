import type { TraceMessage } from '../engine/trace/message';
import type { ManifestLink } from './detailModel';
import { documentLink } from './manifestLinks';
import { indexOf } from './prepared';
import type { RunRecord } from './record';

/** What a message is about, where that can be told. */
export interface Place {
  readonly object: { readonly group: string; readonly resource: string; readonly key: string } | undefined;
  readonly link: ManifestLink | undefined;
}

/** The object that a message is about, and the place in the manifest that it goes back to. */
export function placeOf(record: RunRecord, id: number): Place | undefined {
  const index = indexOf(record);
  const message = index.get(id);
  if (!message) return undefined;
  // A hop to etcd is about what its request is about.
  const about = requestBehind(index, message);
  return { object: about && objectOf(about), link: documentLink(record, index, message) };
}

function requestBehind(index: ReturnType<typeof indexOf>, message: TraceMessage): TraceMessage | undefined {
  if (message.kind !== 'storage' && message.kind !== 'member') return message;
  for (const cause of index.causesOf(message)) if (cause.kind === 'request') return cause;
  return undefined;
}

function objectOf(message: TraceMessage): Place['object'] {
  switch (message.kind) {
    case 'request': case 'watch': return { group: message.group, resource: message.resource, key: message.namespace ? `${message.namespace}/${message.name}` : message.name };
    case 'work': {
      const [resource = '', ...group] = message.resource.split('.');
      return resource === '' ? undefined : { group: group.join('.'), resource, key: message.subject };
    }
    case 'storage': case 'member': return undefined;
  }
}
