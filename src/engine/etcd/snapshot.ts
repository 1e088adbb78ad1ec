import { deepFreeze } from '../api/object';
import { Store } from './store';
import { isEtcdError, type KeyValue } from './types';

/** What etcd held at one revision, as a file keeps it: a format of this project's own, versioned, as JSON. */
export interface EtcdSnapshot {
  readonly format: typeof FORMAT;
  readonly version: 1;
  /** The Kubernetes that wrote it. */
  readonly kubernetes: string;
  /** When it was saved, on the virtual clock; RFC 3339. */
  readonly savedAt: string;
  readonly revision: number;
  /** Of the keys and values: a file that was cut off or edited by mistake is recognised. */
  readonly hash: string;
  readonly keys: readonly KeyValue[];
}

const FORMAT = 'controlplane.dev/etcd-snapshot';
/** A snapshot with more keys than this is refused: it would be no cluster that fits here. */
const MAX_KEYS = 1_000_000;

/** The current keys of a store, in the order of the revisions that wrote them. */
export function snapshotOf(store: Store, about: { readonly kubernetes: string; readonly savedAt: string }): EtcdSnapshot {
  const range = store.range({ key: '', rangeEnd: END });
  if (isEtcdError(range)) throw new Error(range.message);
  const keys = [...range.keyValues].sort((a, b) => a.modRevision - b.modRevision);
  return { format: FORMAT, version: 1, ...about, revision: store.revision, hash: hashOf(store.revision, keys), keys };
}

/** A store that holds a snapshot's keys and is at its revision. */
export function storeFrom({ keys, revision }: EtcdSnapshot): Store {
  const store = new Store();
  store.restore(DEVELOPMENT ? keys.map((k) => ({ ...k, value: deepFreeze(k.value as never) })) : keys, revision);
  return store;
}

export const snapshotText = (snapshot: EtcdSnapshot): string => `${JSON.stringify(snapshot, undefined, 1)}\n`;

/** Reads a snapshot file; or a sentence about what is wrong with it. */
export function parseSnapshot(text: string): EtcdSnapshot | string {
  let parsed: Partial<EtcdSnapshot>;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return 'it is no snapshot: a JSON object is expected';
    parsed = value;
  } catch (thrown) {
    return `it is no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
  if (parsed.format !== FORMAT) return `it is no snapshot: format is ${JSON.stringify(parsed.format)}, not ${JSON.stringify(FORMAT)}`;
  if (parsed.version !== 1) return `its version is ${JSON.stringify(parsed.version)}; this program reads version 1`;
  if (!Array.isArray(parsed.keys) || parsed.keys.length > MAX_KEYS || !parsed.keys.every(isKeyValue)) return 'its keys are damaged';
  if (!isCount(parsed.revision) || parsed.keys.some((k) => k.modRevision > (parsed.revision ?? 0))) return 'its revision does not belong to its keys';
  if (typeof parsed.savedAt !== 'string' || Number.isNaN(Date.parse(parsed.savedAt)) || typeof parsed.kubernetes !== 'string') return 'it does not say when or by what it was saved';
  if (parsed.hash !== hashOf(parsed.revision, parsed.keys)) return 'its hash does not belong to its keys: the file was changed or cut off';
  return parsed as EtcdSnapshot;
}

const END = '\uffff';
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function isKeyValue(value: unknown): value is KeyValue {
  const k = value as Partial<KeyValue> | null;
  return typeof k === 'object' && k !== null && typeof k.key === 'string' && typeof k.value === 'object' && k.value !== null && isCount(k.createRevision) && isCount(k.modRevision) && isCount(k.version) && isCount(k.lease);
}

/** FNV-1a over everything that matters, as hexadecimal digits. */
function hashOf(revision: number, keys: readonly KeyValue[]): string {
  let hash = 0x811c9dc5;
  const add = (text: string): void => {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  };
  add(String(revision));
  for (const { key, value, createRevision, modRevision, version, lease } of keys) add(JSON.stringify([key, createRevision, modRevision, version, lease, value]));
  return (hash >>> 0).toString(16).padStart(8, '0');
}
