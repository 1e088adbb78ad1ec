import { indexOf } from '../diagram/prepared';
import type { RunRecord } from '../diagram/record';
import type { Pod } from '../engine/api/generated/types';
import { objectKey, type KubernetesObject } from '../engine/api/object';
import { objectFrom } from '../engine/apiserver/storage';
import { resourcePrefix } from '../engine/apiserver/storageKey';
import { isEtcdError, prefixEnd } from '../engine/etcd/types';
import type { Session } from '../engine/session';
import type { ObjectRef } from './protocol';
import { LiveView } from './runningWorld';

/** A moment of a run: the newest revision that was committed when a message was sent. */
export interface Moment {
  readonly revision: number;
  /** Virtual milliseconds since the run began. */
  readonly at: number;
}

/** `answered`: when the message was answered, not when it was sent. Undefined for a message that the run does not have. */
export function momentOf(record: RunRecord, message: number, present: number, answered = false): Moment | undefined {
  const found = indexOf(record).get(message);
  if (!found) return undefined;
  // A write to etcd is looked at when it is done.
  const time = (answered || found.kind === 'storage') && 'answeredAt' in found ? found.answeredAt ?? found.at : found.at;
  let revision = 0;
  let next = present + 1;
  for (const m of record.messages) {
    if (m.kind !== 'storage' || m.change === 'none') continue;
    // With one member a write is recorded when it is committed, with several when it is sent.
    const committed = m.member === undefined ? m.at <= time && (answered || m.id <= message) : m.answeredAt <= time;
    if (committed) revision = Math.max(revision, m.revision); else next = Math.min(next, m.revision);
  }
  return { revision: revision > 0 ? revision : next - 1, at: Math.max(0, time - record.startedAt) };
}

/** The cluster as it was at a revision, read from etcd's history. What is not in etcd (the scheduler's queue, say) is not known of the past. */
export class PastView extends LiveView {
  private readonly lists = new Map<string, readonly KubernetesObject[]>();

  constructor(session: Session, readonly moment: Moment) { super(session); }

  protected override get at(): number { return this.moment.revision; }
  override get isPast(): boolean { return true; }

  override list(group: string, resource: string): readonly KubernetesObject[] {
    const key = `${group}/${resource}`;
    let list = this.lists.get(key);
    if (list === undefined) this.lists.set(key, list = this.read(group, resource));
    return list;
  }

  override find({ group, resource, namespace, name }: ObjectRef): KubernetesObject | undefined {
    const key = namespace ? `${namespace}/${name}` : name;
    return this.list(group, resource).find((o) => objectKey(o) === key);
  }

  override decisionFor(): undefined { return undefined; }
  override waiting(_pod: Pod): string { return ''; }

  private read(group: string, resource: string): readonly KubernetesObject[] {
    const { api, etcd } = this.session.cluster;
    const definition = api.storageOf(group, resource)?.definition;
    if (!definition) return [];
    const prefix = resourcePrefix(definition);
    const range = etcd.store.range({ key: prefix, rangeEnd: prefixEnd(prefix), revision: this.at });
    // What was compacted since cannot be shown any more.
    return isEtcdError(range) ? [] : range.keyValues.map(objectFrom);
  }
}
