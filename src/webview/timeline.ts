import { duration } from '../diagram/duration';
import type { DiagramModel, Item } from '../diagram/model';
import { h } from './dom';

export interface TimelineActions {
  /** A person has moved to an item. */
  readonly step: (item: string) => void;
  /** The trees are to show the cluster as it was at each step, or as it is. */
  readonly travel: (on: boolean) => void;
}

/** Milliseconds of real time that a step takes while playing. */
const STEP = 700;

/** The run as a slider: each position is a step of the diagram. Playing goes through them one after the other. */
export class Timeline {
  readonly element: HTMLElement;
  private readonly slider = h('input', { type: 'range', min: 0, max: 0, value: 0, class: 'slider', 'aria-label': 'Step of the run' });
  private readonly clock = h('span', { class: 'clock' });
  private readonly play = h('button', { class: 'tool', type: 'button', title: 'Play the run step by step' }, '▶ Play');
  private readonly travel = h('button', { class: 'tool', type: 'button', 'aria-pressed': 'false', title: 'The trees show the cluster as it was at the selected step' }, 'Time travel');
  private steps: readonly Item[] = [];
  private playing = 0;

  constructor(private readonly actions: TimelineActions) {
    this.slider.addEventListener('input', () => { this.stop(); this.go(Number(this.slider.value)); });
    this.play.addEventListener('click', () => { if (this.playing) this.stop(); else this.start(); });
    this.travel.addEventListener('click', () => this.setTravel(this.travel.getAttribute('aria-pressed') !== 'true'));
    this.element = h('nav', { class: 'timeline', 'aria-label': 'Time' }, this.play, this.slider, this.clock, this.travel);
    this.element.hidden = true;
  }

  show(model: DiagramModel | undefined): void {
    this.stop();
    this.steps = model?.items.filter((i) => i.message !== 0) ?? [];
    this.element.hidden = this.steps.length < 2;
    this.slider.max = String(Math.max(0, this.steps.length - 1));
  }

  /** The diagram has another selection. */
  select(item: string): void {
    const at = this.steps.findIndex((i) => i.id === item);
    const step = this.steps[at];
    this.slider.value = String(Math.max(0, at));
    this.slider.setAttribute('aria-valuetext', step ? step.text : 'no step');
    this.clock.textContent = step ? `${duration(step.at)} · ${at + 1} of ${this.steps.length}` : `${this.steps.length} steps`;
  }

  private setTravel(on: boolean): void {
    this.travel.setAttribute('aria-pressed', String(on));
    this.actions.travel(on);
  }

  private go(index: number): void {
    const step = this.steps[index];
    if (!step) return;
    // The diagram takes the focus with the selection; whoever moves the slider by its keys goes on doing so.
    const focused = this.element.contains(document.activeElement) ? (document.activeElement as HTMLElement) : undefined;
    this.actions.step(step.id);
    focused?.focus({ preventScroll: true });
  }

  private start(): void {
    this.play.textContent = '❚❚ Pause';
    let at = Number(this.slider.value);
    if (at >= this.steps.length - 1) at = -1;
    this.playing = window.setInterval(() => {
      if (++at >= this.steps.length) { this.stop(); return; }
      this.go(at);
    }, STEP);
  }

  private stop(): void {
    window.clearInterval(this.playing);
    this.playing = 0;
    this.play.textContent = '▶ Play';
  }
}
