import type { Detail } from '../diagram/detailModel';
import type { DiagramModel, View } from '../diagram/model';
import type { FileText, ObjectRef, RunSummary, TreePage } from '../worker/protocol';

/**
 * What the editor and the command line ask of live mode (its own bundle, in a worker thread of its own), and what it answers. Plain values only. The
 * credentials of a kubeconfig, Secret data and environment values never cross: what crosses may be shown.
 */

/** A context of the kubeconfigs that kubectl would use. */
export interface ContextInfo {
  readonly name: string;
  readonly cluster: string;
  /** URL of the API server; '' where the kubeconfig names no such cluster. */
  readonly server: string;
  readonly user: string;
  /** Namespace of objects that name none; '' for "default". */
  readonly namespace: string;
  /** The file it came from; 'in-cluster' for a pod's own service account. */
  readonly source: string;
  /** kubectl's current-context. */
  readonly current: boolean;
}

export interface Contexts {
  readonly contexts: readonly ContextInfo[];
  /** Files that could not be read, in words. */
  readonly problems: readonly string[];
}

/**
 * `off`: nothing was asked for. `connecting`: the first contact. `loading`: lists are being read. `live`: watches keep everything up to date.
 * `stale`: the connection is lost and being healed; what is shown is as old as `since`. `failed`: a person has to do something first.
 */
export type Phase = 'off' | 'connecting' | 'loading' | 'live' | 'stale' | 'failed';

export interface ConnectionState {
  readonly phase: Phase;
  readonly context: string;
  readonly cluster: string;
  readonly server: string;
  /** As the API server says it: "v1.36.2"; '' until it has. */
  readonly version: string;
  /** Namespaces that are looked at; empty for all. */
  readonly namespaces: readonly string[];
  /** The state in a sentence. */
  readonly text: string;
  /** Milliseconds since 1970 of the beginning of this phase. */
  readonly since: number;
  /** What is not shown, and why: denials with verb and resource, caps that were hit. */
  readonly notices: readonly string[];
  /** How many objects are known. */
  readonly counts: { readonly nodes: number; readonly pods: number };
}

export const OFF: ConnectionState = { phase: 'off', context: '', cluster: '', server: '', version: '', namespaces: [], text: 'No live cluster is connected', since: 0, notices: [], counts: { nodes: 0, pods: 0 } };

/** Bounds and timeouts; tests shorten them. */
export interface LiveLimits {
  /** Pods that are held at the most. */
  readonly pods: number;
  /** Objects of any other kind that are held at the most. */
  readonly objects: number;
  /** Objects of one page of a list. */
  readonly page: number;
  /** Milliseconds until a request has its answer's first byte, and between two bytes. */
  readonly idle: number;
  /** Milliseconds that one request may take in all; watches excepted. */
  readonly total: number;
  /** Seconds after which the server is asked to end a watch; the client gives it up half as long after that. */
  readonly watchSeconds: number;
  /** Milliseconds of the first and of the longest wait before another attempt. */
  readonly backoff: readonly [number, number];
  /** Milliseconds that a real create is followed at the most, and without anything happening. */
  readonly follow: readonly [number, number];
}

export const DEFAULT_LIVE_LIMITS: LiveLimits = { pods: 60_000, objects: 30_000, page: 500, idle: 30_000, total: 120_000, watchSeconds: 300, backoff: [800, 30_000], follow: [120_000, 12_000] };

export interface LiveSettings {
  readonly limits: LiveLimits;
  readonly seed: number;
  /** Path of an audit log of the API server (audit.k8s.io/v1, a JSON event a line); '' for none. */
  readonly auditLog: string;
  /** Namespace of objects that name none, where the context names none either. */
  readonly refuseRemovedVersions: boolean;
  readonly virtualMinutes: number;
}

export const DEFAULT_LIVE_SETTINGS: LiveSettings = { limits: DEFAULT_LIVE_LIMITS, seed: 1, auditLog: '', refuseRemovedVersions: false, virtualMinutes: 10 };

/** What a person is asked to confirm. Nothing else than this may then be sent. */
export interface CreatePlan {
  readonly plan: string;
  readonly context: string;
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  readonly namespaces: readonly string[];
  /** "Deployment default/web" */
  readonly objects: readonly string[];
  /** Documents that cannot be sent, with the reason. */
  readonly refused: readonly string[];
}

/** One line of what was foretold beside what came. */
export interface ComparedRow {
  readonly what: string;
  readonly predicted: string;
  readonly actual: string;
  /** `equal` includes what chance decides: another one of several equally good nodes. */
  readonly verdict: 'equal' | 'different' | 'unknown';
  readonly note: string;
}

export interface Comparison {
  readonly title: string;
  readonly summary: string;
  readonly differences: number;
  readonly sections: readonly { readonly title: string; readonly rows: readonly ComparedRow[] }[];
  /** What the prediction took for granted. */
  readonly assumptions: readonly string[];
  readonly predictedRun: string;
  readonly actualRun: string;
}

/** A run on or against the live cluster. */
export interface LiveRun extends RunSummary {
  readonly assumptions: readonly string[];
  /** For a real create that was also foretold: differences found; -1 where it was not. */
  readonly differences: number;
}

export interface Snapshot {
  /** A List in JSON: a cluster file without Secret values and environment values. */
  readonly text: string;
  readonly objects: number;
  readonly notices: readonly string[];
}

/** Method → what it takes and what it gives. */
export interface LiveMethods {
  configure: { params: LiveSettings; result: null };
  contexts: { params: null; result: Contexts };
  /** Resolves at the first contact; lists go on. Rejects when the context cannot be used at all. */
  connect: { params: { readonly context: string; readonly namespaces: readonly string[] }; result: ConnectionState };
  disconnect: { params: null; result: null };
  /** Tries again at once what is waiting for another attempt. */
  retry: { params: null; result: null };
  namespaces: { params: null; result: readonly string[] };
  children: { params: { readonly parent: string; readonly limit: number }; result: TreePage };
  /** A live object as YAML with its secrets hidden; null when there is none. */
  yaml: { params: ObjectRef; result: string | null };
  /** Create in the simulation on a snapshot. `dryRun`: the real API server is asked first, with dryRun=All. */
  whatIf: { params: { readonly files: readonly FileText[]; readonly dryRun: boolean }; result: LiveRun };
  snapshot: { params: null; result: Snapshot };
  plan: { params: { readonly files: readonly FileText[] }; result: CreatePlan };
  /** Creates for real what the plan says: to be called with a person's confirmation of that very plan, once. */
  create: { params: { readonly plan: string; readonly predict: boolean }; result: LiveRun };
  comparison: { params: { readonly run: string }; result: Comparison | null };
  diagram: { params: { readonly run: string; readonly view: View }; result: DiagramModel | null };
  detail: { params: { readonly run: string; readonly item: string; readonly view: View }; result: Detail | null };
  mermaid: { params: { readonly run: string; readonly view: View }; result: string | null };
}

export type LiveMethod = keyof LiveMethods;
export type LiveParams<M extends LiveMethod> = LiveMethods[M]['params'];
export type LiveResult<M extends LiveMethod> = LiveMethods[M]['result'];

export type ToLive =
  | { readonly id: number; readonly method: LiveMethod; readonly params: unknown }
  | { readonly cancel: number };

export type FromLive =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string; readonly canceled: boolean }
  | { readonly id: number; readonly progress: string }
  | { readonly state: ConnectionState }
  /** The objects are not what they were. */
  | { readonly changed: true }
  | { readonly log: string; readonly level: 'debug' | 'info' | 'warn' };

/** Runs of live mode: who has a run's name knows whom to ask about it. */
export const RUN_PREFIX = 'live-';
