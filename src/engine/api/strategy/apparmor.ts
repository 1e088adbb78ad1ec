import type { AppArmorProfile } from '../generated/types';

/** The profile that the old annotation of a container means; undefined for what means none. */
export function appArmorProfileOf(annotation: string): AppArmorProfile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  const local = annotation.startsWith('localhost/') ? annotation.slice('localhost/'.length) : '';
  return local && local.trim() === local ? { type: 'Localhost', localhostProfile: local } : undefined;
}
