import type { Detail } from '../diagram/detailModel';
import type { DiagramModel } from '../diagram/model';
import type { FromPage, ToPage } from './protocol';

/** What survives a reload of the page and of the window. */
export interface PageState {
  readonly run: string;
  readonly model: DiagramModel;
  readonly selected: string;
  /** Of the selected item. */
  readonly detail: Detail | undefined;
  /** 0: fit to the width. */
  readonly zoom: number;
  readonly scroll: number;
  readonly pane: PaneState;
}

export interface PaneState {
  readonly open: boolean;
  /** Pixels beside the diagram. */
  readonly width: number;
  /** Pixels below it. */
  readonly height: number;
}

interface VsCodeApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension, as the page sees it. */
export class Host {
  private readonly api = acquireVsCodeApi();

  post(message: FromPage): void { this.api.postMessage(message); }

  onMessage(listener: (message: ToPage) => void): void {
    window.addEventListener('message', (event: MessageEvent<ToPage>) => {
      if (typeof event.data === 'object' && event.data !== null && typeof event.data.type === 'string') listener(event.data);
    });
  }

  restore(): PageState | undefined {
    const state = this.api.getState() as Partial<PageState> | undefined;
    return state?.model && state.run !== undefined && state.pane ? (state as PageState) : undefined;
  }

  save(state: PageState): void { this.api.setState(state); }
}
