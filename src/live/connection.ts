import { setMaxListeners } from 'node:events';
import { number } from '../worker/words';
import { Api, typeOf } from './api';
import { Credentials } from './credentials';
import { asLiveError, isCanceled, LiveError } from './errors';
import { contextConfig, listContexts, type Surroundings } from './kubeconfig';
import { OFF, type ConnectionState, type ContextInfo, type LiveLimits, type Phase } from './protocol';
import type { Redactor } from './redact';
import { Transport } from './transport';
import { ClusterView } from './view';
import { PODS } from './watched';

export interface ConnectionEvents {
  changed(): void;
  state(state: ConnectionState): void;
  log(line: string): void;
}

/** Milliseconds between two reports of a state that only counts on. */
const QUIET = 250;
/** Notices that are shown. */
const MAX_NOTICES = 12;

/** A context that can be asked. It does not look around by itself. */
export interface Opened { readonly api: Api; readonly context: ContextInfo; close(): void }

/** Reads the kubeconfig and makes a way to the cluster; nobody is contacted yet. Throws LiveError. */
export function openContext(name: string, limits: LiveLimits, redactor: Redactor, log: (line: string) => void, around?: Surroundings): Opened {
  const config = contextConfig(name, around);
  const context = listContexts(around).contexts.find((c) => c.name === name);
  const server = config.getCurrentCluster()?.server ?? '';
  if (!context || !/^https?:\/\//.test(server)) throw new LiveError('credentials', `The context ${JSON.stringify(name)} has no usable server address`);
  const transport = new Transport(server, new Credentials(config, redactor), redactor, limits, log);
  return { api: new Api(transport), context, close: () => { transport.close(); } };
}

/** The one live cluster of a window: the way to it, what is known of it, and how that stands. */
export class Connection {
  readonly view: ClusterView;
  private readonly stopper = new AbortController();
  private version = '';
  private phase: Phase = 'connecting';
  private since = Date.now();
  private text = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private reported = 0;
  private ended = false;

  constructor(readonly opened: Opened, readonly namespaces: readonly string[], limits: LiveLimits, private readonly events: ConnectionEvents) {
    this.view = new ClusterView(opened.api, namespaces, limits, { changed: () => { if (!this.ended) events.changed(); }, state: () => { this.stateChanged(); } });
    // Every watch listens for the end.
    setMaxListeners(0, this.stopper.signal);
    this.text = 'Connecting';
  }

  get api(): Api { return this.opened.api; }
  get context(): ContextInfo { return this.opened.context; }
  get signal(): AbortSignal { return this.stopper.signal; }

  /** The first contact, then lists and watches until end(). Throws LiveError where there is no API server that answers. */
  async start(signal: AbortSignal): Promise<void> {
    this.report();
    this.version = await this.firstContact(signal);
    this.set('loading', 'Loading');
    this.view.start(this.stopper.signal);
  }

  /** Tries at once what waits for another attempt. */
  retry(): void { this.view.retry(); }

  end(): void {
    this.ended = true;
    this.stopper.abort();
    clearTimeout(this.timer);
    this.opened.close();
    this.events.state(OFF);
  }

  get state(): ConnectionState {
    const { cluster, name, server } = this.context;
    return { phase: this.phase, context: name, cluster, server, version: this.version, namespaces: this.namespaces, text: this.text, since: this.since, notices: this.notices(), counts: { nodes: this.view.nodes.size, pods: this.view.pods.size } };
  }

  /** Where only /version is denied, there is a cluster all the same. */
  private async firstContact(signal: AbortSignal): Promise<string> {
    try {
      return await this.api.version(signal);
    } catch (thrown) {
      const error = asLiveError(thrown);
      if (error.kind === 'forbidden') return '';
      if (!isCanceled(error)) { this.set('failed', error.message); }
      throw error;
    }
  }

  private stateChanged(): void {
    if (this.ended) return;
    const [phase, text] = this.judge();
    this.set(phase, text);
  }

  private judge(): readonly [Phase, string] {
    const { waiting, listing, denied, ready } = this.view.summary;
    const [worst] = [...waiting].sort((a, b) => severity(b.error) - severity(a.error));
    if (worst) {
      const helpless = worst.error.kind === 'unauthorized' || worst.error.kind === 'credentials' || worst.error.kind === 'certificate';
      if (helpless) return ['failed', worst.error.message];
      const shown = this.view.nodes.size + this.view.pods.size > 0 ? `; what is shown is of ${clock(this.phase === 'stale' ? this.since : Date.now())}` : '';
      return ['stale', `${worst.error.message}. Trying again${shown}`];
    }
    if (!ready) {
      const pods = this.view.summary.listing.find((p) => p.resource === PODS && p.state?.type === 'listing');
      const state = pods?.state;
      if (state?.type === 'listing' && state.remaining > 0) return ['loading', `Loading pods: ${number(state.known)} of ${number(state.known + state.remaining)}`];
      const [next] = listing;
      return ['loading', next ? `Loading ${typeOf(next.resource)}` : 'Loading'];
    }
    if (denied.some((d) => d.resource === PODS) && this.view.pods.size === 0) return ['failed', denied.find((d) => d.resource === PODS)?.error.message ?? ''];
    return ['live', `${this.version ? `Kubernetes ${this.version} · ` : ''}${this.namespaces.length === 0 ? 'all namespaces' : this.namespaces.length === 1 ? `namespace ${this.namespaces[0] ?? ''}` : `${this.namespaces.length} namespaces`}`];
  }

  private notices(): readonly string[] {
    const { denied, capped } = this.view.summary;
    const notices = [
      ...new Set(denied.map((d) => d.error.message)),
      ...capped.map((c) => `${capital(typeOf(c.resource))}${c.namespace ? ` of ${c.namespace}` : ''}: only ${number(c.known)} are shown, ${number(c.hidden)} more exist. Choose namespaces to see less of the cluster, but all of that.`),
    ];
    return notices.length > MAX_NOTICES ? [...notices.slice(0, MAX_NOTICES), `… and ${notices.length - MAX_NOTICES} more`] : notices;
  }

  private set(phase: Phase, text: string): void {
    if (phase !== this.phase) { this.phase = phase; this.since = Date.now(); this.text = text; this.report(); return; }
    this.text = text;
    // Many reflectors report at once, and lists count on: some times a second is enough.
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => { this.timer = undefined; this.report(); }, Math.max(0, QUIET - (Date.now() - this.reported)));
  }

  private report(): void {
    if (this.ended) return;
    this.reported = Date.now();
    this.events.state(this.state);
  }
}

const severity = ({ kind }: LiveError): number => (kind === 'credentials' || kind === 'certificate' || kind === 'unauthorized' ? 3 : kind === 'unreachable' ? 2 : 1);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const clock = (at: number): string => new Date(at).toLocaleTimeString('en-GB');
