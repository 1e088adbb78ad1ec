import { h } from './dom';
import type { PaneState } from './host';

export const FIRST_PANE: PaneState = { open: true, width: 360, height: 260 };
const MIN = 160;
/** With less room than this beside it, the pane stands below the diagram. */
export const SIDE_FROM = 1000;

/** The details: beside the diagram or below it, of a size that is kept. */
export class Pane {
  readonly element = h('aside', { class: 'pane', 'aria-label': 'Details', tabindex: -1 });
  readonly splitter = h('div', { class: 'splitter', role: 'separator', tabindex: 0, 'aria-label': 'Size of the details' });

  constructor(private readonly frame: HTMLElement, private state: PaneState, private readonly changed: (state: PaneState) => void) {
    this.splitter.addEventListener('pointerdown', (event) => this.drag(event));
    this.splitter.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.apply()).observe(frame);
    this.apply();
  }

  get current(): PaneState { return this.state; }
  get beside(): boolean { return this.frame.clientWidth >= SIDE_FROM; }

  setOpen(open: boolean): void { this.set({ ...this.state, open }); }

  show(content: readonly Node[]): void {
    this.element.replaceChildren(...content);
    this.element.scrollTop = 0;
  }

  private set(state: PaneState): void {
    this.state = state;
    this.apply();
    this.changed(state);
  }

  private apply(): void {
    const { beside, state } = this;
    this.frame.classList.toggle('beside', beside);
    this.frame.classList.toggle('closed', !state.open);
    const most = (beside ? this.frame.clientWidth : this.frame.clientHeight) * 0.7;
    const size = Math.max(MIN, Math.min(beside ? state.width : state.height, most));
    this.element.style.flexBasis = `${size}px`;
    this.splitter.setAttribute('aria-orientation', beside ? 'vertical' : 'horizontal');
    this.splitter.setAttribute('aria-valuenow', String(Math.round(size)));
  }

  private resize(by: number): void {
    const { beside, state } = this;
    const size = Math.max(MIN, (beside ? state.width : state.height) + by);
    this.set(beside ? { ...state, width: size } : { ...state, height: size });
  }

  private drag(event: PointerEvent): void {
    event.preventDefault();
    this.splitter.setPointerCapture(event.pointerId);
    const { beside, state } = this;
    const start = beside ? event.clientX : event.clientY;
    const size = beside ? state.width : state.height;
    const move = (e: PointerEvent): void => {
      const now = Math.max(MIN, size + start - (beside ? e.clientX : e.clientY));
      this.set(beside ? { ...this.state, width: now } : { ...this.state, height: now });
    };
    const end = (): void => {
      this.splitter.removeEventListener('pointermove', move);
      this.splitter.removeEventListener('pointerup', end);
      this.splitter.removeEventListener('pointercancel', end);
    };
    this.splitter.addEventListener('pointermove', move);
    this.splitter.addEventListener('pointerup', end);
    this.splitter.addEventListener('pointercancel', end);
  }

  private key(event: KeyboardEvent): void {
    const grow = this.beside ? 'ArrowLeft' : 'ArrowUp', shrink = this.beside ? 'ArrowRight' : 'ArrowDown';
    if (event.key !== grow && event.key !== shrink) return;
    event.preventDefault();
    this.resize(event.key === grow ? 24 : -24);
  }
}
