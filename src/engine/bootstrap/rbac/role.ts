import type { PolicyRule } from '../../api/generated/types';

/** A ClusterRole or Role as a row of a table. */
export interface RoleRow {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  /** Labels besides the one that all have. */
  readonly labels?: { readonly [key: string]: string };
  /** The label of the roles whose rules this one takes together: "aggregate-to-…" of its name. */
  readonly aggregates?: string;
}

export interface SubjectRow {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  /** Of a service account. */
  readonly namespace?: string;
}

/** A binding has the name of its role unless it says otherwise. */
export interface BindingRow {
  readonly role: string;
  readonly name?: string;
  readonly subjects: readonly SubjectRow[];
}

export const group = (name: string): SubjectRow => ({ kind: 'Group', name });
export const user = (name: string): SubjectRow => ({ kind: 'User', name });
export const account = (name: string, namespace = 'kube-system'): SubjectRow => ({ kind: 'ServiceAccount', name, namespace });
