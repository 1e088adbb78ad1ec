/**
 * A sequence diagram as data: what is drawn, what it means and how its parts hang together. Plain values only, so that it
 * can cross threads and be kept as a webview's state.
 */

import type { Evidence } from './evidence';

/** How much is shown: some dozen arrows, every write, or every message including background work. */
export type Level = 'story' | 'working' | 'everything';
export const LEVELS: readonly Level[] = ['story', 'working', 'everything'];

/** What a person chose to see of a run. */
export interface View {
  readonly level: Level;
  /** Ids of the folds that are open. */
  readonly expanded: readonly string[];
  /** Counted from 0. */
  readonly page: number;
}

export const FIRST_VIEW: View = { level: 'working', expanded: [], page: 0 };

/** One lifeline. */
export interface Lane {
  /** The actor: 'kubectl', 'kube-apiserver', 'etcd', 'deployment-controller', 'kubelet/node-1' … */
  readonly id: string;
  /** One or two short lines. */
  readonly label: readonly string[];
  readonly role: LaneRole;
}

export type LaneRole = 'client' | 'server' | 'storage' | 'controller' | 'scheduler' | 'kubelet';

/** Neighbouring lanes with this role stand in one box. */
export const CONTROLLER_BOX = 'Controller Manager';

export type ItemKind =
  /** A request: solid line. */
  | 'request'
  /** Its answer: dashed line. */
  | 'answer'
  /** The API server's stages: a note with verdicts. */
  | 'stages'
  /** The API server writing to etcd: solid line. */
  | 'storage'
  /** A watch event: dotted line with an open arrow. */
  | 'watch'
  /** A component at work by itself: a note on its lane. */
  | 'work'
  /** A decision: a marked note on its lane. */
  | 'decision'
  /** Time in which nothing else happens: a band over all lanes. */
  | 'gap'
  /** What repeats what is drawn: a band that opens. */
  | 'fold'
  /** What `kubectl get` printed: a note. */
  | 'table';

/** What an item says about success; always said in words too. */
export type Tone = 'plain' | 'good' | 'refused' | 'waiting' | 'chosen';

/** Something drawn: an arrow between two lanes, or a note on one lane (from = to) or from one to another. */
export interface Item {
  /** Stable over levels, pages and folds of one run, e.g. 'r12' for request message 12. */
  readonly id: string;
  readonly kind: ItemKind;
  /** The trace message behind it; 0 for gaps and folds. */
  readonly message: number;
  readonly from: string;
  readonly to: string;
  /** Drawn: near 28 characters a line. */
  readonly label: readonly string[];
  /** The whole of it in one sentence, for tooltips and screen readers. */
  readonly text: string;
  /** Virtual milliseconds since the action began. */
  readonly at: number;
  readonly tone: Tone;
  /** The drawn item that led to this one; '' where a person did. */
  readonly cause: string;
  /** For folds: whether it is open now, and how many branches or messages it stands for. */
  readonly fold?: { readonly open: boolean; readonly count: number };
  /** The open fold that this item came out of; '' or absent for none. */
  readonly within?: string;
  /** For runs on a real cluster: how this is known. */
  readonly evidence?: Evidence;
}

/** The sentence above the diagram. */
export interface AnswerLine {
  readonly tone: Tone;
  readonly text: string;
  /** Further sentences: warnings, other objects, what is still being waited for. */
  readonly more: readonly string[];
}

export interface Page {
  readonly index: number;
  readonly count: number;
  /** Items are counted from 1; both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly total: number;
}

export interface DiagramModel {
  readonly view: View;
  readonly title: string;
  readonly answer: AnswerLine;
  /** In the order of the story, those that this page needs. */
  readonly lanes: readonly Lane[];
  /** In order of time. */
  readonly items: readonly Item[];
  readonly page: Page;
  /** Something that must be known about completeness, e.g. messages that were no longer kept. Empty if nothing. */
  readonly notice: string;
}
