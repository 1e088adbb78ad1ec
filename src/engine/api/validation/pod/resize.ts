import type { Container, Pod, ResourceRequirements } from '../../generated/types';
import { semanticEqual } from '../equal';
import { fieldForbidden, invalid, Path, type ErrorList, type Errors } from '../field';
import { SPEC } from '../meta';
import { MIRROR } from './annotations';
import { computePodQOS } from './qos';

/** ValidatePodResize, after metadata and spec: only cpu and memory of containers, sidecars and the pod itself. */
type List = ResourceRequirements['limits'];

export function validatePodResize(pod: Pod, old: Pod, errs: Errors): ErrorList {
  const nowhere = Path.of('');
  if (old.metadata.annotations?.[MIRROR] !== undefined) return [fieldForbidden(nowhere, 'static pods cannot be resized')];
  if (old.spec.os?.name === 'windows') return [fieldForbidden(nowhere, 'windows pods cannot be resized')];
  if ((old.status?.qosClass || computePodQOS(old)) !== computePodQOS(pod)) {
    errs.push(invalid(SPEC, pod.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'));
  }
  const running = old.status?.containerStatuses?.find((s) => s.state?.running);
  if (running && !running.resources) errs.push(fieldForbidden(SPEC, 'Pod running on node without support for resize'));
  const podResources = hasPodResources(old) || hasPodResources(pod) ? validatePodLevel(pod, old, errs) : pod.spec.resources;
  if (!validateOrder(pod, old, errs)) return errs;
  validateRemovals(pod, old, errs);
  const containers = validateContainers(pod, old, errs);
  const initContainers = validateInitContainers(pod, old, errs);
  if (errs.length) return errs;
  if (!semanticEqual({ ...pod.spec, containers, initContainers, resources: podResources }, old.spec)) errs.push(fieldForbidden(SPEC, 'only cpu and memory resources are mutable'));
  return errs;
}

const hasPodResources = (pod: Pod): boolean => Object.keys(pod.spec.resources?.requests ?? {}).length + Object.keys(pod.spec.resources?.limits ?? {}).length > 0;
const removed = (now: List, old: List): boolean => Object.keys(old ?? {}).some((name) => now?.[name] === undefined);

/** The list with cpu and memory as before. */
function withOldCompute(now: List, old: List): List {
  const { cpu: _cpu, memory: _memory, ...rest } = now ?? {};
  return { ...rest, ...(old?.['cpu'] === undefined ? {} : { cpu: old['cpu'] }), ...(old?.['memory'] === undefined ? {} : { memory: old['memory'] }) };
}

function validatePodLevel(pod: Pod, old: Pod, errs: Errors): ResourceRequirements | undefined {
  const now = pod.spec.resources;
  const before = old.spec.resources;
  const path = SPEC.child('resources');
  if (before && !now) { errs.push(fieldForbidden(path, 'pod-level resources cannot be removed')); return now; }
  if (before && removed(now?.requests, before.requests)) errs.push(fieldForbidden(path.child('requests'), 'pod-level resource requests cannot be removed'));
  if (before && removed(now?.limits, before.limits)) errs.push(fieldForbidden(path.child('limits'), 'pod-level resource limits cannot be removed'));
  const munged = now && { ...now, requests: withOldCompute(now.requests, before?.requests), limits: withOldCompute(now.limits, before?.limits) };
  const empty = !before && munged && !Object.keys(munged.requests ?? {}).length && !Object.keys(munged.limits ?? {}).length && !munged.claims?.length;
  const result = empty ? undefined : munged;
  if (!semanticEqual(result, before)) errs.push(fieldForbidden(SPEC, 'only cpu and memory resources are mutable at pod-level'));
  return result;
}

function validateOrder(pod: Pod, old: Pod, errs: Errors): boolean {
  const before = errs.length;
  for (const field of ['containers', 'initContainers'] as const) {
    const now = pod.spec[field] ?? [];
    const was = old.spec[field] ?? [];
    if (now.length !== was.length) errs.push(fieldForbidden(SPEC.child(field), `${field} may not be added or removed on resize`));
    else was.forEach((c, i) => { if (now[i]?.name !== c.name) errs.push(fieldForbidden(SPEC.child(field).index(i).child('name'), `${field} may not be renamed or reordered on resize`)); });
  }
  return errs.length === before;
}

function validateRemovals(pod: Pod, old: Pod, errs: Errors): void {
  const check = (field: 'containers' | 'initContainers', i: number, before: Container): void => {
    const now = pod.spec[field]?.[i]?.resources;
    const path = SPEC.child(field).index(i).child('resources');
    if (removed(now?.requests, before.resources?.requests)) errs.push(fieldForbidden(path.child('requests'), 'resource requests cannot be removed'));
    if (removed(now?.limits, before.resources?.limits)) errs.push(fieldForbidden(path.child('limits'), 'resource limits cannot be removed'));
  };
  old.spec.initContainers?.forEach((c, i) => { if (c.restartPolicy === 'Always') check('initContainers', i, c); });
  old.spec.containers?.forEach((c, i) => { check('containers', i, c); });
}

/** Claims are dropped as well: Kubernetes rebuilds the requirements from limits and requests alone. */
const munge = (now: Container, old: Container | undefined): Container => ({
  ...now, resources: { limits: withOldCompute(now.resources?.limits, old?.resources?.limits), requests: withOldCompute(now.resources?.requests, old?.resources?.requests) },
});

const same = (a: Container, b: Container | undefined): boolean => semanticEqual({ ...a, resources: { ...a.resources } }, { ...b, resources: { ...b?.resources } });

function validateContainers(pod: Pod, old: Pod, errs: Errors): readonly Container[] {
  return (pod.spec.containers ?? []).map((c, i) => {
    const before = old.spec.containers?.[i];
    const munged = munge(c, before);
    if (!same(munged, before)) errs.push(fieldForbidden(SPEC, 'only cpu and memory resources are mutable'));
    return before?.resources ? munged : { ...munged, resources: undefined };
  });
}

function validateInitContainers(pod: Pod, old: Pod, errs: Errors): readonly Container[] | undefined {
  return pod.spec.initContainers?.map((c, i) => {
    const before = old.spec.initContainers?.[i];
    const sidecar = c.restartPolicy === 'Always';
    const munged = sidecar ? munge(c, before) : c;
    if (!same(munged, before)) errs.push(fieldForbidden(SPEC, sidecar ? 'only cpu and memory resources for sidecar containers are mutable' : 'resources for non-sidecar init containers are immutable'));
    return before?.resources || !sidecar ? munged : { ...munged, resources: undefined };
  });
}
