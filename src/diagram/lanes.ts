import type { TraceMessage } from '../engine/trace/message';
import type { Lane, LaneRole } from './model';

export const KUBECTL = 'kubectl';
export const API_SERVER = 'kube-apiserver';
export const ETCD = 'etcd';
const SCHEDULER = 'kube-scheduler';
/** The lanes that etcd's opens into: etcd-1, etcd-2 … */
const isMember = (actor: string): boolean => /^etcd-\d+$/.test(actor);
/** The process that several controllers share: its watches are delivered to all of them. */
export const CONTROLLER_MANAGER = 'kube-controller-manager';

const ORDER: readonly LaneRole[] = ['client', 'server', 'storage', 'controller', 'scheduler', 'kubelet'];

export function roleOf(actor: string): LaneRole {
  if (actor === KUBECTL) return 'client';
  if (actor === API_SERVER) return 'server';
  if (actor === ETCD || isMember(actor)) return 'storage';
  if (actor === SCHEDULER || actor.endsWith('-scheduler')) return 'scheduler';
  if (actor.startsWith('kubelet/')) return 'kubelet';
  return 'controller';
}

/** The same for actors that do the same work: all kubelets are one. */
export function actorClass(actor: string): string {
  const slash = actor.indexOf('/');
  return slash < 0 ? actor : `${actor.slice(0, slash)}/*`;
}

/** The lane a message starts from. */
export function actorOf(message: TraceMessage): string {
  return message.kind === 'storage' ? API_SERVER : message.actor;
}

/** In the order of the story: person, API server, etcd, controllers as they first act, scheduler, kubelets by name. */
export function orderLanes(actors: Iterable<string>): readonly Lane[] {
  const seen = [...new Set(actors)];
  const first = new Map(seen.map((actor, i) => [actor, i]));
  const rank = (actor: string): number => ORDER.indexOf(roleOf(actor));
  seen.sort((a, b) => rank(a) - rank(b) || (roleOf(a) === 'kubelet' || roleOf(a) === 'storage' ? a.localeCompare(b, 'en', { numeric: true }) : (first.get(a) ?? 0) - (first.get(b) ?? 0)));
  return seen.map((id) => ({ id, label: laneLabel(id), role: roleOf(id) }));
}

/** The longest part of a lane's name that is written out. */
const MAX_WORD = 16;

function laneLabel(actor: string): readonly string[] {
  if (actor === API_SERVER) return ['API server'];
  if (actor === SCHEDULER) return ['scheduler'];
  const slash = actor.indexOf('/');
  if (slash > 0) return [actor.slice(0, slash), cutWord(actor.slice(slash + 1))];
  const controller = /^(.+)-controller$/.exec(actor);
  if (controller?.[1]) return [cutWord(controller[1]), 'controller'];
  if (actor.length <= MAX_WORD) return [actor];
  const middle = actor.lastIndexOf('-', MAX_WORD);
  return middle > 0 ? [actor.slice(0, middle), cutWord(actor.slice(middle + 1))] : [cutWord(actor)];
}

const cutWord = (word: string): string => (word.length <= MAX_WORD ? word : `${word.slice(0, 7)}…${word.slice(-8)}`);
