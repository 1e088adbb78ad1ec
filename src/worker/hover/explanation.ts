import type { PodExplanation, QueueExplanation } from '../../engine/explain/explain';
import type { ScoreTable } from '../../engine/explain/whyHere';
import type { WhyNot } from '../../engine/explain/whyNot';
import type { Help, HelpTarget } from '../protocol';
import { count } from '../words';
import { paragraphs, plain, table } from './markdown';

const MAX_GROUPS = 6;
const MAX_SUGGESTIONS = 5;
/** Columns of nodes in a table of scores: the chosen one and its nearest rivals. */
const MAX_NODES = 4;

/** What keeps a pod from each node, in words; then what would help, and after it Kubernetes' own words. `who`: "No node takes it". */
export function whyNotText(who: string, { sentence, groups, preemption, message }: WhyNot, help: string): string {
  const [only] = groups;
  const alone = groups.length === 1 && only;
  const more = groups.length > MAX_GROUPS ? [`- … and ${count(groups.slice(MAX_GROUPS).reduce((n, g) => n + g.nodes.length, 0), 'more node')}`] : [];
  return paragraphs(
    `**${plain(who)}**: ${plain(alone ? only.sentence : sentence)}.`,
    alone || groups.length === 0 ? undefined : [...groups.slice(0, MAX_GROUPS).map((g) => `- ${plain(g.sentence)}`), ...more].join('\n'),
    help, message && `**Kubernetes says**: ${plain(message)}`, preemption && `**Preemption**: ${plain(preemption)}.`,
  );
}

/** Where it waits, and what each plugin that refused it waits for. */
export function queueText({ summary, wakers, pool }: QueueExplanation): string {
  const list = pool === 'unschedulable' || pool === 'backoff' ? wakers.filter((w) => w.changes.length > 0).map(({ plugin, changes }) => `- ${plain(plugin)}: ${plain(changes.join('; '))}`) : [];
  return `**Queue**: ${plain(summary)}.${list.length > 0 ? `\n${list.join('\n')}` : ''}`;
}

/** Changes that place the pod. Where they can be made from here, each is a link. */
export function helpText(help: Help | undefined, target: HelpTarget | undefined): string {
  if (!help) return '**What would help**: Quick Fix (the light bulb at the underlined field) looks for it; the cluster is too large to do so in passing.';
  if (help.suggestions.length === 0) return help.complete ? '**What would help**: no change of the manifest or of the cluster that was tried places the pod.' : '';
  const lines = help.suggestions.slice(0, MAX_SUGGESTIONS).map((s) => `- ${s.applicable && target ? link(s.title, target, s.edits.length > 0 ? 'Preview this change of the manifest' : 'Do this in the simulated cluster') : plain(s.title)}: ${plain(s.outcome)}`);
  return `**What would help** (each of these was tried):\n${lines.join('\n')}`;
}

/** The one command that links in hovers may run. */
export const APPLY_COMMAND = 'controlplane.applySuggestion';

function link(title: string, target: HelpTarget, hint: string): string {
  const given = encodeURIComponent(JSON.stringify([target, title])).replace(/[()']/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `[${plain(title)}](command:${APPLY_COMMAND}?${given} "${hint}")`;
}

/** Why a pod is where it is, with the scores that decided. */
export function whyHereText({ whyHere }: PodExplanation): string | undefined {
  return whyHere && paragraphs(`**Why ${plain(whyHere.node)}**: ${plain(whyHere.sentence)}.`, scores(whyHere.table));
}

/** Plugins as rows, the best nodes as columns: a hover is narrow. */
export function scores({ columns, rows }: ScoreTable): string | undefined {
  const ranked = rows.filter((r) => r.feasible && r.total !== undefined);
  const nodes = ranked.slice(0, MAX_NODES);
  if (columns.length === 0 || nodes.length < 2) return undefined;
  const telling = columns.map((c, i) => ({ ...c, i })).filter(({ i }) => nodes.some((n) => n.scores[i] !== 0));
  const head = ['Plugin', ...nodes.map((n) => (n.chosen ? `**${plain(n.node)}**` : plain(n.node)))];
  const lines = telling.map(({ plugin, weight, i }) => [plain(weight > 1 ? `${plugin} ×${weight}` : plugin), ...nodes.map((n) => String(n.scores[i] ?? 0))]);
  const rest = ranked.length - nodes.length;
  return paragraphs(table(head, [...lines, ['**Total**', ...nodes.map((n) => `**${n.total ?? 0}**`)]], 'numbers'), rest > 0 ? `… and ${count(rest, 'node')} with fewer points` : undefined);
}
