import { EVIDENCE_MARKS, EVIDENCE_WORDS, type EvidenceKind } from '../diagram/evidence';
import { LEVELS, type DiagramModel, type Level } from '../diagram/model';
import { h } from './dom';

export interface HeaderActions {
  readonly level: (level: Level) => void;
  /** Times the present zoom; 0 to fit to the width. */
  readonly zoom: (factor: number) => void;
  readonly copy: () => void;
  readonly save: () => void;
  readonly togglePane: () => void;
}

const LEVEL_WORDS: { readonly [level in Level]: readonly [label: string, title: string] } = {
  story: ['Story', 'The main steps, some dozen arrows'], working: ['Working', 'Every write, with status updates, conflicts and events'], everything: ['Everything', 'Every message, with reads and background work'],
};
const MARKS = { good: '✓', refused: '✗', waiting: '◷', plain: '●', chosen: '◆' } as const;

/** The answer, and what can be done with the picture. */
export class Header {
  readonly element: HTMLElement;
  private readonly answer = h('div', { class: 'answer' });
  private readonly levels: ReadonlyMap<Level, HTMLButtonElement>;
  private readonly zoomShown = h('button', { class: 'tool zoom', type: 'button', title: 'Fit to the width (0)' }, 'Fit');
  private readonly tools: HTMLElement;

  constructor(actions: HeaderActions) {
    this.levels = new Map(LEVELS.map((level) => [level, h('button', { type: 'button', role: 'radio', 'aria-checked': 'false', title: LEVEL_WORDS[level][1], onclick: () => actions.level(level) }, LEVEL_WORDS[level][0])]));
    this.zoomShown.addEventListener('click', () => actions.zoom(0));
    const tool = (label: string, title: string, run: () => void): HTMLElement => h('button', { class: 'tool', type: 'button', title, 'aria-label': title, onclick: run }, label);
    const levels = h('div', { class: 'levels', role: 'radiogroup', 'aria-label': 'How much is shown' }, [...this.levels.values()]);
    levels.addEventListener('keydown', (event) => this.stepLevels(event));
    this.tools = h('div', { class: 'tools', role: 'toolbar', 'aria-label': 'Diagram' }, levels,
      h('div', { class: 'group' }, tool('−', 'Zoom out (Ctrl+wheel, −)', () => actions.zoom(1 / 1.2)), this.zoomShown, tool('+', 'Zoom in (Ctrl+wheel, +)', () => actions.zoom(1.2))),
      h('div', { class: 'group' }, tool('Copy Mermaid', 'Copy as Mermaid', actions.copy), tool('Save SVG', 'Save as SVG', actions.save), tool('Details', 'Show or hide the details', actions.togglePane)));
    this.element = h('header', { class: 'bar' }, this.answer, this.tools);
  }

  show(model: DiagramModel | undefined): void {
    this.element.hidden = model === undefined;
    this.answer.replaceChildren();
    document.body.toggleAttribute('data-evidence', model?.items.some((i) => i.evidence !== undefined) === true);
    if (!model) return;
    const { answer } = model;
    const more = answer.more.length === 0 ? undefined : h('ul', { class: 'more' }, answer.more.map((m) => h('li', {}, m)));
    this.answer.append(h('h1', { class: `tone-${answer.tone}` }, h('span', { class: 'mark', 'aria-hidden': true }, MARKS[answer.tone]), h('span', {}, answer.text)), ...(more ? [more] : []));
    for (const [level, button] of this.levels) {
      button.setAttribute('aria-checked', String(level === model.view.level));
      button.tabIndex = level === model.view.level ? 0 : -1;
    }
  }

  showZoom(zoom: number, fits: boolean): void { this.zoomShown.textContent = fits ? 'Fit' : `${Math.round(zoom * 100)} %`; }

  /** Arrow keys move within a radio group. */
  private stepLevels(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const buttons = [...this.levels.values()];
    const next = buttons[(buttons.indexOf(document.activeElement as HTMLButtonElement) + step + buttons.length) % buttons.length];
    next?.focus();
    next?.click();
  }
}

/** What the forms mean, one line. */
export function legend(): HTMLElement {
  const line = (kind: string, words: string): HTMLElement => h('span', { class: 'entry' }, h('span', { class: `sample ${kind}`, 'aria-hidden': true }), words);
  const mark = (sign: string, words: string): HTMLElement => h('span', { class: 'entry' }, h('span', { class: 'sign', 'aria-hidden': true }, sign), words);
  const known = (Object.keys(EVIDENCE_MARKS) as EvidenceKind[]).map((kind) => h('span', { class: 'entry evidence' }, h('span', { class: 'sign', 'aria-hidden': true }, EVIDENCE_MARKS[kind]), EVIDENCE_WORDS[kind]));
  return h('footer', { class: 'legend', 'aria-label': 'Legend' }, ...known, line('solid', 'request'), line('dashed', 'answer'), line('dotted', 'watch event'), mark('◆', 'decision'), mark('✗', 'refused'), mark('▸', 'folded, opens on a click'));
}
