import type { Detail } from '../diagram/detailModel';
import { toMermaid } from '../diagram/mermaid';
import type { DiagramModel, View } from '../diagram/model';
import { detailView, helpView, itemView, type PaneActions } from './detailPane';
import { h } from './dom';
import { Header, legend } from './header';
import type { Host, PageState } from './host';
import { emptyRunView, emptyView, failedView } from './messages';
import { FIRST_PANE, Pane } from './pane';
import type { ToPage } from './protocol';
import { NARROW, draw } from './render';
import { standaloneSvg } from './saveSvg';
import { Stage } from './stage';
import { Timeline } from './timeline';

/** Details kept, so that stepping back and forth asks once. */
const MAX_DETAILS = 300;
/** State is saved when the page has been quiet for this long: scrolling would save it all the time. */
const SAVE_AFTER = 200;

/** The page: what it shows, what was chosen, and what is said to the extension. */
export class DiagramPage {
  private readonly header: Header;
  private readonly stage: Stage;
  private readonly pane: Pane;
  private readonly timeline = new Timeline({ step: (item) => this.select(item, true), travel: (on) => this.host.post({ type: 'travel', on, run: this.run, message: this.stage.item(this.selected)?.message ?? 0 }) });
  private readonly frame = h('main', { class: 'frame' });
  private readonly notice = h('p', { class: 'notice', role: 'status' });
  private readonly progress = h('div', { class: 'progress', role: 'status', 'aria-live': 'polite' });
  private readonly text = h('section', { class: 'sr-only', 'aria-label': 'The run as text' });
  private readonly details = new Map<string, Detail>();
  private run = '';
  private model: DiagramModel | undefined;
  private selected = '';
  private zoom = 0;
  private scroll = 0;
  private gone = false;
  private saving = 0;
  private narrow = false;
  private redrawing = 0;
  /** Drawings under way are dropped when a newer one has been asked for. */
  private drawing = 0;

  constructor(root: HTMLElement, private readonly host: Host, restored: PageState | undefined) {
    this.header = new Header({ level: (level) => this.view({ level, page: 0 }), zoom: (factor) => this.stage.zoomBy(factor), copy: () => this.copy(), save: () => this.saveSvg(), togglePane: () => this.pane.setOpen(!this.pane.current.open) });
    this.stage = new Stage({
      select: (item) => this.select(item, true), toggleFold: (item) => this.toggleFold(item), page: (page) => this.view({ page }),
      zoomed: (zoom, shown) => { this.zoom = zoom; this.header.showZoom(shown, zoom === 0); this.save(); }, scrolled: (top) => { this.scroll = top; this.save(); },
    });
    const column = h('div', { class: 'column' }, this.notice, this.stage.element, this.timeline.element, legend());
    this.frame.append(column);
    root.append(this.header.element, this.progress, this.frame, this.text);
    this.pane = new Pane(this.frame, restored?.pane ?? FIRST_PANE, () => this.save());
    this.frame.append(this.pane.splitter, this.pane.element);
    this.progress.hidden = true;
    new ResizeObserver(() => this.resized()).observe(this.stage.element);
    this.frame.classList.add('idle');
    this.pane.show(helpView());
    if (restored) void this.restore(restored); else this.blank(undefined);
  }

  receive(message: ToPage): void {
    switch (message.type) {
      case 'show': void this.show(message.run, message.model, message.select); return;
      case 'detail': this.receiveDetail(message.run, message.item, message.detail); return;
      case 'select': if (this.stage.item(message.item)) this.select(message.item, false); return;
      case 'progress': this.showProgress(message.text, message.done); return;
      case 'save': this.saveSvg(); return;
      case 'empty': this.blank(emptyView(() => this.host.post({ type: 'create' }))); return;
      case 'failed': this.blank(failedView(message.message, () => this.host.post({ type: 'create' }))); return;
      case 'gone': this.gone = true; this.showNotice(); this.showPane(); return;
    }
  }

  private async restore(state: PageState): Promise<void> {
    if (state.detail) this.details.set(state.detail.item, state.detail);
    this.run = state.run;
    this.stage.setZoom(state.zoom);
    this.selected = state.selected;
    await this.draw(state.model, '');
    this.select(state.selected, false);
    this.stage.scrollTo(state.scroll);
  }

  private async show(run: string, model: DiagramModel, select: string | undefined): Promise<void> {
    const another = run !== this.run;
    if (another) {
      this.details.clear();
      this.run = run;
      this.selected = '';
    }
    this.gone = false;
    this.progress.hidden = true;
    await this.draw(model, this.selected);
    if (another) this.stage.scrollTo(0);
    this.select(select ?? (this.stage.item(this.selected) ? this.selected : ''), false);
  }

  private async draw(model: DiagramModel, keep: string): Promise<void> {
    const order = ++this.drawing;
    this.header.show(model);
    try {
      this.narrow = this.isNarrow();
      const drawing = model.items.length > 0 ? await draw(model, this.narrow) : undefined;
      if (order !== this.drawing) return;
      this.model = model;
      this.timeline.show(model);
      this.frame.classList.remove('blank');
      this.frame.querySelector('.message')?.remove();
      if (drawing) this.stage.show(drawing, model, keep); else this.blank(emptyRunView(model.title), model);
      this.showText(model);
      this.showNotice();
      this.save();
    } catch (error) {
      if (order !== this.drawing) return;
      const message = error instanceof Error ? error.message : String(error);
      this.host.post({ type: 'fault', message });
      this.blank(failedView(message, () => this.host.post({ type: 'create' })));
    }
  }

  private isNarrow(): boolean { return this.stage.room > 0 && this.stage.room < NARROW; }

  /** Another layout fits better now. */
  private resized(): void {
    clearTimeout(this.redrawing);
    if (!this.model || this.isNarrow() === this.narrow) return;
    this.redrawing = window.setTimeout(() => { if (this.model && this.isNarrow() !== this.narrow) void this.draw(this.model, this.selected); }, SAVE_AFTER);
  }

  /** Shows a message in place of the diagram. */
  private blank(view: HTMLElement | undefined, model?: DiagramModel): void {
    this.model = model;
    this.header.show(model);
    this.progress.hidden = true;
    this.frame.classList.add('blank');
    this.frame.querySelector('.message')?.remove();
    if (view) this.frame.append(view);
    this.text.replaceChildren();
  }

  private showProgress(text: string, done: number | undefined): void {
    this.progress.hidden = false;
    const bar = h('progress', done === undefined ? { 'aria-label': text } : { max: 1, value: done, 'aria-label': text });
    this.progress.replaceChildren(h('span', {}, text), bar, h('button', { class: 'tool', type: 'button', onclick: () => this.host.post({ type: 'cancel' }) }, 'Cancel'));
  }

  private showNotice(): void {
    const said = [this.model?.notice ?? '', this.gone ? 'This picture is from before the window was reloaded. Create the manifest again to step through it with all details.' : ''].filter(Boolean).join(' ');
    this.notice.hidden = said === '';
    this.notice.textContent = said;
  }

  /** The story for those who do not see the picture. */
  private showText(model: DiagramModel): void {
    this.text.replaceChildren(h('h2', {}, `${model.title}: ${model.answer.text}`), h('ol', {}, model.items.map((item) => h('li', {}, item.text))));
  }

  private view(change: Partial<View>): void {
    if (this.model) this.host.post({ type: 'view', run: this.run, view: { ...this.model.view, ...change } });
  }

  private toggleFold(item: string): void {
    if (!this.model) return;
    const { expanded } = this.model.view;
    this.view({ expanded: expanded.includes(item) ? expanded.filter((e) => e !== item) : [...expanded, item] });
  }

  private select(item: string, byPerson: boolean): void {
    const changed = item !== this.selected;
    this.selected = item;
    this.stage.select(item, byPerson);
    this.timeline.select(item);
    if (item !== '' && byPerson && !this.pane.current.open && changed && !this.pane.beside) this.pane.setOpen(true);
    this.showPane();
    const shown = this.stage.item(item);
    if (shown && shown.message !== 0 && !this.gone && !this.details.has(item)) this.host.post({ type: 'detail', run: this.run, item });
    if (byPerson && changed) this.host.post({ type: 'selected', run: this.run, item, message: shown?.message ?? 0 });
    this.save();
  }

  private receiveDetail(run: string, item: string, detail: Detail | undefined): void {
    if (run !== this.run || !detail) return;
    if (this.details.size >= MAX_DETAILS) this.details.clear();
    this.details.set(item, detail);
    if (item === this.selected) this.showPane();
    this.save();
  }

  private showPane(): void {
    const actions: PaneActions = { select: (item) => this.select(item, true), reveal: (link) => this.host.post({ type: 'reveal', link }), apply: (pod, title) => this.host.post({ type: 'apply', pod, title }), toggleFold: (item) => this.toggleFold(item) };
    const item = this.stage.item(this.selected);
    const detail = this.details.get(this.selected);
    this.frame.classList.toggle('idle', !item);
    if (!item) this.pane.show(helpView());
    else if (detail) this.pane.show(detailView(detail, actions, (id) => id !== '' && this.stage.item(id) !== undefined));
    else this.pane.show(itemView(item, actions, this.gone ? 'Its details went with the window’s reload.' : ''));
  }

  private copy(): void { if (this.model) this.host.post({ type: 'copyMermaid', text: toMermaid(this.model).text }); }

  private saveSvg(): void {
    const { body } = this.stage;
    if (body && this.model) this.host.post({ type: 'saveSvg', svg: standaloneSvg(body, this.stage.width), suggestedName: `${this.model.title.replace(/[^\w.-]+/g, '-')}.svg` });
  }

  private save(): void {
    clearTimeout(this.saving);
    this.saving = window.setTimeout(() => {
      const { model } = this;
      if (model) this.host.save({ run: this.run, model, selected: this.selected, detail: this.details.get(this.selected), zoom: this.zoom, scroll: this.scroll, pane: this.pane.current });
    }, SAVE_AFTER);
  }
}
