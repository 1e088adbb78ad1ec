import type { Tone } from './model';

/** Everything about one item, asked for when it is selected. Plain values only. */
export interface Detail {
  readonly item: string;
  readonly title: string;
  /** One sentence: when, who, how it ended. */
  readonly summary: string;
  readonly tone: Tone;
  /** Names and values that belong to this kind of message. */
  readonly facts: readonly Fact[];
  /** The API server's stages with their verdicts, in order. */
  readonly stages: readonly StageRow[];
  /** Texts to look at: what was sent, what was answered. YAML, bounded. */
  readonly texts: readonly TextBlock[];
  /** What a write changed. */
  readonly diff: DiffBlock | undefined;
  readonly scheduling: NodesTable | undefined;
  /** For a decision of the scheduler. */
  readonly explanation: DecisionWords | undefined;
  /** From the person's request down to this item. */
  readonly causes: readonly MessageLink[];
  readonly effects: readonly MessageLink[];
  /** Effects there are beyond those listed. */
  readonly moreEffects: number;
  readonly manifest: readonly ManifestLink[];
}

export interface Fact { readonly name: string; readonly value: string }

/** A decision of the scheduler in sentences (with their full stops). */
export interface DecisionWords {
  /** "Why node-2", "Why no node" */
  readonly title: string;
  readonly sentence: string;
  /** Nodes that were refused, those refused for the same reason together. */
  readonly groups: readonly string[];
  readonly preemption: string;
  /** The literal text of the pod's condition; '' for a pod that got a node. */
  readonly message: string;
  /** Why the pod was tried again; '' for its first attempt. */
  readonly retry: string;
  /** Where the pod waits now, where this decision is the last one about it. */
  readonly queue?: { readonly summary: string; readonly wakers: readonly { readonly plugin: string; readonly changes: readonly string[] }[] };
  /** What would place it now; undefined where that was not looked for. */
  readonly help?: PodHelp;
}

/** Changes that place a pod, each of them tried. */
export interface PodHelp {
  readonly pod: { readonly group: string; readonly version: string; readonly resource: string; readonly kind: string; readonly namespace: string; readonly name: string };
  readonly suggestions: readonly { readonly title: string; readonly outcome: string; readonly applicable: boolean }[];
}

export interface StageRow {
  readonly name: string;
  /** Admission plugins with the same verdict share a row. */
  readonly plugins: readonly string[];
  readonly verdict: 'passed' | 'changed' | 'refused';
  readonly detail: string;
}

export interface TextBlock {
  readonly title: string;
  readonly text: string;
  /** Lines left out at the end; 0 for none. */
  readonly omitted: number;
}

export interface DiffLine { readonly kind: 'same' | 'added' | 'removed' | 'skip'; readonly text: string }

export interface DiffBlock {
  readonly title: string;
  readonly lines: readonly DiffLine[];
  readonly omitted: number;
}

/** What the scheduler made of each node. */
export interface NodesTable {
  readonly summary: string;
  /** Score plugins, as columns. */
  readonly plugins: readonly string[];
  readonly rows: readonly NodeRow[];
  /** Nodes left out at the end; 0 for none. */
  readonly omitted: number;
}

export interface NodeRow {
  readonly name: string;
  readonly chosen: boolean;
  readonly feasible: boolean;
  /** Weighted scores in the order of the columns; empty where the node was not scored. */
  readonly scores: readonly number[];
  readonly total: number | undefined;
  /** The plugin that refused it, and why. */
  readonly plugin: string;
  readonly reasons: readonly string[];
}

export interface MessageLink {
  /** The item that shows it on the level of detail on which it is drawn; '' where none does. */
  readonly item: string;
  readonly label: string;
  /** Virtual milliseconds since the action began. */
  readonly at: number;
}

/** A place in what the person wrote. */
export interface ManifestLink {
  readonly file: string;
  /** Index of the document in the file. */
  readonly document: number;
  /** "spec.template.spec.containers[0].image"; '' for the document as a whole. */
  readonly path: string;
  readonly label: string;
}
