import type { Pod } from '../../generated/types';
import { quote } from '../../status';
import { unifiedDiff } from '../core/diff';
import { goStruct } from '../core/goStruct';
import { semanticEqual } from '../equal';
import { fieldForbidden, Path, type ErrorList, type Errors } from '../field';
import { METADATA, SPEC } from '../meta';
import { MIRROR, validatePodAnnotationUpdates } from './annotations';
import type { PodOptions } from './options';
import { EPHEMERAL_CONTAINER } from './shapes';

/** ValidatePodEphemeralContainersUpdate, after metadata and spec: containers may be added, never changed or removed. */
export function validateEphemeralContainersUpdate(pod: Pod, old: Pod, errs: Errors, options: PodOptions): ErrorList {
  validatePodAnnotationUpdates(pod, old, METADATA.child('annotations'), errs, options);
  if (old.metadata.annotations?.[MIRROR] !== undefined) return [fieldForbidden(Path.of(''), 'static pods do not support ephemeral containers')];
  const path = SPEC.child('ephemeralContainers');
  for (const before of old.spec.ephemeralContainers ?? []) {
    const now = pod.spec.ephemeralContainers?.findLast((c) => c.name === before.name);
    if (!now) errs.push(fieldForbidden(path, `existing ephemeral containers ${quote(before.name)} may not be removed\n`));
    else if (!semanticEqual(now, before)) {
      const diff = unifiedDiff(goStruct(EPHEMERAL_CONTAINER, before), goStruct(EPHEMERAL_CONTAINER, now));
      errs.push(fieldForbidden(path, `existing ephemeral containers ${quote(before.name)} may not be changed\n${diff}`));
    }
  }
  return errs;
}
