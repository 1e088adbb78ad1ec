import type { Environment } from '@marcbachmann/cel-js';
import { CelFailure } from '../words';

export class SemverValue {
  constructor(readonly numbers: readonly bigint[], readonly pre: readonly string[]) {}
}

const SHAPE = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

function parse(text: string, normalize: boolean): SemverValue | undefined {
  const [core = '', ...rest] = (normalize ? text.replace(/^v/, '') : text).split(/(?=[-+])/);
  const full = normalize ? `${[...core.split('.'), '0', '0'].slice(0, Math.max(3, core.split('.').length)).map((n) => n.replace(/^0+(?=\d)/, '')).join('.')}${rest.join('')}` : text;
  const match = SHAPE.exec(full);
  return match ? new SemverValue([match[1], match[2], match[3]].map((n) => BigInt(n ?? 0)), match[4]?.split('.') ?? []) : undefined;
}

const of = (text: string, normalize: boolean): SemverValue => {
  const found = parse(text, normalize);
  if (!found) throw new CelFailure(`semver parse error: ${JSON.stringify(text)}`);
  return found;
};

function compareIdentifiers(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left && right) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  if (left !== right) return left ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By semver.org's precedence: a version before its release comes before it. */
function compare(a: SemverValue, b: SemverValue): number {
  for (let i = 0; i < 3; i++) if (a.numbers[i] !== b.numbers[i]) return (a.numbers[i] ?? 0n) < (b.numbers[i] ?? 0n) ? -1 : 1;
  if (a.pre.length === 0 || b.pre.length === 0) return a.pre.length === b.pre.length ? 0 : a.pre.length === 0 ? 1 : -1;
  for (let i = 0; i < Math.min(a.pre.length, b.pre.length); i++) {
    const order = compareIdentifiers(a.pre[i] ?? '', b.pre[i] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(a.pre.length - b.pre.length);
}

/** Kubernetes' semantic versions. */
export function semver(environment: Environment): void {
  environment
    .registerType('kubernetes.Semver', SemverValue)
    .registerFunction('semver(string): kubernetes.Semver', (text: string) => of(text, false))
    .registerFunction('semver(string, bool): kubernetes.Semver', of)
    .registerFunction('isSemver(string): bool', (text: string) => parse(text, false) !== undefined)
    .registerFunction('isSemver(string, bool): bool', (text: string, normalize: boolean) => parse(text, normalize) !== undefined)
    .registerFunction('kubernetes.Semver.major(): int', (v: SemverValue) => v.numbers[0])
    .registerFunction('kubernetes.Semver.minor(): int', (v: SemverValue) => v.numbers[1])
    .registerFunction('kubernetes.Semver.patch(): int', (v: SemverValue) => v.numbers[2])
    .registerFunction('kubernetes.Semver.isGreaterThan(kubernetes.Semver): bool', (a: SemverValue, b: SemverValue) => compare(a, b) > 0)
    .registerFunction('kubernetes.Semver.isLessThan(kubernetes.Semver): bool', (a: SemverValue, b: SemverValue) => compare(a, b) < 0)
    .registerFunction('kubernetes.Semver.compareTo(kubernetes.Semver): int', (a: SemverValue, b: SemverValue) => BigInt(compare(a, b)))
    .registerOperator('kubernetes.Semver == kubernetes.Semver', (a: SemverValue, b: SemverValue) => compare(a, b) === 0);
}
