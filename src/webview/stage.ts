import type { DiagramModel, Item, Level } from '../diagram/model';
import { h } from './dom';
import { Related } from './related';
import type { Drawing } from './render';

export interface StageActions {
  /** A person chose an item; '' to let go. */
  readonly select: (item: string) => void;
  readonly toggleFold: (item: string) => void;
  readonly page: (index: number) => void;
  readonly zoomed: (zoom: number, shown: number) => void;
  readonly scrolled: (top: number) => void;
}

const MIN_ZOOM = 0.25, MAX_ZOOM = 3;
/** Fitting to the width makes nothing larger than it was drawn, or only a little. */
const MAX_FIT = 1.25;
/** … nor so small that nobody can read it: then it scrolls sideways; the story last. */
const MIN_FIT = { story: 0.5, working: 0.7, everything: 0.7 };
/** Steps that PageUp and PageDown take. */
const LEAP = 10;

/** The diagram in its scrolling frame: lane headers that stay, selection, stepping, zoom. */
export class Stage {
  readonly element = h('div', { class: 'stage' });
  private readonly lanes = h('div', { class: 'lanes' });
  private readonly picture = h('div', { class: 'picture' });
  private readonly pagers = [h('nav', { class: 'pager', 'aria-label': 'Pages' }), h('nav', { class: 'pager', 'aria-label': 'Pages' })] as const;
  private drawing: Drawing | undefined;
  private related: Related | undefined;
  private selected = '';
  private pointed = '';
  /** 0: fit to the width. */
  private zoom = 0;
  private level: Level = 'story';

  constructor(private readonly actions: StageActions) {
    this.element.append(this.pagers[0], this.lanes, this.picture, this.pagers[1]);
    this.picture.addEventListener('click', (event) => this.clicked(event));
    this.picture.addEventListener('pointerover', (event) => this.point(itemAt(event)));
    this.picture.addEventListener('pointerleave', () => this.point(''));
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.element.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    this.element.addEventListener('scroll', () => this.actions.scrolled(this.element.scrollTop), { passive: true });
    new ResizeObserver(() => { if (this.zoom === 0) this.resize(); }).observe(this.element);
  }

  /** Shows another drawing; the item `keep` stays where it was on the screen. */
  show(drawing: Drawing, model: DiagramModel, keep: string): void {
    const before = this.topOf(keep);
    this.drawing = drawing;
    this.level = model.view.level;
    this.related = new Related(model);
    this.lanes.replaceChildren(drawing.lanes);
    this.picture.replaceChildren(drawing.body);
    this.showPages(model);
    this.resize();
    if (!this.related.get(this.selected)) this.selected = '';
    this.light();
    const after = this.topOf(keep);
    if (before !== undefined && after !== undefined) this.element.scrollTop += after - before;
  }

  scrollTo(top: number): void { this.element.scrollTop = top; }

  get body(): SVGSVGElement | undefined { return this.drawing?.body; }
  get width(): number { return this.drawing?.width ?? 0; }
  item(id: string): Item | undefined { return this.related?.get(id); }

  /** Marks an item as selected, and shows it where it is out of sight. */
  select(id: string, focus: boolean): void {
    this.selected = id;
    this.light();
    const group = this.drawing?.groups.get(id);
    if (!group) return;
    this.reveal(group);
    if (focus) group.focus({ preventScroll: true });
  }

  setZoom(zoom: number): void {
    this.zoom = zoom === 0 ? 0 : Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom));
    this.resize();
  }

  /** CSS pixels that there are for the diagram. */
  get room(): number { return this.element.clientWidth; }

  zoomBy(factor: number): void { this.setZoom(factor === 0 ? 0 : this.scale() * factor); }

  private scale(): number {
    if (this.zoom !== 0 || !this.drawing) return this.zoom || 1;
    const room = this.element.clientWidth;
    return room === 0 ? 1 : Math.max(MIN_FIT[this.level], Math.min(MAX_FIT, room / this.drawing.width));
  }

  private resize(): void {
    if (!this.drawing) return;
    const { lanes, body, width, height, lanesHeight } = this.drawing;
    const scale = this.scale();
    // Whole pixels, so that headers and picture are of one size.
    const wide = Math.floor(width * scale);
    this.element.style.setProperty('--wide', `${wide}px`);
    lanes.style.width = body.style.width = `${wide}px`;
    lanes.style.height = `${(wide / width) * lanesHeight}px`;
    body.style.height = `${(wide / width) * height}px`;
    this.actions.zoomed(this.zoom, scale);
  }

  private showPages({ page }: DiagramModel): void {
    for (const nav of this.pagers) {
      nav.hidden = page.count <= 1;
      if (page.count <= 1) continue;
      const step = (label: string, index: number): HTMLElement => h('button', { class: 'tool', type: 'button', disabled: index < 0 || index >= page.count, onclick: () => this.actions.page(index) }, label);
      nav.replaceChildren(step('Previous', page.index - 1), h('span', {}, `${page.from.toLocaleString('en')}–${page.to.toLocaleString('en')} of ${page.total.toLocaleString('en')}`), step('Next', page.index + 1));
    }
  }

  private clicked(event: MouseEvent): void {
    const id = itemAt(event);
    const item = this.related?.get(id);
    if (!item || item.kind === 'gap') { this.actions.select(''); return; }
    this.actions.select(id);
    if (item.kind === 'fold') this.actions.toggleFold(id);
  }

  private point(id: string): void {
    const item = this.related?.get(id);
    const pointed = item && item.kind !== 'gap' ? id : '';
    if (pointed === this.pointed) return;
    this.pointed = pointed;
    this.light();
  }

  /** What is pointed at, or else selected, lights up with its causes and effects; the rest is dimmed. */
  private light(): void {
    if (!this.drawing || !this.related) return;
    const centre = this.pointed || this.selected;
    const lit = centre === '' ? undefined : this.related.of(centre);
    const entry = this.selected || this.related.steps[0]?.id;
    for (const [id, group] of this.drawing.groups) {
      group.classList.toggle('dim', lit !== undefined && !lit.has(id));
      group.classList.toggle('selected', id === this.selected);
      group.setAttribute('aria-selected', String(id === this.selected));
      group.setAttribute('tabindex', id === entry ? '0' : '-1');
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.related || event.target instanceof HTMLButtonElement) return;
    const target = this.stepFor(event.key);
    if (target === undefined) {
      if (!this.otherKey(event.key)) return;
    } else if (target !== '') this.actions.select(target);
    event.preventDefault();
  }

  /** The item that a key leads to, '' for none; undefined when it is not a key for stepping. */
  private stepFor(key: string): string | undefined {
    const { steps } = this.related as Related;
    const at = steps.findIndex((i) => i.id === this.selected);
    const step = (index: number): string => steps[Math.min(steps.length - 1, Math.max(0, index))]?.id ?? '';
    switch (key) {
      case 'ArrowDown': return step(at + 1);
      case 'ArrowUp': return at < 0 ? step(steps.length - 1) : step(at - 1);
      case 'PageDown': return step(at + LEAP);
      case 'PageUp': return step(at - LEAP);
      case 'Home': return step(0);
      case 'End': return step(steps.length - 1);
      case 'ArrowLeft': return this.related?.causeOf(this.selected)?.id ?? '';
      case 'ArrowRight': return this.related?.firstEffectOf(this.selected)?.id ?? '';
      default: return undefined;
    }
  }

  private otherKey(key: string): boolean {
    switch (key) {
      case 'Enter': case ' ': if (this.related?.get(this.selected)?.kind === 'fold') this.actions.toggleFold(this.selected); return true;
      case 'Escape': this.actions.select(''); return true;
      case '+': case '=': this.zoomBy(1.2); return true;
      case '-': this.zoomBy(1 / 1.2); return true;
      case '0': this.zoomBy(0); return true;
      default: return false;
    }
  }

  /** Ctrl+wheel zooms about the pointer. */
  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey || !this.drawing) return;
    event.preventDefault();
    const frame = this.element.getBoundingClientRect();
    const x = event.clientX - frame.left, y = event.clientY - frame.top;
    const before = this.scale();
    this.setZoom(before * Math.exp(-event.deltaY / 300));
    const ratio = this.scale() / before;
    this.element.scrollLeft = (this.element.scrollLeft + x) * ratio - x;
    this.element.scrollTop = (this.element.scrollTop + y) * ratio - y;
  }

  private topOf(id: string): number | undefined { return id === '' ? undefined : this.drawing?.groups.get(id)?.getBoundingClientRect().top; }

  private reveal(group: SVGGElement): void {
    const frame = this.element.getBoundingClientRect();
    const box = group.getBoundingClientRect();
    const top = frame.top + this.lanes.offsetHeight + 16, bottom = frame.bottom - 24;
    if (box.top < top) this.element.scrollTop += box.top - top - 40;
    else if (box.bottom > bottom) this.element.scrollTop += box.bottom - bottom + 40;
    if (box.left < frame.left) this.element.scrollLeft += box.left - frame.left - 16;
    else if (box.right > frame.right) this.element.scrollLeft += Math.min(box.right - frame.right + 16, box.left - frame.left);
  }
}

function itemAt(event: Event): string {
  const group = event.target instanceof Element ? event.target.closest('[data-item]') : null;
  return group?.getAttribute('data-item') ?? '';
}
