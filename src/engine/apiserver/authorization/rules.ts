import type { PolicyRule } from '../../api/generated/types';

const words = (text: string): readonly string[] => text.split(' ').sort();
/** The core group has no name: '' stands alone or as "core" among others. */
const groupsOf = (text: string): readonly string[] => text.split(' ').map((group) => (group === 'core' ? '' : group));

export const READ = 'get list watch';
export const WRITE = 'create delete deletecollection patch update';
export const READ_WRITE = `${WRITE} ${READ}`;
export const READ_UPDATE = `${READ} patch update`;

/** A rule from words between spaces: verbs, API groups ("core" for the nameless one), resources, and names where it is about certain objects only. */
export function rule(verbs: string, groups: string, resources: string, names?: string): PolicyRule {
  return { apiGroups: groupsOf(groups), ...(names ? { resourceNames: words(names) } : {}), resources: words(resources), verbs: words(verbs) };
}

/** A rule on paths that are no resources. */
export const urls = (verbs: string, paths: string): PolicyRule => ({ nonResourceURLs: words(paths), verbs: words(verbs) });

/** Most components write events. */
export const EVENTS = rule('create update patch', 'core events.k8s.io', 'events');
