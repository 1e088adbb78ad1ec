import type { PodSpec, RuntimeClass, Toleration } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { isStatus, type Status } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import { denied } from './denied';
import { on } from './matching';
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './plugin';

const MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

/** RuntimeClass: what a class of runtimes costs, and where it is to be had, becomes part of the pods that use it. */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: on('', 'pods', 'CREATE'),
  admit(attributes, environment) {
    const spec = attributes.object.spec as PodSpec;
    const found = classOf(attributes, spec, environment);
    if (!found || isStatus(found)) return found ?? attributes.object;
    const overhead = found.overhead?.podFixed;
    if (found.overhead && spec.overhead && !semanticEqual(overhead, spec.overhead)) return denied(attributes, MISMATCH);
    const scheduled = withScheduling(attributes, spec, found);
    if (isStatus(scheduled)) return scheduled;
    const next = found.overhead && overhead && !spec.overhead ? { ...scheduled, overhead } : scheduled;
    return next === spec ? attributes.object : ({ ...attributes.object, spec: next } as KubernetesObject);
  },
  validate(attributes, environment) {
    const spec = attributes.object?.spec as PodSpec;
    const found = classOf(attributes, spec, environment);
    if (isStatus(found)) return found;
    if (found?.overhead) return semanticEqual(found.overhead.podFixed, spec.overhead) ? undefined : denied(attributes, MISMATCH);
    return Object.keys(spec.overhead ?? {}).length > 0 ? denied(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead') : undefined;
  },
};

function classOf(attributes: AdmissionAttributes, spec: PodSpec, environment: AdmissionEnvironment): RuntimeClass | Status | undefined {
  const name = spec.runtimeClassName;
  if (name === undefined) return undefined;
  const found = environment.get('node.k8s.io', 'runtimeclasses', '', name) as unknown as RuntimeClass | undefined;
  return found ?? denied(attributes, `pod rejected: RuntimeClass "${name}" not found`);
}

function withScheduling(attributes: AdmissionAttributes, spec: PodSpec, found: RuntimeClass): PodSpec | Status {
  const { scheduling } = found;
  if (!scheduling) return spec;
  const present = spec.nodeSelector ?? {};
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const said = present[key];
    if (said !== undefined && said !== value) return denied(attributes, `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${said}`);
  }
  const nodeSelector = { ...present, ...scheduling.nodeSelector };
  const tolerations = mergeTolerations([...(spec.tolerations ?? []), ...(scheduling.tolerations ?? [])]);
  return { ...spec, ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}), ...(tolerations.length > 0 ? { tolerations } : {}) };
}

/** tolerations.MergeTolerations: without those that another one covers. */
export function mergeTolerations(all: readonly Toleration[]): readonly Toleration[] {
  const merged: Toleration[] = [];
  all.forEach((toleration, i) => {
    const covered = merged.some((other) => covers(other, toleration)) || all.slice(i + 1).some((other) => !semanticEqual(toleration, other) && covers(other, toleration));
    if (!covered) merged.push(toleration);
  });
  return merged;
}

/** Whether one toleration tolerates all that another does. */
function covers(wide: Toleration, narrow: Toleration): boolean {
  if (semanticEqual(wide, narrow)) return true;
  if ((narrow.key ?? '') !== (wide.key ?? '') && (wide.key || wide.operator !== 'Exists')) return false;
  if ((narrow.effect ?? '') !== (wide.effect ?? '') && wide.effect) return false;
  if (wide.effect === 'NoExecute' && wide.tolerationSeconds !== undefined && (narrow.tolerationSeconds === undefined || narrow.tolerationSeconds > wide.tolerationSeconds)) return false;
  if (wide.operator === 'Exists') return true;
  return (wide.operator ?? 'Equal') === 'Equal' && narrow.operator === 'Equal' && (narrow.value ?? '') === (wide.value ?? '');
}
