import type { Job, Pod, PodSpec, PodTemplateSpec } from '../../api/generated/types';
import type { NewObject } from '../../api/object';
import { newControllerRef } from '../objects';
import { podFromTemplate } from '../podControl';
import { INDEX_ANNOTATION } from './indexes';
import { FAILURE_COUNT, FINALIZER, hasBackoffPerIndex } from './state';

const INDEX_ENV = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX_ANNOTATION}']` } } };

/** A new pod of a job; of an indexed one with its index in name, host name, labels and environment. */
export function newJobPod(job: Job, index: number | undefined, failures: number): NewObject<Pod> {
  const template: PodTemplateSpec = { ...job.spec.template, metadata: { ...job.spec.template.metadata, finalizers: [...new Set([...(job.spec.template.metadata?.finalizers ?? []), FINALIZER])] } };
  const owner = newControllerRef(job, 'batch/v1', 'Job');
  if (index === undefined) return podFromTemplate(template, job, owner);
  const { metadata } = template;
  const pod = podFromTemplate({
    metadata: {
      ...metadata, labels: { ...metadata?.labels, [INDEX_ANNOTATION]: String(index) },
      annotations: { ...metadata?.annotations, [INDEX_ANNOTATION]: String(index), ...(hasBackoffPerIndex(job) ? { [FAILURE_COUNT]: String(failures) } : {}) },
    },
    spec: withIndexVariable({ ...template.spec, hostname: `${job.metadata.name}-${index}` } as PodSpec),
  }, job, owner);
  return { ...pod, metadata: { ...pod.metadata, generateName: `${job.metadata.name.slice(0, 253 - String(index).length - 7)}-${index}-` } };
}

function withIndexVariable(spec: PodSpec): PodSpec {
  const add = <C extends { readonly env?: PodSpec['containers'][number]['env'] }>(container: C): C => (container.env?.some((e) => e.name === INDEX_ENV.name) ? container : { ...container, env: [...(container.env ?? []), INDEX_ENV] });
  return { ...spec, containers: spec.containers.map(add), ...(spec.initContainers ? { initContainers: spec.initContainers.map(add) } : {}) };
}
