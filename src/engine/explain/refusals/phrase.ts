import type { SchedulerCore } from '../../scheduler/core';
import type { CycleState, Shortage } from '../../scheduler/framework';
import type { NodeInfo } from '../../scheduler/nodeInfo';
import type { PodInfo } from '../../scheduler/podInfo';

/** Why a node is out, in words that follow the node's name. */
export interface Phrase {
  /** After one node: "has 1.2 of 4 CPU free; the pod asks for 2". */
  readonly one: string;
  /** After several nodes: "have 1.2 of 4 CPU free; the pod asks for 2". */
  readonly many: string;
  /** Phrases of one shape differ in their numbers and names only. */
  readonly shape: string;
  /** What can be said of many nodes whose phrases have this shape. */
  readonly summary: string;
}

/** Why no node at all comes into question: a whole sentence without its full stop. */
export interface WholePhrase { readonly whole: string }

/** What is looked at to explain why one node was refused. */
export interface Refused {
  readonly core: SchedulerCore;
  readonly pod: PodInfo;
  readonly node: NodeInfo;
  /** The literal reason of the plugin. */
  readonly reason: string;
  readonly shortages: readonly Shortage[];
  /** What the plugins computed for the pod before they looked at nodes. */
  readonly state: () => CycleState;
}

export const phrase = (one: string, many: string, shape: string, summary = many): Phrase => ({ one, many, shape, summary });

/** "has …" and "have …". */
export const having = (rest: string, shape: string, summary = `have ${rest}`): Phrase => phrase(`has ${rest}`, `have ${rest}`, shape, summary);
