import type { Report } from '../engine/report/report';
import { duration } from './duration';
import type { ActionResult, Session } from '../engine/session';
import { answerLine } from './answer';
import { buildDiagram } from './build';
import { toMermaid } from './mermaid';
import { recordOf, type RunRecord } from './record';

/** Rows of a table in a Markdown report. */
const MAX_ROWS = 200;

/** The story of an action as Mermaid text. */
export function mermaidOf(session: Session, action: ActionResult): string { return storyOf(recordOf(session, action)); }

function storyOf(record: RunRecord): string { return toMermaid(buildDiagram(record, { level: 'story', expanded: [], page: 0 })).text; }

/** An action as a Markdown document: how it ended, the story as a diagram, pods with reasons, events, warnings. */
export function markdownOf(session: Session, action: ActionResult, report: Report): string {
  const record = recordOf(session, action);
  const answer = answerLine(record);
  const warnings = report.documents.flatMap((d) => d.warnings.map((w) => `${d.kind} ${d.name}: ${w}`));
  const refusals = report.documents.filter((d) => d.code >= 300);
  const parts = [
    `# ${cell(action.title)}`, '', `**${cell(answer.text)}**`, ...answer.more.filter((m) => !m.startsWith('Warning: ')).flatMap((m) => ['', cell(m)]),
    '', '```mermaid', storyOf(record).trimEnd(), '```',
    ...table('Refused', ['Document', 'Code', 'Reason', 'Message'], refusals.map((d) => [`${d.kind} ${d.name}`, String(d.code), d.reason, d.message])),
    ...table('Pods', ['Pod', 'Phase', 'Node', 'Why'], report.pods.map((p) => [`${p.namespace}/${p.name}`, p.phase, p.node || 'none', whyOf(p)])),
    ...table('Events', ['At', 'Object', 'Type', 'Reason', 'Message'], report.events.map((e) => [duration(e.at), `${e.kind} ${e.name}`, e.type, e.reason, e.message])),
    ...(warnings.length > 0 ? ['', '## Warnings', '', ...warnings.map((w) => `- ${cell(w)}`)] : []),
    '', `Kubernetes ${report.kubernetes}, seed ${report.seed}, ${duration(report.virtualMilliseconds)} of virtual time.`,
  ];
  return `${parts.join('\n')}\n`;
}

function whyOf({ scheduling }: Report['pods'][number]): string {
  if (scheduling.outcome !== 'scheduled') return scheduling.message;
  const scored = scheduling.nodes.filter((n) => n.total !== undefined).map((n) => `${n.name} ${n.total ?? 0}`);
  return `${scheduling.feasibleNodes} of ${scheduling.evaluatedNodes} nodes fit${scored.length > 1 && scored.length <= 5 ? ` (${scored.join(', ')})` : ''}`;
}

function table(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const lines = rows.slice(0, MAX_ROWS).map((row) => `| ${row.map(cell).join(' | ')} |`);
  const rest = rows.length > MAX_ROWS ? ['', `… and ${rows.length - MAX_ROWS} more`] : [];
  return ['', `## ${title}`, '', `| ${columns.join(' | ')} |`, `|${columns.map(() => ' --- |').join('')}`, ...lines, ...rest];
}

/** Text that Markdown takes as text, on one line. */
const cell = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\|`*_<>[\]]/g, (c) => `\\${c}`);
