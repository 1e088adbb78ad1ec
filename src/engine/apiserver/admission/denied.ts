import { forbidden, type Status } from '../../api/status';
import type { AdmissionAttributes } from './plugin';

/**
 * admission.NewForbidden: names the object by its name, or by the prefix of the name that it will be given (names are
 * generated between the mutating and the validating plugins).
 */
export function denied(attributes: AdmissionAttributes, reason: string): Status {
  const { definition, name, object } = attributes;
  return forbidden(definition, name || object?.metadata.generateName || 'Unknown!', reason);
}

/** utilerrors.Aggregate: one message as it is, several in brackets, each of them once. */
export function aggregate(messages: readonly string[]): string {
  const different = [...new Set(messages)];
  return different.length === 1 ? (different[0] as string) : `[${different.join(', ')}]`;
}
