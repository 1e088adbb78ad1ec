import { COMPONENTS, type ComponentName, type Fault } from './faults';
import type { TimedFault } from './session';

/**
 * A scenario file: what breaks while manifests are created, and when.
 *
 *     apiVersion: controlplane.dev/v1alpha1
 *     kind: Scenario
 *     faults:
 *     - at: 20ms
 *       kill: leader                  # or etcd-2, kube-apiserver, kube-scheduler, kube-controller-manager
 *     - at: 5s
 *       start: etcd-1
 *     - at: 6s
 *       partition: [[etcd-1], [etcd-2, etcd-3, kube-apiserver]]
 *     - at: 7s
 *       slowLink: {between: [etcd-1, etcd-2], milliseconds: 50}
 *     - at: 8s
 *       heal: true
 */
export function parseScenario(value: unknown): readonly TimedFault[] | string {
  if (!isRecord(value) || value.kind !== 'Scenario') return 'it is no scenario: kind has to be Scenario';
  if (value.apiVersion !== API_VERSION) return `apiVersion has to be ${API_VERSION}`;
  const { faults } = value;
  if (!Array.isArray(faults)) return 'faults has to be a list';
  if (faults.length > MAX_FAULTS) return `more than ${MAX_FAULTS} faults`;
  const all: TimedFault[] = [];
  for (const [i, item] of (faults as readonly unknown[]).entries()) {
    const parsed = isRecord(item) ? timedFault(item) : 'it has to be an object with "at" and what happens then';
    if (typeof parsed === 'string') return `faults[${i}]: ${parsed}`;
    all.push(parsed);
  }
  return all;
}

const API_VERSION = 'controlplane.dev/v1alpha1';
const MAX_FAULTS = 1000;
type Fields = { readonly [field: string]: unknown };

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function timedFault({ at, ...what }: Fields): TimedFault | string {
  const after = milliseconds(at);
  if (after === undefined) return `at has to be a time like 20ms, 5s or 1m, not ${JSON.stringify(at)}`;
  const [name, ...more] = Object.keys(what);
  if (name === undefined || more.length > 0) return 'exactly one thing has to happen at a time: kill, start, partition, slowLink, lossyLink, slowDisk, loseQuorum, loseAll or heal';
  const fault = faultOf(name, what[name]);
  return typeof fault === 'string' ? fault : { after, fault };
}

function milliseconds(text: unknown): number | undefined {
  const match = typeof text === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) : null;
  return match ? Number(match[1]) * ({ ms: 1, s: 1000, m: 60_000 }[match[2] as 'ms'] ?? 1) : undefined;
}

const isName = (value: unknown): value is string => typeof value === 'string' && /^(etcd-\d{1,2}|leader|kube-[a-z-]+)$/.test(value);
const isComponent = (name: string): name is ComponentName => (COMPONENTS as readonly string[]).includes(name);

function faultOf(name: string, value: unknown): Fault | string {
  switch (name) {
    case 'kill': case 'start':
      if (!isName(value)) return `${name}: ${JSON.stringify(value)} is no member of etcd and no component`;
      if (isComponent(value)) return { type: name, component: value };
      return { type: name === 'kill' ? 'killMember' : 'restartMember', member: value };
    case 'partition':
      if (!Array.isArray(value) || !value.every((group) => Array.isArray(group) && group.every(isName))) return 'partition has to be a list of groups of names';
      return { type: 'partition', groups: value as string[][] };
    case 'slowLink': case 'lossyLink': {
      const { between, milliseconds: delay, percent } = isRecord(value) ? value : {};
      const pair = Array.isArray(between) && between.length === 2 && between.every(isName) ? (between as [string, string]) : undefined;
      if (!pair) return `${name}.between has to be two names`;
      if (name === 'slowLink') return isAmount(delay, 60_000) ? { type: 'slowLink', between: pair, milliseconds: delay } : 'slowLink.milliseconds has to be a number up to 60000';
      return isAmount(percent, 100) ? { type: 'lossyLink', between: pair, percent } : 'lossyLink.percent has to be a number up to 100';
    }
    case 'slowDisk': {
      const { member, times } = isRecord(value) ? value : {};
      return isName(member) && isAmount(times, 100_000) ? { type: 'slowDisk', member, times } : 'slowDisk needs member and times';
    }
    case 'loseQuorum': case 'loseAll': case 'heal': return { type: name };
    default: return `there is nothing called ${JSON.stringify(name)}`;
  }
}

const isAmount = (value: unknown, most: number): value is number => typeof value === 'number' && value >= 0 && value <= most;
