import type { Report } from '../engine/report/report';
import type { ActionResult, Session } from '../engine/session';

/** The story of an action as Mermaid text. */
export function mermaidOf(_session: Session, _action: ActionResult): string { return 'sequenceDiagram\n'; }

/** The story of an action as a Markdown document. */
export function markdownOf(_session: Session, _action: ActionResult, report: Report): string { return `${report.documents.map((d) => d.message).join('\n')}\n`; }
