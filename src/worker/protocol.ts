import type { Detail, ManifestLink } from '../diagram/detailModel';
import type { AnswerLine, DiagramModel, View } from '../diagram/model';
import type { ClusterAction, SuggestionKind } from '../engine/explain/help/candidate';
import type { ComponentName, Fault } from '../engine/faults';
import type { MemberStatus } from '../engine/etcd/faults';
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
  /** A KubeSchedulerConfiguration; without it the default profile. */
  readonly schedulerConfiguration?: FileText;
  /** 1, 3 or 5; with more than one the scheduler and the controller manager hold Leases, as in a cluster that is highly available. */
  readonly etcdMembers: 1 | 3 | 5;
}

export const DEFAULT_SETTINGS: WorldSettings = { seed: 1, refuseRemovedVersions: false, namespace: 'default', limits: { virtualMinutes: 10, pods: 20_000 }, etcdMembers: 1 };

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
  /** What a suggestion does to the cluster; `title` is the suggestion's. */
  | { readonly type: 'help'; readonly title: string; readonly actions: readonly ClusterAction[] }
  /** Something breaks or is repaired; `follow` virtual milliseconds are shown of what comes of it. */
  | { readonly type: 'fault'; readonly fault: Fault; readonly follow: number }
  /** etcd starts again from a snapshot file. */
  | { readonly type: 'restore'; readonly snapshot: FileText }
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
  /** For a pod without a node: the document that it comes from. `help` says what would place it. */
  readonly document?: number;
}

/** What a question for help is about: a document of a file, or a pod of the cluster. */
export type HelpTarget = { readonly file: string; readonly document: number } | { readonly pod: ObjectRef };

/** A change that was tried and that places the pod. */
export interface HelpSuggestion {
  readonly kind: SuggestionKind;
  /** What to do, as an order. */
  readonly title: string;
  readonly detail: string;
  /** What it leads to: "then it runs on node-1", "then one of 2 waiting pods runs on node-4". */
  readonly outcome: string;
  /** Where the pod was placed when this was tried. */
  readonly node: string;
  /** "namespace/name" of pods that are evicted for it. */
  readonly victims: readonly string[];
  /** Of the text that was asked about, in order, by character; with the line that each begins on. */
  readonly edits: readonly { readonly offset: number; readonly length: number; readonly text: string; readonly line: number }[];
  /** To be done to the cluster, after the edits: as the operation 'help'. */
  readonly actions: readonly ClusterAction[];
  /** False where the manifest to be edited is not known. */
  readonly applicable: boolean;
}

export interface Help {
  /** The smallest change first. */
  readonly suggestions: readonly HelpSuggestion[];
  /** False where there was no time to try everything. */
  readonly complete: boolean;
}

/** Help for one document. */
export interface DocumentHelp extends Help {
  /** The file that the edits are for; '' where it is not known. */
  readonly file: string;
  readonly document: number;
  /** The text that the edits are for. */
  readonly text: string;
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
  /** It is in the cluster as created from another text. */
  readonly stale?: boolean;
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
  /** Markdown; undefined where it is asked for when it is to be seen. */
  readonly tooltip: string | undefined;
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

/** How kubectl reaches the world. */
export interface KubectlServer {
  readonly url: string;
  /** Path of a file that only its owner can read, and that goes with the server. */
  readonly kubeconfig: string;
  /** kubectl is on the PATH of this process. */
  readonly hasKubectl: boolean;
}

export interface ControlPlaneStatus {
  readonly members: readonly MemberStatus[];
  readonly components: readonly { readonly name: ComponentName; readonly running: boolean }[];
}

/** Method → what it takes and what it gives. */
export interface Methods {
  configure: { params: WorldSettings; result: null };
  create: { params: { readonly files: readonly FileText[] }; result: RunSummary };
  delete: { params: { readonly files: readonly FileText[] }; result: RunSummary };
  operate: { params: Operation; result: RunSummary };
  reset: { params: null; result: null };
  /** What etcd holds now, as a snapshot file. */
  snapshot: { params: null; result: { readonly text: string; readonly revision: number } };
  /** What of the control plane runs. */
  controlPlane: { params: null; result: ControlPlaneStatus };
  /** Documents and problems of a text. `check` asks the API server of a throw-away world, too; `foretell` tries whether pods would find nodes, where they are few. */
  outline: { params: FileText & { readonly check: boolean; readonly foretell?: boolean }; result: Outline };
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
  /** Shows the cluster as it was when a message was sent, or (null) as it is: the trees and the objects' YAML. Null when that is not known. */
  travel: { params: { readonly run: string; readonly message: number; /** When it was answered, not when it was sent. */ readonly answered?: boolean } | null; result: { readonly revision: number; readonly at: number } | null };
  /** How an object came to be what it is, revision by revision, newest first; null when there is none. */
  history: { params: ObjectRef; result: string | null };
  mermaid: { params: { readonly run: string; readonly view: View }; result: string | null };
  /** Where a field of a document stands. */
  locate: { params: FileText & { readonly document: number; readonly path: string }; result: SourceRange | null };
  /** What would place the pods of a document, or a pod; null where none of them waits. `text` is the file's as it stands now. */
  help: { params: { readonly target: HelpTarget; readonly text?: string }; result: DocumentHelp | null };
  /** Markdown about a pod for its line in a tree; null when there is none. */
  tooltip: { params: ObjectRef; result: string | null };
  /** The document that an object was created from. */
  origin: { params: ObjectRef; result: { readonly file: string; readonly document: number } | null };
  /** Opens the world to kubectl over HTTP on the loopback address, in the time of the wall clock; the same again while it is open. Not in a browser. */
  startKubectl: { params: null; result: KubectlServer };
  stopKubectl: { params: null; result: null };
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
  | { readonly changed: true }
  /** A run that nobody in the window asked for began or has come further: a command in a terminal. */
  | { readonly ran: RunSummary };

/** One end of a message channel. */
export interface Port {
  post(message: unknown): void;
  receive(handler: (message: unknown) => void): void;
}
