import { Path, invalid, type Errors, type ErrorList } from '../../../api/validation/field';

/** The Pod Security Standards, from the loosest to the strictest. */
export type Level = 'privileged' | 'baseline' | 'restricted';

/** The minor version of Kubernetes whose rules count; undefined for the latest. */
export interface LevelVersion {
  readonly level: Level;
  readonly minor: number | undefined;
}

/** What a namespace's labels ask for. */
export interface Policy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

type Labels = { readonly [key: string]: string } | undefined;

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted'];
const PRIVILEGED: LevelVersion = { level: 'privileged', minor: undefined };
const EVERYTHING: Policy = { enforce: PRIVILEGED, audit: PRIVILEGED, warn: PRIVILEGED };
const VERSION = /^v1\.([0-9]|[1-9][0-9]*)$/;

export const strictness = (level: Level): number => LEVELS.indexOf(level);
export const sameLevelVersion = (a: LevelVersion, b: LevelVersion): boolean => a.level === b.level && a.minor === b.minor;
/** "restricted:latest" */
export const printLevelVersion = ({ level, minor }: LevelVersion): string => `${level}:${minor === undefined ? 'latest' : `v1.${minor}`}`;

/** The policy of a namespace, and what is wrong with its labels. There is always a policy: a bad level enforces as restricted, and neither audits nor warns. */
export function policyOf(labels: Labels): { readonly policy: Policy; readonly errors: ErrorList } {
  if (!labels || !Object.keys(labels).some((key) => key.startsWith(PREFIX))) return { policy: EVERYTHING, errors: [] };
  const errors: Errors = [];
  const enforce = read(labels, 'enforce', 'restricted', errors);
  const audit = read(labels, 'audit', 'privileged', errors);
  const warn = read(labels, 'warn', 'privileged', errors);
  return { policy: { enforce: enforce.value, audit: audit.value, warn: warnedAs(labels, enforce, warn.value) }, errors };
}

interface Read { readonly value: LevelVersion; readonly levelSaid: boolean }

function read(labels: NonNullable<Labels>, mode: string, wrong: Level, errors: Errors): Read {
  const key = PREFIX + mode;
  const said = labels[key];
  const known = LEVELS.find((level) => level === said);
  if (said !== undefined && !known) errors.push(invalid(Path.of('metadata', 'labels').key(key), said, `must be one of ${LEVELS.join(', ')}`));
  const level = said === undefined ? 'privileged' : known ?? wrong;
  return { value: { level, minor: readVersion(labels, `${key}-version`, errors) }, levelSaid: known !== undefined };
}

function readVersion(labels: NonNullable<Labels>, key: string, errors: Errors): number | undefined {
  const said = labels[key];
  if (said === undefined || said === 'latest') return undefined;
  const minor = VERSION.exec(said)?.[1];
  if (minor !== undefined) return Number(minor);
  errors.push(invalid(Path.of('metadata', 'labels').key(key), said, 'must be "latest" or "v1.x"'));
  return undefined;
}

/** Who enforces without a word about warnings is warned at the same level, which tells of workloads whose pods will be refused. */
function warnedAs(labels: NonNullable<Labels>, enforce: Read, warn: LevelVersion): LevelVersion {
  if (labels[`${PREFIX}warn`] !== undefined || !enforce.levelSaid || strictness(enforce.value.level) <= strictness(warn.level)) return warn;
  return { level: enforce.value.level, minor: labels[`${PREFIX}warn-version`] === undefined ? enforce.value.minor : warn.minor };
}
