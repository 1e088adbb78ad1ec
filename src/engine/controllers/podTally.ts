import type { Pod } from '../api/generated/types';
import { controllerOf } from '../api/object';
import type { Selector } from '../api/selectors';
import type { Informer } from '../client/informer';
import { isPodActive, isPodReady, isPodTerminating, orphansOf } from './podUtil';

/** Pods of one owner with the same labels. */
interface Group {
  readonly labels: { readonly [key: string]: string };
  active: number;
  ready: number;
  terminating: number;
}

/** What a replica controller needs to know of the pods it owns, without looking at each of them. */
export interface PodCounts {
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  /** Active pods that have all labels of the template. */
  readonly fullyLabeled: number;
}

/** Counts pods by owner as they come, change and go: a set of ten thousand costs no more to sync than one of ten. */
export class PodTally {
  private readonly owners = new Map<string, Map<string, Group>>();

  constructor(private readonly pods: Informer<Pod>) {
    pods.addHandler({
      onAdd: (pod) => this.count(pod, 1),
      onUpdate: (before, pod) => { this.count(before, -1); this.count(pod, 1); },
      onDelete: (pod) => this.count(pod, -1),
    });
  }

  /** The counts, or undefined where pods have to be looked at singly: to be adopted or released. */
  countsFor(uid: string, namespace: string, selector: Selector, templateLabels: { readonly [key: string]: string }): PodCounts | undefined {
    for (const _orphan of this.pods.byIndex('controller', orphansOf(namespace))) return undefined;
    let active = 0, ready = 0, terminating = 0, fullyLabeled = 0;
    for (const group of this.owners.get(uid)?.values() ?? []) {
      if (!selector.matches(group.labels)) return undefined;
      active += group.active;
      ready += group.ready;
      terminating += group.terminating;
      if (Object.entries(templateLabels).every(([key, value]) => group.labels[key] === value)) fullyLabeled += group.active;
    }
    return { active, ready, terminating, fullyLabeled };
  }

  private count(pod: Pod, by: 1 | -1): void {
    const uid = controllerOf(pod)?.uid;
    if (uid === undefined) return;
    const group = this.groupOf(uid, pod.metadata.labels ?? {});
    if (isPodActive(pod)) {
      group.active += by;
      if (isPodReady(pod)) group.ready += by;
    } else if (isPodTerminating(pod)) group.terminating += by;
    if (by < 0 && group.active === 0 && group.terminating === 0) this.forget(uid, pod.metadata.labels ?? {});
  }

  private groupOf(uid: string, labels: Group['labels']): Group {
    let groups = this.owners.get(uid);
    if (groups === undefined) this.owners.set(uid, groups = new Map());
    const key = JSON.stringify(labels);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, group = { labels, active: 0, ready: 0, terminating: 0 });
    return group;
  }

  private forget(uid: string, labels: Group['labels']): void {
    const groups = this.owners.get(uid);
    groups?.delete(JSON.stringify(labels));
    if (groups?.size === 0) this.owners.delete(uid);
  }
}
