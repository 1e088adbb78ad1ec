import type { ObjectMeta, PodSpec } from '../../../api/generated/types';
import { BASELINE } from './baseline';
import type { Check, CheckPod, VersionedCheck, Violation } from './check';
import type { LevelVersion } from './policy';
import { RESTRICTED } from './restricted';

/** The newest minor version whose rules are known here; newer ones are taken for it. */
const NEWEST = 36;

const checksByVersion = new Map<string, readonly CheckPod[]>();

/** All that keeps a pod from a level, in the order in which Kubernetes lists it: the baseline first, each part by its checks' names. */
export function violations({ level, minor }: LevelVersion, metadata: Partial<ObjectMeta> | undefined, spec: PodSpec): readonly Violation[] {
  if (level === 'privileged') return [];
  const version = Math.min(minor ?? NEWEST, NEWEST);
  const key = `${level} ${version}`;
  let checks = checksByVersion.get(key);
  if (checks === undefined) checksByVersion.set(key, checks = checksOf(level, version));
  return checks.map((check) => check(metadata, spec)).filter((v): v is Violation => v !== undefined);
}

function checksOf(level: 'baseline' | 'restricted', minor: number): readonly CheckPod[] {
  const restricted = level === 'restricted' ? inForce(RESTRICTED, minor) : [];
  const overridden = new Set(restricted.flatMap(({ version }) => version.overrides ?? []));
  return [...inForce(BASELINE, minor).filter(({ id }) => !overridden.has(id)), ...restricted].map(({ version }) => version.check);
}

function inForce(checks: readonly Check[], minor: number): readonly { readonly id: string; readonly version: VersionedCheck }[] {
  return checks.flatMap(({ id, versions }) => {
    const version = versions.filter((v) => v.since <= minor).at(-1);
    return version ? [{ id, version }] : [];
  });
}

/** "allowPrivilegeEscalation != false (container "main" must …), …" */
export const describe = (found: readonly Violation[]): string => found.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ');
export const reasons = (found: readonly Violation[]): string => found.map((v) => v.reason).join(', ');
