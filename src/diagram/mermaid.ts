import { wrap } from './labels';
import { CONTROLLER_BOX, type DiagramModel, type Item } from './model';

/** Mermaid draws an error instead of longer texts. */
export const MAX_TEXT = 50_000;

export interface MermaidText {
  readonly text: string;
  /** The item that each statement draws, in Mermaid's own count of statements ("i7" in its SVG is the 8th). '' for those that draw none. */
  readonly statements: readonly string[];
  /** False when Mermaid would refuse to draw it. */
  readonly fits: boolean;
}

const ARROWS: { readonly [kind in Item['kind']]?: string } = { request: '->>', answer: '-->>', storage: '->>', watch: '--)' };

/** Characters of a line where there is little room. */
const NARROW_LINE = 18;

/** A page of a diagram as Mermaid's text; `narrow` breaks labels earlier, so that lanes stand closer. */
export function toMermaid(model: DiagramModel, narrow = false): MermaidText {
  const ids = new Map(model.lanes.map((lane, i) => [lane.id, `l${i}`]));
  const first = ids.get(model.lanes[0]?.id ?? ''), last = ids.get(model.lanes.at(-1)?.id ?? '');
  const lines = ['sequenceDiagram', ...participants(model, ids)];
  const statements: string[] = [];
  for (const item of model.items) {
    const from = ids.get(item.from), to = ids.get(item.to);
    const words = narrow && item.kind !== 'gap' && item.kind !== 'fold' ? item.label.flatMap((l) => wrap(l, NARROW_LINE, 4)) : item.label;
    const label = words.map(escapeText).join('<br/>');
    const arrow = ARROWS[item.kind];
    if (arrow && from && to) lines.push(`  ${from}${arrow}${to}: ${label}`);
    else if (from && to) lines.push(`  Note over ${from === to ? from : `${from},${to}`}: ${label}`);
    else if (first && last) lines.push(`  Note over ${first === last ? first : `${first},${last}`}: ${label}`);
    else continue;
    statements.push(item.id);
  }
  const text = `${lines.join('\n')}\n`;
  return { text, statements, fits: text.length <= MAX_TEXT };
}

/** Controllers stand in one box: they are one process. */
function participants(model: DiagramModel, ids: ReadonlyMap<string, string>): readonly string[] {
  const lines: string[] = [];
  let inBox = false;
  for (const lane of model.lanes) {
    const controller = lane.role === 'controller';
    if (controller && !inBox) lines.push(`  box transparent ${CONTROLLER_BOX}`);
    if (!controller && inBox) lines.push('  end');
    inBox = controller;
    lines.push(`  ${inBox ? '  ' : ''}participant ${ids.get(lane.id) ?? ''} as ${lane.label.map(escapeText).join('<br/>')}`);
  }
  if (inBox) lines.push('  end');
  return lines;
}

/** Characters that mean something to Mermaid or to the HTML it makes, as the entities it knows. */
const SPECIAL: { readonly [character: string]: string } = {
  ';': '#59;', '#': '#35;', '<': '#lt;', '>': '#gt;', '&': '#amp;', '"': '#quot;', '%': '#37;', '$': '#36;', '`': '#96;', '\\': '#92;', '{': '#123;', '}': '#125;', '~': '#126;', '*': '#42;', '_': '#95;',
};

/** Text that Mermaid shows as it is. Other people's text passes through here and nowhere else. */
export function escapeText(text: string): string {
  // Control characters would end the line; "wrap:" and "nowrap:" at the start are commands.
  const oneLine = text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
  const escaped = oneLine.replace(/[;#<>&"%$`\\{}~*_]/g, (c) => SPECIAL[c] ?? c).replace(/^(no)?wrap:/i, (m) => m.replace(':', '#58;'));
  return escaped === '' ? ' ' : escaped;
}
