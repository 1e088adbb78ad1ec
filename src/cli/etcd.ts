import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ClusterOptions } from '../engine/cluster';
import { parseSnapshot, snapshotText, type EtcdSnapshot } from '../engine/etcd/snapshot';
import { parseScenario } from '../engine/scenario';
import type { TimedFault } from '../engine/session';
import { UsageError, integer, type Options } from './arguments';

/** Members of etcd, and the snapshot that it starts from. */
export function etcdOptions(options: Options): Pick<ClusterOptions, 'etcdMembers' | 'leaderElection' | 'snapshot'> {
  const etcdMembers = integer(options, '--etcd-members', 1, 1);
  if (![1, 3, 5].includes(etcdMembers)) throw new UsageError(`--etcd-members must be 1, 3 or 5, not ${etcdMembers}`);
  const file = options.values['--from-snapshot'];
  if (file !== undefined && options.values['--cluster'] !== undefined) throw new UsageError('--from-snapshot and --cluster both say what the cluster holds: give one');
  return { etcdMembers, leaderElection: etcdMembers > 1, ...(file === undefined ? {} : { snapshot: readSnapshot(file) }) };
}

/** What breaks and when; nothing without a file. */
export function readScenario(file: string | undefined): readonly TimedFault[] | undefined {
  if (file === undefined) return undefined;
  let value: unknown;
  try { value = parse(read(file)); } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const scenario = parseScenario(value);
  if (typeof scenario === 'string') throw new UsageError(`${file}: ${scenario}`);
  return scenario;
}

export function writeSnapshot(file: string, snapshot: EtcdSnapshot): void {
  try { writeFileSync(file, snapshotText(snapshot)); } catch (thrown) { throw new UsageError(`cannot write ${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`); }
}

function readSnapshot(file: string): EtcdSnapshot {
  const snapshot = parseSnapshot(read(file));
  if (typeof snapshot === 'string') throw new UsageError(`${file} cannot be restored: ${snapshot}`);
  return snapshot;
}

function read(file: string): string {
  try { return readFileSync(file, 'utf8'); } catch (thrown) { throw new UsageError(`cannot read ${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`); }
}
