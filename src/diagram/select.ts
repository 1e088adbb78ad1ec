import type { MemberMessage, RequestMessage, TraceMessage, WatchMessage, WorkMessage } from '../engine/trace/message';
import { changeOf, isEventWrite, type Change } from './change';
import type { CauseIndex } from './causes';
import { API_SERVER, ETCD, KUBECTL, actorOf } from './lanes';
import type { Level } from './model';

/** A message that is shown at a level of detail. */
export interface Shown {
  /** The id of its item. */
  readonly id: string;
  readonly message: TraceMessage;
  /** Who sent it or, for a watch event, whose work it led to. */
  readonly actor: string;
  /** The nearest shown cause; undefined for what a person did. */
  readonly parent: Shown | undefined;
  /** For requests; computed once. */
  readonly change: Change | undefined;
}

/** Of an election its outcome, not each vote. */
const TURNS = new Set(['fault', 'elected', 'retry', 'reconnect', 'snapshot']);
const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
/** What a component does by itself that belongs in the story besides decisions. */
const STORY_WORK = new Set(['pull', 'start', 'stop', 'preempt', 'evict', 'restart']);

export const isPerson = (m: RequestMessage): boolean => m.actor === KUBECTL;

/** The messages of a run that are shown, each with its nearest shown cause, in order of sending. */
export class Selection {
  readonly shown: Shown[] = [];
  private readonly chosen = new Map<number, Shown>();
  private readonly watches = new Map<string, Shown>();
  private readonly changes = new Map<number, Change>();
  private readonly wanted: ReadonlySet<number>;

  constructor(private readonly index: CauseIndex, private readonly level: Level) {
    this.wanted = this.wantedRequests();
    for (const message of index.messages) this.consider(message);
    this.shown.sort((a, b) => a.message.at - b.message.at || a.message.id - b.message.id);
  }

  /** The item that shows a message or, where none does, its nearest shown cause. */
  nearest(message: TraceMessage): Shown | undefined {
    return this.chosen.get(message.id) ?? this.parentOf(message);
  }

  private consider(message: TraceMessage): void {
    if (message.background && this.level !== 'everything') return;
    switch (message.kind) {
      case 'request': if (this.wanted.has(message.id)) this.choose(message, `r${message.id}`, message.actor, this.changes.get(message.id)); return;
      case 'storage': if (this.wantsStorage(message)) this.choose(message, `s${message.id}`, API_SERVER); return;
      case 'member': if (this.wantsMember(message)) this.choose(message, `m${message.id}`, this.level === 'everything' || message.actor === API_SERVER ? message.actor : ETCD); return;
      case 'work': if (this.wantsWork(message)) this.choose(message, `w${message.id}`, message.actor); return;
      case 'watch': if (this.level === 'everything') for (const actor of this.receivers(message)) this.watch(message, actor); return;
    }
  }

  private choose(message: TraceMessage, id: string, actor: string, change?: Change): void {
    const shown: Shown = { id, message, actor, parent: this.parentOf(message), change };
    this.chosen.set(message.id, shown);
    this.shown.push(shown);
  }

  /** What belongs to the level by itself and, so that no step of a chain is missing, the requests that led there. */
  private wantedRequests(): ReadonlySet<number> {
    const wanted = new Set<number>();
    for (const message of this.index.messages) {
      if (message.kind !== 'request' || (message.background && this.level !== 'everything') || !this.wantsRequest(message)) continue;
      wanted.add(message.id);
      for (const cause of this.index.causesOf(message)) {
        if (cause.kind !== 'request') continue;
        if (wanted.has(cause.id)) break;
        wanted.add(cause.id);
      }
    }
    return wanted;
  }

  private wantsRequest(m: RequestMessage): boolean {
    const change = changeOf(m);
    this.changes.set(m.id, change);
    if (this.level === 'everything' || isPerson(m)) return true;
    if (!WRITES.has(m.verb)) return false;
    if (this.level === 'working') return true;
    if (isEventWrite(m)) return false;
    // A conflict is part of how components work together, not of the story: they read again and retry.
    return m.code >= 400 ? m.code !== 409 && m.code !== 404 : change.milestone;
  }

  private wantsStorage(m: TraceMessage & { readonly kind: 'storage' }): boolean {
    if (this.level === 'everything') return true;
    const request = this.index.causeOf(m);
    return request !== undefined && this.chosen.has(request.id) && (m.change !== 'none' || (this.level === 'working' && !m.succeeded));
  }

  /** What went wrong with etcd and how it recovered belongs to every story; its daily work only to everything. */
  private wantsMember(m: MemberMessage): boolean { return this.level === 'everything' || (m.notable && TURNS.has(m.type)); }

  private wantsWork(m: WorkMessage): boolean {
    if (this.level === 'everything' || m.decision !== undefined || STORY_WORK.has(m.action)) return true;
    return this.level === 'working' && m.action !== 'sync' && m.action !== 'admit' && m.outcome !== '';
  }

  private watch(message: WatchMessage, actor: string): Shown {
    const id = `v${message.id}/${actor}`;
    let shown = this.watches.get(id);
    if (!shown) {
      shown = { id, message, actor, parent: this.parentOf(message), change: undefined };
      this.watches.set(id, shown);
      this.shown.push(shown);
    }
    return shown;
  }

  /** The components whose work a watch event led to: one process holds several. */
  private receivers(message: WatchMessage): readonly string[] {
    const actors = new Set(this.index.effectsOf(message.id).map(actorOf));
    return actors.size > 0 ? [...actors] : [message.actor];
  }

  /** The nearest shown cause. A watch event is shown as soon as something shown was led to by it. */
  private parentOf(message: TraceMessage): Shown | undefined {
    let actor = actorOf(message);
    for (const cause of this.index.causesOf(message)) {
      if (cause.kind === 'watch') return this.watch(cause, actor);
      const chosen = this.chosen.get(cause.id);
      if (chosen) return chosen;
      actor = actorOf(cause);
    }
    return undefined;
  }
}
