import { failure, quote, type Status, type StatusCause } from '../../status';
import { difference, isEmptySet, members, pathString, type FieldSet } from './fieldSet';
import { managerId, type Managed } from './managedFields';

/** Fields of another manager that an apply would change. */
export interface Conflict { readonly manager: Managed; readonly fields: FieldSet }

function printManager(m: Managed): string {
  const name = quote(m.manager) + (m.subresource ? ` with subresource ${quote(m.subresource)}` : '');
  return m.operation === 'Update' ? `${name} using ${m.apiVersion}` : name;
}

interface Listed { readonly id: string; readonly manager: Managed; readonly path: string }

function list(conflicts: readonly Conflict[]): readonly Listed[] {
  return conflicts.flatMap(({ manager, fields }) => members(fields).map((path) => ({ id: managerId(manager), manager, path: pathString(path) })))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** 409 with one cause per conflicting field. */
export function conflictStatus(conflicts: readonly Conflict[]): Status {
  const listed = list(conflicts);
  const causes: StatusCause[] = listed.map(({ manager, path }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${printManager(manager)}`, field: path }));
  return failure(409, 'Conflict', conflictMessage(listed), { causes });
}

function conflictMessage(listed: readonly Listed[]): string {
  const [first] = listed;
  if (listed.length === 1 && first) return `Apply failed with 1 conflict: conflict with ${printManager(first.manager)}: ${first.path}`;
  const lines: string[] = [];
  let previous = '';
  for (const { id, manager, path } of listed) {
    if (id !== previous) lines.push(`conflicts with ${printManager(manager)}:`);
    previous = id;
    lines.push(`- ${path}`);
  }
  return `Apply failed with ${listed.length} conflicts: ${lines.join('\n')}`;
}

/** The conflicts that remain where those in `allowed` are forgiven. */
export function withoutAllowed(conflicts: readonly Conflict[], allowed: FieldSet): readonly Conflict[] {
  return conflicts.map(({ manager, fields }) => ({ manager, fields: difference(fields, allowed) })).filter(({ fields }) => !isEmptySet(fields));
}
