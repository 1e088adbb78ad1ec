import { isStatus, type Status, failure } from './api/status';
import { API_SERVER_ENDPOINT } from './etcd/faults';
import type { Cluster } from './cluster';

/** What can break in a control plane, and its repair: what a person does, and what scenario files say. */
export type Fault =
  | { readonly type: 'killMember' | 'restartMember'; /** 'etcd-2', or 'leader'. */ readonly member: string }
  /** Members, and 'kube-apiserver', reach only those of their own group. */
  | { readonly type: 'partition'; readonly groups: readonly (readonly string[])[] }
  | { readonly type: 'slowLink'; readonly between: readonly [string, string]; readonly milliseconds: number }
  | { readonly type: 'lossyLink'; readonly between: readonly [string, string]; readonly percent: number }
  | { readonly type: 'slowDisk'; readonly member: string; readonly times: number }
  /** As many members as it takes are killed, the leader first. */
  | { readonly type: 'loseQuorum' | 'loseAll' }
  /** All links, disks and members work again. */
  | { readonly type: 'heal' }
  | { readonly type: 'kill' | 'start'; readonly component: ComponentName };

export const COMPONENTS = ['kube-apiserver', 'kube-scheduler', 'kube-controller-manager'] as const;
export type ComponentName = (typeof COMPONENTS)[number];

/** Breaks or repairs something now; a Status when there is no such thing. */
export function applyFault(cluster: Cluster, fault: Fault): Status | undefined {
  const { etcd } = cluster;
  switch (fault.type) {
    case 'killMember': return onMember(cluster, fault.member, (member) => etcd.kill(member));
    case 'restartMember': return onMember(cluster, fault.member, (member) => etcd.restart(member));
    case 'slowDisk': return onMember(cluster, fault.member, (member) => etcd.slowDisk(member, fault.times));
    case 'partition': {
      for (const name of fault.groups.flat()) { const known = endpointOf(cluster, name); if (isStatus(known)) return known; }
      etcd.partition(fault.groups.map((group) => group.map((name) => (name === 'leader' ? etcd.leader : name))));
      return undefined;
    }
    case 'slowLink': case 'lossyLink': {
      const [a, b] = fault.between.map((name) => endpointOf(cluster, name));
      if (isStatus(a)) return a;
      if (isStatus(b)) return b;
      if (etcd.status().length === 1) return failure(400, 'BadRequest', 'etcd has one member: there is no link between members');
      etcd.degrade(a as string, b as string, fault.type === 'slowLink' ? { delay: fault.milliseconds } : { loss: fault.percent / 100 });
      return undefined;
    }
    case 'loseQuorum': loseQuorum(cluster); return undefined;
    case 'loseAll':
      for (const { id } of etcd.status()) etcd.kill(id);
      return undefined;
    case 'heal':
      etcd.heal();
      for (const { id, up } of etcd.status()) if (!up) etcd.restart(id);
      return undefined;
    case 'kill': case 'start': return component(cluster, fault.type, fault.component);
  }
}

function loseQuorum({ etcd }: Cluster): void {
  const members = etcd.status();
  const standing = members.filter((m) => m.up);
  const excess = standing.length - (members.length >> 1);
  const order = [...standing].sort((a, b) => Number(b.role === 'leader') - Number(a.role === 'leader'));
  for (const { id } of order.slice(0, Math.max(0, excess))) etcd.kill(id);
}

function component(cluster: Cluster, what: 'kill' | 'start', name: ComponentName): Status | undefined {
  if (name === 'kube-apiserver') {
    if ((what === 'kill') !== cluster.api.running) return undefined;
    cluster.trace.member({ kind: 'member', actor: name, to: name, type: 'fault', term: 0, index: 0, text: what === 'kill' ? `${name} is killed` : `${name} is started again: it fills its caches from etcd`, notable: true });
    if (what === 'kill') cluster.api.stop(); else cluster.api.start();
    return undefined;
  }
  const found = cluster.processes.get(name);
  if (!found) return failure(404, 'NotFound', `this cluster has no ${name}`);
  if (what === 'kill') found.kill(); else found.start();
  return undefined;
}

function onMember(cluster: Cluster, name: string, act: (member: string) => void): Status | undefined {
  const member = memberOf(cluster, name);
  if (isStatus(member)) return member;
  act(member);
  return undefined;
}

function memberOf({ etcd }: Cluster, name: string): string | Status {
  if (name === 'leader') return etcd.leader || failure(409, 'Conflict', 'etcd has no leader now');
  return etcd.status().some((m) => m.id === name) ? name : failure(404, 'NotFound', `etcd has no member ${JSON.stringify(name)}: there are ${etcd.status().map((m) => m.id).join(', ')}`);
}

const endpointOf = (cluster: Cluster, name: string): string | Status => (name === API_SERVER_ENDPOINT ? name : memberOf(cluster, name));

/** "kill etcd-2", as titles of actions have it. */
export function faultWords(fault: Fault): string {
  switch (fault.type) {
    case 'killMember': return `kill ${fault.member === 'leader' ? 'the leader of etcd' : fault.member}`;
    case 'restartMember': return `start ${fault.member}`;
    case 'partition': return `partition etcd: ${fault.groups.map((g) => g.join(', ')).join(' | ')}`;
    case 'slowLink': return `slow link between ${fault.between.join(' and ')}: ${fault.milliseconds} ms more`;
    case 'lossyLink': return `lossy link between ${fault.between.join(' and ')}: ${fault.percent} % lost`;
    case 'slowDisk': return `slow disk of ${fault.member}: ${fault.times} times as long`;
    case 'loseQuorum': return 'lose the quorum of etcd';
    case 'loseAll': return 'lose all members of etcd';
    case 'heal': return 'repair etcd';
    case 'kill': case 'start': return `${fault.type} ${fault.component}`;
  }
}
