import type { CronJob, DaemonSet, Deployment, Job, PodTemplate, PodTemplateSpec, ReplicaSet, ReplicationController, StatefulSet } from '../generated/types';
import { semanticEqual } from '../validation/equal';
import { isDNS1123Label } from '../validation/formats';
import { forKind } from './kind-strategy';
import { claimSpecWarnings } from './warnings/claim';
import { podTemplateWarnings } from './warnings/pod';

/** pkg/registry/apps and pkg/registry/batch */
interface WithTemplate {
  readonly metadata: { readonly generation?: number };
  readonly spec: { readonly template?: PodTemplateSpec };
}

const spec = (object: { readonly spec: unknown }): unknown => object.spec;
const generationOf = (object: WithTemplate): number | undefined => object.metadata.generation;

/** Warnings of a template come on creation, and on an update that changed something. */
function templateWarnings(object: WithTemplate, old: WithTemplate | undefined): readonly string[] {
  return object.spec.template && (!old || generationOf(object) !== generationOf(old)) ? podTemplateWarnings(object.spec.template, 'spec.template') : [];
}

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function withTemplateGeneration(ds: DaemonSet, generation: string): DaemonSet {
  return ds.metadata.annotations?.[TEMPLATE_GENERATION] === generation ? ds
    : { ...ds, metadata: { ...ds.metadata, annotations: { ...ds.metadata.annotations, [TEMPLATE_GENERATION]: generation } } };
}

/** Each change of the template counts, in an annotation. */
function updateDaemonSet(ds: DaemonSet, old: DaemonSet): DaemonSet {
  const before = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
  return withTemplateGeneration(ds, String(semanticEqual(ds.spec.template, old.spec.template) ? before : before + 1));
}

const JOB_LABELS = { uid: 'batch.kubernetes.io/controller-uid', name: 'batch.kubernetes.io/job-name', oldUid: 'controller-uid', oldName: 'job-name' } as const;

/** Labels and a selector that only this job's pods have, unless spec.manualSelector asks for none. Values the user set stay, for validation to judge. */
function createJob(job: Job): Job {
  if (job.spec.manualSelector) return job;
  const { name, uid } = job.metadata;
  const template = job.spec.template ?? {};
  const labels = { [JOB_LABELS.name]: name, [JOB_LABELS.oldName]: name, [JOB_LABELS.uid]: uid, [JOB_LABELS.oldUid]: uid, ...template.metadata?.labels };
  const matchLabels = { [JOB_LABELS.uid]: uid, ...job.spec.selector?.matchLabels };
  return { ...job, spec: { ...job.spec, template: { ...template, metadata: { ...template.metadata, labels } }, selector: { ...job.spec.selector, matchLabels } } };
}

const MANY_COMPLETIONS = 100_000;
const MANY_PODS = 10_000;

function jobWarnings(job: Job, old: Job | undefined): readonly string[] {
  const { completionMode, completions = 0, parallelism = 0 } = job.spec;
  return [
    ...nameWarnings(job, old),
    ...(completionMode === 'Indexed' && completions > MANY_COMPLETIONS && parallelism > MANY_PODS
      ? ['In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'] : []),
    ...templateWarnings(job, old),
  ];
}

function cronJobWarnings(job: CronJob, old: CronJob | undefined): readonly string[] {
  const changed = !old || job.metadata.generation !== old.metadata.generation;
  const template = job.spec.jobTemplate?.spec?.template;
  return [
    ...nameWarnings(job, old),
    ...(changed && template ? podTemplateWarnings(template, 'spec.jobTemplate.spec.template') : []),
    ...(job.spec.schedule?.includes('TZ')
      ? ['CRON_TZ or TZ used in spec.schedule is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details'] : []),
  ];
}

/** On creation: pods are named after the object, and a name that is no DNS label makes an odd hostname. */
function nameWarnings(object: { readonly metadata: { readonly name: string } }, old: object | undefined): readonly string[] {
  const messages = old ? [] : isDNS1123Label(object.metadata.name);
  return messages.length ? [`metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`] : [];
}

const namedTemplateWarnings = (object: WithTemplate & { readonly metadata: { readonly name: string } }, old: WithTemplate | undefined): readonly string[] =>
  [...nameWarnings(object, old), ...templateWarnings(object, old)];

function statefulSetWarnings(sts: StatefulSet, old: StatefulSet | undefined): readonly string[] {
  return [
    ...templateWarnings(sts, old),
    ...(sts.spec.volumeClaimTemplates ?? []).flatMap((claim, i) => claimSpecWarnings(`spec.volumeClaimTemplates[${i}].spec`, claim.spec)),
    ...((sts.spec.revisionHistoryLimit ?? 0) < 0 ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'] : []),
  ];
}

/** The field of a feature gate that v1.36 has off by default (MaxUnavailableStatefulSet) is dropped, unless it is there already. */
function withoutMaxUnavailable(sts: StatefulSet, old: StatefulSet | undefined): StatefulSet {
  const { updateStrategy } = sts.spec;
  if (updateStrategy?.rollingUpdate?.maxUnavailable === undefined || old?.spec.updateStrategy?.rollingUpdate?.maxUnavailable !== undefined) return sts;
  const { maxUnavailable: _, ...rollingUpdate } = updateStrategy.rollingUpdate;
  return { ...sts, spec: { ...sts.spec, updateStrategy: { ...updateStrategy, rollingUpdate } } };
}

export const WORKLOAD_STRATEGIES = {
  'apps/Deployment': forKind<Deployment>({
    generation: (d) => [d.spec, d.metadata.annotations], metadataKeptByStatus: ['labels'], warnings: namedTemplateWarnings,
  }),
  'apps/ReplicaSet': forKind<ReplicaSet>({ generation: spec, warnings: namedTemplateWarnings }),
  'apps/StatefulSet': forKind<StatefulSet>({ generation: spec, create: (sts) => withoutMaxUnavailable(sts, undefined), update: withoutMaxUnavailable, warnings: statefulSetWarnings }),
  'apps/DaemonSet': forKind<DaemonSet>({ generation: spec, create: (ds) => withTemplateGeneration(ds, '1'), update: updateDaemonSet, warnings: templateWarnings }),
  '/ReplicationController': forKind<ReplicationController>({ generation: spec, warnings: namedTemplateWarnings }),
  '/PodTemplate': forKind<PodTemplate>({
    generation: (t) => t.template, warnings: (t, old) => (t.template && (!old || !semanticEqual(t.template, old.template)) ? podTemplateWarnings(t.template, 'template') : []),
  }),
  'batch/Job': forKind<Job>({ generation: spec, create: createJob, warnings: jobWarnings }),
  'batch/CronJob': forKind<CronJob>({ generation: spec, warnings: cronJobWarnings }),
};
