import type { PolicyRule } from '../api/generated/types';
import { deepFreeze, type KubernetesObject } from '../api/object';
import { CLUSTER_BINDINGS } from './rbac/clusterBindings';
import { COMPONENT_ROLES } from './rbac/componentRoles';
import { CONTROLLER_ROLES } from './rbac/controllerRoles';
import { NAMESPACE_BINDINGS, NAMESPACE_ROLES } from './rbac/namespaceRoles';
import type { BindingRow, RoleRow } from './rbac/role';
import { USER_ROLES } from './rbac/userRoles';

const GROUP = 'rbac.authorization.k8s.io';
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };

let cached: { readonly now: string; readonly objects: readonly KubernetesObject[] } | undefined;

/**
 * The roles and bindings that every cluster is born with, complete as they are stored: worlds that begin at the same
 * time share them, so that a start costs little. Their uids come from their names, not from the world's chance.
 */
export function bootstrapRbac(now: string): readonly KubernetesObject[] {
  if (cached?.now !== now) cached = { now, objects: all().map((object) => deepFreeze(completed(object, now))) };
  return cached.objects;
}

type Unfinished = Omit<KubernetesObject, 'metadata'> & { readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown } };

function all(): readonly Unfinished[] {
  const roles = [...USER_ROLES, ...COMPONENT_ROLES, ...CONTROLLER_ROLES];
  return [
    ...roles.map((row) => role(row, undefined, roles)),
    ...CLUSTER_BINDINGS.map((row) => binding(row, undefined)),
    ...Object.entries(NAMESPACE_ROLES).flatMap(([namespace, rows]) => rows.map((row) => role(row, namespace, []))),
    ...Object.entries(NAMESPACE_BINDINGS).flatMap(([namespace, rows]) => rows.map((row) => binding(row, namespace))),
  ] as unknown as readonly Unfinished[];
}

function role(row: RoleRow, namespace: string | undefined, others: readonly RoleRow[]): object {
  const aggregation = row.aggregates ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [row.aggregates]: 'true' } }] } } : {};
  return { ...aggregation, apiVersion: `${GROUP}/v1`, kind: namespace ? 'Role' : 'ClusterRole', metadata: { ...meta(row.name, namespace), labels: { ...LABELS, ...row.labels } }, rules: rulesOf(row, others) };
}

/** A role that aggregates has what the aggregation controller puts together: the rules of the others by name, each once. */
function rulesOf(row: RoleRow, others: readonly RoleRow[]): readonly PolicyRule[] {
  const label = row.aggregates;
  if (!label) return row.rules;
  const parts = others.filter((o) => o.labels?.[label] === 'true').sort((a, b) => (a.name < b.name ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const each of parts.flatMap((o) => rulesOf(o, others))) if (!rules.includes(each)) rules.push(each);
  return rules;
}

function binding(row: BindingRow, namespace: string | undefined): object {
  const subjects = row.subjects.map((s) => (s.kind === 'ServiceAccount' ? s : { apiGroup: GROUP, ...s }));
  return {
    apiVersion: `${GROUP}/v1`, kind: namespace ? 'RoleBinding' : 'ClusterRoleBinding', metadata: { ...meta(row.name ?? row.role, namespace), labels: LABELS },
    roleRef: { apiGroup: GROUP, kind: namespace ? 'Role' : 'ClusterRole', name: row.role }, ...(subjects.length > 0 ? { subjects } : {}),
  };
}

const meta = (name: string, namespace: string | undefined): object => ({ name, ...(namespace ? { namespace } : {}), annotations: ANNOTATIONS });

function completed(object: Unfinished, now: string): KubernetesObject {
  const { kind, metadata } = object;
  return { ...object, metadata: { ...metadata, uid: uidOf(`${kind}/${metadata.namespace ?? ''}/${metadata.name}`), creationTimestamp: now } } as unknown as KubernetesObject;
}

/** A uid of version 8 made of a text: four FNV-1a hashes of it. */
function uidOf(text: string): string {
  const hex = [0, 1, 2, 3].map((salt) => fnv(`${salt}${text}`).toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
