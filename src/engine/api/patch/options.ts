import { byteLength } from '../validation/formats';
import { fieldForbidden, invalid, invalidStatus, notSupported, Path, required, tooLong, type FieldError } from '../validation/field';
import type { Status } from '../status';
import type { PatchType } from './errors';

/** The query parameters of a patch, as sent. */
export interface PatchOptions {
  readonly fieldManager?: string;
  readonly fieldValidation?: string;
  readonly force?: boolean;
  readonly dryRun?: readonly string[];
}

const MAX_FIELD_MANAGER = 128;
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** Errors of a fieldManager parameter: at most 128 bytes, printable. Of creates, updates and patches alike. */
export function fieldManagerErrors(fieldManager: string): readonly FieldError[] {
  const path = Path.of('fieldManager');
  const bytes = byteLength(fieldManager);
  const errors: FieldError[] = bytes > MAX_FIELD_MANAGER ? [tooLong(path, MAX_FIELD_MANAGER)] : [];
  for (const match of fieldManager.matchAll(UNPRINTABLE)) {
    const code = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const at = byteLength(fieldManager.slice(0, match.index));
    errors.push(invalid(path, fieldManager, `invalid character U+${code} (at position ${at})`));
  }
  return errors;
}

/** The 422 that the server answers to wrong parameters of a patch, or undefined. */
export function patchOptionsStatus(options: PatchOptions, type: PatchType): Status | undefined {
  const { fieldManager = '', fieldValidation = '', force, dryRun = [] } = options;
  const errors: FieldError[] = [];
  if (type === 'apply' && fieldManager === '') errors.push(required(Path.of('fieldManager'), 'is required for apply patch'));
  if (type !== 'apply' && force !== undefined) errors.push(fieldForbidden(Path.of('force'), 'may not be specified for non-apply patch'));
  errors.push(...fieldManagerErrors(fieldManager));
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported(Path.of('dryRun'), dryRun, ['All']));
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(fieldValidation)) errors.push(notSupported(Path.of('fieldValidation'), fieldValidation, ['', 'Ignore', 'Strict', 'Warn']));
  return errors.length ? invalidStatus({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', errors) : undefined;
}
