import type { RequestMessage } from '../engine/trace/message';
import { isEventWrite } from './change';
import { actorClass } from './lanes';
import type { Shown } from './select';

/** Equal branches beside one that is shown. */
export interface Fold {
  readonly id: string;
  /** The branch that is shown. */
  readonly like: Shown;
  /** The first messages of the branches that are folded away, in order. */
  readonly roots: readonly Shown[];
  /** Everything folded away, the roots included. */
  readonly hidden: readonly Shown[];
  readonly open: boolean;
}

/** Folding away fewer messages than this saves nothing: the fold itself takes a line. */
const MIN_HIDDEN = 3;

interface Branch {
  readonly shown: Shown;
  readonly children: Branch[];
  readonly shape: string;
  /** What must not be hidden by a branch without it: refusals, failures, other decisions. */
  notable: string;
}

/** Finds equal branches. What is folded and not opened is missing from `visible`. */
export function foldBranches(shown: readonly Shown[], expanded: ReadonlySet<string>): { readonly visible: ReadonlySet<Shown>; readonly folds: readonly Fold[]; readonly foldOf: ReadonlyMap<Shown, Fold> } {
  const roots = grow(shown);
  const folder = new Folder(expanded);
  folder.siblings(roots);
  return folder;
}

function grow(shown: readonly Shown[]): readonly Branch[] {
  const branches = new Map<Shown, Branch>();
  for (const one of shown) branches.set(one, { shown: one, children: [], shape: shapeOf(one), notable: notableOf(one) });
  const roots: Branch[] = [];
  for (const branch of branches.values()) {
    const parent = branch.shown.parent ? branches.get(branch.shown.parent) : undefined;
    if (parent) parent.children.push(branch); else roots.push(branch);
  }
  // Effects come after their causes: from the last to the first, what is notable rises to the root.
  for (const branch of [...branches.values()].reverse()) {
    const all = new Set([branch.notable, ...branch.children.map((c) => c.notable)].filter(Boolean).flatMap((n) => n.split('\n')));
    branch.notable = [...all].sort().join('\n');
  }
  return roots;
}

/** Messages of one shape differ in names and numbers only. */
function shapeOf({ message: m, actor, change }: Shown): string {
  const who = actorClass(actor);
  switch (m.kind) {
    case 'request': return `request ${who} ${m.verb} ${m.resource}.${m.group}/${m.subresource} ${m.code < 300 ? 'ok' : m.code} ${change?.kind ?? ''}`;
    case 'storage': return `storage ${m.change} ${m.succeeded}`;
    case 'watch': return `watch ${who} ${m.type} ${m.resource}.${m.group}`;
    case 'member': return `member ${m.type} ${m.notable ? m.id : m.actor}`;
    case 'work': return `work ${who} ${m.action} ${m.resource} ${m.decision?.kind ?? ''} ${decisionClass(m.decision)}`;
  }
}

function notableOf({ message: m, change }: Shown): string {
  if (m.kind === 'request') {
    if (m.code >= 400 && m.code !== 409 && !isEventWrite(m as RequestMessage)) return `${m.verb} ${m.resource} ${m.code}`;
    return change && (change.tone === 'refused' || change.tone === 'waiting') ? change.kind : '';
  }
  const decided = m.kind === 'work' ? decisionClass(m.decision) : '';
  return decided === 'scheduled' ? '' : decided;
}

/** 'scheduled', or how the decision went otherwise with its words: other words are another story. */
function decisionClass(decision: { readonly summary: string; readonly data: unknown } | undefined): string {
  if (!decision) return '';
  const data = decision.data as { readonly outcome?: unknown } | undefined;
  return data?.outcome === 'scheduled' ? 'scheduled' : decision.summary;
}

class Folder {
  readonly visible = new Set<Shown>();
  readonly folds: Fold[] = [];
  readonly foldOf = new Map<Shown, Fold>();

  constructor(private readonly expanded: ReadonlySet<string>) {}

  /** Shows the first of each group of equals, and folds the others away. */
  siblings(branches: readonly Branch[]): void {
    const groups = new Map<string, Branch[]>();
    for (const branch of branches) {
      const key = `${branch.shape}\n${branch.notable}`;
      const group = groups.get(key);
      if (group) group.push(branch); else groups.set(key, [branch]);
    }
    for (const [like, ...others] of groups.values()) {
      if (!like) continue;
      this.show(like);
      if (others.length > 0) this.fold(like, others);
    }
  }

  private show(branch: Branch): void {
    this.visible.add(branch.shown);
    this.siblings(branch.children);
  }

  private fold(like: Branch, others: readonly Branch[]): void {
    const hidden: Shown[] = [];
    const unlike: Branch[] = [];
    for (const other of others) hide(like, other, hidden, unlike);
    const id = `f${others[0]?.shown.id ?? ''}`;
    const open = this.expanded.has(id);
    if (hidden.length < MIN_HIDDEN) { for (const other of others) this.show(other); return; }
    const fold: Fold = { id, like: like.shown, roots: others.map((o) => o.shown), hidden, open };
    this.folds.push(fold);
    for (const one of hidden) this.foldOf.set(one, fold);
    if (open) this.siblingsWithin(others);
    else this.siblings(unlike);
  }

  /** The branches of an open fold are shown whole, each as if it stood alone. */
  private siblingsWithin(branches: readonly Branch[]): void { for (const branch of branches) this.show(branch); }
}

/** Hides what has an equal in the branch that is shown; the rest is `unlike`. */
function hide(like: Branch, other: Branch, hidden: Shown[], unlike: Branch[]): void {
  hidden.push(other.shown);
  for (const child of other.children) {
    const equal = like.children.find((c) => c.shape === child.shape);
    if (equal) hide(equal, child, hidden, unlike); else unlike.push(child);
  }
}
