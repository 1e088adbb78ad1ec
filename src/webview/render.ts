import mermaid from 'mermaid';
import { duration } from '../diagram/duration';
import { toMermaid } from '../diagram/mermaid';
import type { DiagramModel, Item } from '../diagram/model';
import { svg } from './dom';
import { THEME_CSS } from './theme';

/** A drawn page of a diagram. */
export interface Drawing {
  /** Everything below the lane headers. */
  readonly body: SVGSVGElement;
  /** The lane headers alone, of the same width. */
  readonly lanes: SVGSVGElement;
  /** Item id → its group in the body. */
  readonly groups: ReadonlyMap<string, SVGGElement>;
  /** CSS pixels at zoom 1. */
  readonly width: number;
  readonly height: number;
  readonly lanesHeight: number;
}

/** Room on the left for the times. */
const GUTTER = 46;
const MARGIN = 10;
/** Least distance of two written times. */
const TIME_SPACING = 14;

/** With less room than this for the diagram, everything is drawn closer. */
export const NARROW = 720;

let prepared = '';
let drawings = 0;

function prepare(narrow: boolean): void {
  const fontFamily = getComputedStyle(document.body).fontFamily || 'sans-serif';
  if (prepared === `${narrow} ${fontFamily}`) return;
  prepared = `${narrow} ${fontFamily}`;
  mermaid.initialize({
    startOnLoad: false, securityLevel: 'strict', theme: 'base', look: 'classic', themeCSS: THEME_CSS, fontFamily, fontSize: 12, suppressErrorRendering: true, deterministicIds: true,
    sequence: {
      mirrorActors: false, useMaxWidth: false, diagramMarginX: GUTTER, diagramMarginY: 8, actorMargin: narrow ? 4 : 10, width: narrow ? 48 : 68, height: 34, boxMargin: 4, boxTextMargin: 4, noteMargin: narrow ? 4 : 6, messageMargin: 18, wrapPadding: 4,
      actorFontFamily: fontFamily, messageFontFamily: fontFamily, noteFontFamily: fontFamily, actorFontSize: 12, messageFontSize: 12, noteFontSize: 12, actorFontWeight: 600, bottomMarginAdj: 1,
    },
  });
}

/** Draws a page. Throws where Mermaid does. */
export async function draw(model: DiagramModel, narrow = false): Promise<Drawing> {
  prepare(narrow);
  const { text, statements, fits } = toMermaid(model, narrow);
  if (!fits) throw new Error('This page of the diagram is too long to be drawn. Choose the story, or fold what is open.');
  const id = `diagram${++drawings}`;
  const { svg: source } = await mermaid.render(id, text);
  // Mermaid's own sanitised output; in the strict mode it holds no script and no HTML.
  const body = new DOMParser().parseFromString(source, 'image/svg+xml').documentElement as unknown as SVGSVGElement;
  if (body.nodeName !== 'svg') throw new Error('The picture could not be read.');
  const adopted = document.importNode(body, true);
  const groups = groupItems(adopted, new Map(model.items.map((i) => [i.id, i])), statements);
  return finish(adopted, groups, model, id);
}

/** Puts what belongs to an item into one group: a target for pointer and keyboard. */
function groupItems(picture: SVGSVGElement, items: ReadonlyMap<string, Item>, statements: readonly string[]): Map<string, SVGGElement> {
  const groups = new Map<string, SVGGElement>();
  for (const element of [...picture.querySelectorAll<SVGElement>('[data-et="message"], [data-et="note"]')]) {
    const item = items.get(statements[Number(element.dataset.id?.slice(1))] ?? '');
    if (!item || groups.has(item.id)) continue;
    const group = svg('g', { class: `item kind-${item.kind} tone-${item.tone}${item.evidence ? ` evidence-${item.evidence.kind}` : ''}`, 'data-item': item.id, role: 'option', tabindex: -1, 'aria-label': item.text, 'aria-selected': 'false' });
    const texts = element.dataset.et === 'message' ? textsBefore(element) : [];
    element.before(group);
    group.append(...texts, element);
    groups.set(item.id, group);
  }
  return groups;
}

/** A message's lines of text stand just before its line. */
function textsBefore(line: SVGElement): readonly Element[] {
  const texts: Element[] = [];
  for (let e = line.previousElementSibling; e?.classList.contains('messageText'); e = e.previousElementSibling) texts.unshift(e);
  return texts;
}

interface Box { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

const number = (element: Element | null, name: string): number => Number(element?.getAttribute(name) ?? 0);

/** Where a group is, from the attributes that Mermaid wrote: nothing need be laid out for it. */
function boxOf(group: SVGGElement): Box {
  const note = group.querySelector('rect.note');
  if (note) return { x: number(note, 'x'), y: number(note, 'y'), width: number(note, 'width'), height: number(note, 'height') };
  const line = group.querySelector('line');
  const text = group.querySelector('text');
  const y = number(line, 'y1');
  const x1 = number(line, 'x1'), x2 = number(line, 'x2');
  const top = text ? number(text, 'y') - 2 : y - 10;
  return { x: Math.min(x1, x2), y: top, width: Math.abs(x2 - x1), height: y - top + 6 };
}

function finish(picture: SVGSVGElement, groups: ReadonlyMap<string, SVGGElement>, model: DiagramModel, id: string): Drawing {
  const [x = 0, y = 0, fullWidth = 0, fullHeight = 0] = (picture.getAttribute('viewBox') ?? '').split(/\s+/).map(Number);
  // Mermaid leaves the gutter on both sides; it is needed on the left only.
  const width = fullWidth - GUTTER + MARGIN;
  const actors = [...picture.querySelectorAll<SVGRectElement>('rect.actor-top')];
  const headEnd = Math.max(0, ...actors.map((a) => number(a, 'y') + number(a, 'height'))) + 6;
  const bottom = Math.max(headEnd, ...[...groups.values()].map((g) => { const b = boxOf(g); return b.y + b.height; })) + 24;
  for (const line of picture.querySelectorAll('.actor-line')) line.setAttribute('y2', String(bottom));
  for (const box of picture.querySelectorAll('rect.rect')) box.setAttribute('height', String(bottom - number(box, 'y') - 4));
  openHeads(picture);
  alignLeft(groups, model);
  ruleGaps(groups, model);
  addHits(groups, model);
  addTimes(picture, groups, model);
  const lanes = headOf(picture, id);
  lanes.setAttribute('viewBox', `${x} ${y} ${width} ${headEnd - y}`);
  picture.setAttribute('viewBox', `${x} ${headEnd} ${width} ${bottom - headEnd}`);
  picture.dataset.whole = `${x} ${y} ${width} ${bottom - y}`;
  for (const part of [lanes, picture]) { part.removeAttribute('style'); part.removeAttribute('width'); part.removeAttribute('height'); }
  picture.setAttribute('role', 'listbox');
  picture.setAttribute('aria-label', 'Steps of the run, in order of time');
  picture.removeAttribute('aria-roledescription');
  return { body: picture, lanes, groups, width, height: Math.min(fullHeight + 100_000, bottom - headEnd), lanesHeight: headEnd - y };
}

/** Mermaid's arrow of an asynchronous message is filled and large; a watch event has an open head of the size of the others. */
function openHeads(picture: SVGSVGElement): void {
  for (const marker of picture.querySelectorAll('[id$="-filled-head"]')) {
    for (const [name, value] of Object.entries({ markerUnits: 'userSpaceOnUse', markerWidth: '12', markerHeight: '12', refX: '7', refY: '6' })) marker.setAttribute(name, value);
    marker.querySelector('path')?.setAttribute('d', 'M 1 1 L 9 6 L 1 11');
  }
}

/** Notes that are lists begin their lines below each other. */
function alignLeft(groups: ReadonlyMap<string, SVGGElement>, model: DiagramModel): void {
  for (const item of model.items) {
    if (item.kind !== 'stages') continue;
    const note = groups.get(item.id)?.querySelector('rect.note');
    for (const text of groups.get(item.id)?.querySelectorAll<SVGElement>('.noteText, .noteText > tspan') ?? []) {
      text.setAttribute('x', String(number(note ?? null, 'x') + 12));
      text.setAttribute('text-anchor', 'start');
    }
  }
}

/** A band of time is a broken line through its words. */
function ruleGaps(groups: ReadonlyMap<string, SVGGElement>, model: DiagramModel): void {
  for (const item of model.items) {
    const note = item.kind === 'gap' ? groups.get(item.id)?.querySelector('rect.note') : undefined;
    if (!note) continue;
    const y = number(note, 'y') + number(note, 'height') / 2;
    note.after(svg('line', { class: 'wave', x1: number(note, 'x'), y1: y, x2: number(note, 'x') + number(note, 'width'), y2: y }));
  }
}

/** Lines are thin: the whole of an arrow and its label can be pointed at. */
function addHits(groups: ReadonlyMap<string, SVGGElement>, model: DiagramModel): void {
  for (const item of model.items) {
    const group = groups.get(item.id);
    if (!group) continue;
    const { x, y, width, height } = boxOf(group);
    const least = Math.max(width, 60);
    group.prepend(svg('rect', { class: 'hit', x: x - (least - width) / 2, y: y - 1, width: least, height: height + 2, rx: 3 }), svg('title', {}, item.text));
  }
}

/** The time at the left of what begins a new moment. */
function addTimes(picture: SVGSVGElement, groups: ReadonlyMap<string, SVGGElement>, model: DiagramModel): void {
  const layer = svg('g', { class: 'times', 'aria-hidden': 'true' });
  let last = '', lastY = -Infinity;
  for (const item of model.items) {
    const group = groups.get(item.id);
    if (!group || item.kind === 'gap') continue;
    const box = boxOf(group);
    const y = group.querySelector('line') ? box.y + box.height - 6 : box.y + 12;
    const words = duration(item.at);
    if (words === last || y - lastY < TIME_SPACING) continue;
    layer.append(svg('text', { class: 'time', x: -6, y: y + 3 }, words));
    last = words;
    lastY = y;
  }
  picture.append(layer);
}

/** A copy of the headers, with the picture's style for itself. */
function headOf(picture: SVGSVGElement, id: string): SVGSVGElement {
  const lanes = svg('svg', { id: `${id}-lanes`, 'aria-hidden': 'true' });
  const style = picture.querySelector('style')?.textContent ?? '';
  const own = svg('style');
  own.textContent = style.replaceAll(`#${id}`, `#${id}-lanes`);
  lanes.append(own);
  for (const part of picture.querySelectorAll('rect.rect, text.text, [data-et="participant"]')) lanes.append(part.cloneNode(true));
  for (const line of lanes.querySelectorAll('.actor-line')) line.remove();
  return lanes;
}
