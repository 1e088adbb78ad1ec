import type { Detail, ManifestLink } from '../diagram/detailModel';
import type { AnswerLine, DiagramModel, View } from '../diagram/model';
import type { Position, SourceRange } from '../engine/manifest/parse';

/**
 * What the editor asks of the engine's worker, and what it answers. Plain values only: the world itself never crosses.
 * Actions (create, delete, operate) change the world and run one after the other; questions are answered in between, while an
 * action is still going on.
 */

/** How worlds are made and bounded. Takes effect with the next world, except the limits. */
export interface WorldSettings {
  readonly seed: number;
  /** Refuse removed API versions as v1.36 does, instead of converting them. */
  readonly refuseRemovedVersions: boolean;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  readonly limits: {
    /** Virtual minutes that one action may take. */
    readonly virtualMinutes: number;
    /** An action stops when the world holds more pods than this. */
    readonly pods: number;
  };
  /** What the cluster holds at the start; without it three ready nodes. */
  readonly cluster?: FileText;
}

export const DEFAULT_SETTINGS: WorldSettings = { seed: 1, refuseRemovedVersions: false, namespace: 'default', limits: { virtualMinutes: 10, pods: 20_000 } };

/** A file by its URI, with the text as it stands in the editor. */
export interface FileText {
  readonly file: string;
  readonly text: string;
  /** Only this document of it. */
  readonly only?: number;
}

/** Enough to find an object of the world. */
export interface ObjectRef {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** What a person does to the cluster besides creating and deleting manifests. */
export type Operation =
  | { readonly type: 'scale'; readonly object: ObjectRef; readonly replicas: number }
  | { readonly type: 'deleteObject'; readonly object: ObjectRef }
  | { readonly type: 'cordon' | 'uncordon' | 'drain' | 'killNode' | 'startNode'; readonly node: string }
  | { readonly type: 'taint'; readonly node: string; readonly taint: Taint; readonly remove: boolean }
  | { readonly type: 'addNode'; readonly name: string; readonly cpu: string; readonly memory: string; readonly zone: string }
  | { readonly type: 'advance'; readonly milliseconds: number };

export type Severity = 'error' | 'warning' | 'information';

/** Something to show in Problems. */
export interface Problem {
  readonly range: SourceRange;
  readonly severity: Severity;
  readonly message: string;
  /** A short word for the kind of problem: "removed-version", "Invalid", "yaml". */
  readonly code: string;
  /** Text that would repair it, for the same range. */
  readonly fix?: { readonly title: string; readonly text: string };
}

/** One action as the editor shows it. */
export interface RunSummary {
  readonly run: string;
  readonly title: string;
  readonly answer: AnswerLine;
  /** A person stopped it, or a limit did. */
  readonly stopped: '' | 'canceled' | 'pods';
  /** Documents that were sent to the API server. */
  readonly documents: number;
  /** Faults in the text of the files: "hello.yaml: …". */
  readonly unreadable: readonly { readonly file: string; readonly message: string }[];
}

/** One document of a file, as far as the editor needs to know it. */
export interface OutlineDocument {
  readonly index: number;
  readonly range: SourceRange;
  readonly kind: string;
  readonly name: string;
  /** What came of it, when it was created. */
  readonly outcome?: { readonly text: string; readonly tone: AnswerLine['tone']; readonly run: string };
}

export interface Outline {
  /** Empty for a file that holds no Kubernetes object. */
  readonly documents: readonly OutlineDocument[];
  readonly problems: readonly Problem[];
}

export interface HoverText {
  readonly markdown: string;
  readonly range: SourceRange;
}

export type TreeView = 'nodes' | 'workloads';
export type TreeColor = 'good' | 'waiting' | 'bad' | 'muted' | 'none';

/** A line of a tree view. */
export interface TreeEntry {
  /** Unique in its view, stable over changes. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Markdown. */
  readonly tooltip: string;
  /** Name of a codicon. */
  readonly icon: string;
  readonly color: TreeColor;
  /** Words that menus ask for: "node cordoned", "pod", "workload scalable". */
  readonly context: string;
  readonly expandable: boolean;
  readonly expanded: boolean;
  readonly object?: ObjectRef;
  /** For what screen readers say. */
  readonly spoken: string;
}

export interface TreePage {
  readonly entries: readonly TreeEntry[];
  readonly total: number;
}

/** Lines from the top of each tree down to one; empty where the tree does not show it. */
export type Trails = { readonly [V in TreeView]: readonly TreeEntry[] };

/** Method → what it takes and what it gives. */
export interface Methods {
  configure: { params: WorldSettings; result: null };
  create: { params: { readonly files: readonly FileText[] }; result: RunSummary };
  delete: { params: { readonly files: readonly FileText[] }; result: RunSummary };
  operate: { params: Operation; result: RunSummary };
  reset: { params: null; result: null };
  /** Documents and problems of a text. `check` asks the API server of a throw-away world, too. */
  outline: { params: FileText & { readonly check: boolean }; result: Outline };
  hover: { params: FileText & { readonly position: Position }; result: HoverText | null };
  children: { params: { readonly view: TreeView; readonly parent: string; readonly limit: number }; result: TreePage };
  /** An object as YAML; null when there is none. */
  yaml: { params: ObjectRef; result: string | null };
  /** Current replicas and such, for asking a person. */
  describe: { params: ObjectRef; result: { readonly replicas: number | null } | null };
  diagram: { params: { readonly run: string; readonly view: View }; result: DiagramModel | null };
  detail: { params: { readonly run: string; readonly item: string; readonly view: View }; result: Detail | null };
  /** Where the trees and the manifest show what a message is about. */
  place: { params: { readonly run: string; readonly message: number }; result: { readonly trails: Trails; readonly link: ManifestLink | null } | null };
  mermaid: { params: { readonly run: string; readonly view: View }; result: string | null };
  /** Where a field of a document stands. */
  locate: { params: FileText & { readonly document: number; readonly path: string }; result: SourceRange | null };
  /** The document that an object was created from. */
  origin: { params: ObjectRef; result: { readonly file: string; readonly document: number } | null };
  /** For tests of the restart: the worker fails. */
  crash: { params: null; result: null };
}

export type Method = keyof Methods;
export type Params<M extends Method> = Methods[M]['params'];
export type Result<M extends Method> = Methods[M]['result'];

export interface Progress {
  /** "1 200 of 5 000 pods running, 12 s of virtual time" */
  readonly text: string;
}

export type ToWorker =
  | { readonly id: number; readonly method: Method; readonly params: unknown }
  | { readonly cancel: number };

export type FromWorker =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string; readonly canceled: boolean }
  | { readonly id: number; readonly progress: Progress }
  /** The world has changed: what was shown of it is old. */
  | { readonly changed: true };

/** One end of a message channel. */
export interface Port {
  post(message: unknown): void;
  receive(handler: (message: unknown) => void): void;
}
