import type { KubernetesObject } from '../engine/api/object';
import { ClusterError, type ClusterOptions } from '../engine/cluster';
import { reportOf, type Report } from '../engine/report/report';
import { storyOf } from '../engine/report/text';
import { Session, type ActionResult } from '../engine/session';
import { integer, oneOf, parseOptions, UsageError, type Options } from './arguments';
import { etcdOptions, readScenario, writeSnapshot } from './etcd';
import { readCluster, readManifests, readSchedulerConfiguration, type Input } from './input';

/** A typo in `replicas` must not run for ever. */
const MAX_PODS = 15_000;
const FORMATS = ['text', 'json', 'mermaid', 'markdown'] as const;

/** `simulate FILE…`: creates the documents in a fresh world and runs it to rest. */
export async function simulate(args: readonly string[], write: (text: string) => void, complain: (text: string) => void): Promise<number> {
  const options = parseOptions(args, ['--cluster', '--context', '--seed', '--output', '--scheduler-config', '--max-pods', '--etcd-members', '--scenario', '--from-snapshot', '--save-snapshot'], ['--refuse-removed-versions']);
  if (options.files.length === 0) throw new UsageError('simulate needs at least one file');
  const format = oneOf(options, '--output', FORMATS, 'text');
  const input = readManifests(options.files);
  complainOf(input, complain);
  const cluster = await startOf(options, input, complain);
  const session = new Session({ seed: integer(options, '--seed', 1), schedulerConfiguration: readSchedulerConfiguration(options.values['--scheduler-config']), ...cluster.options, ...etcdOptions(options) });
  const podsAtFirst = cluster.options.objects?.filter((o) => o.kind === 'Pod').length ?? 0;
  const maxPods = integer(options, '--max-pods', MAX_PODS + (options.values['--context'] === undefined ? 0 : podsAtFirst), 1);
  const podCount = (): number => session.cluster.api.peek('', 'pods')?.size ?? 0;
  const action = session.create(input.documents, {
    refuseRemoved: options.flags.has('--refuse-removed-versions'), namespace: cluster.namespace, faults: readScenario(options.values['--scenario']), proceed: () => podCount() <= maxPods,
  });
  const { '--save-snapshot': snapshotFile } = options.values;
  if (snapshotFile !== undefined) writeSnapshot(snapshotFile, session.snapshot());
  if (podCount() > maxPods) complain(`stopped: the cluster holds more than ${maxPods} pods (--max-pods N allows more)`);
  const report = reportOf(session, action, { suggestions: format === 'text', documents: input.documents });
  write(await formatted(format, session, action, report));
  return exitCode(input, report, cluster.there);
}

/** `schedule FILE…`: asks the scheduler alone, one attempt for each pod. */
export async function schedule(args: readonly string[], write: (text: string) => void, complain: (text: string) => void): Promise<number> {
  const options = parseOptions(args, ['--cluster', '--context', '--seed', '--output', '--scheduler-config'], []);
  if (options.files.length === 0) throw new UsageError('schedule needs at least one file');
  const format = oneOf(options, '--output', ['text', 'json'] as const, 'text');
  const input = readManifests(options.files);
  complainOf(input, complain);
  const cluster = await startOf(options, input, complain);
  const session = new Session({
    seed: integer(options, '--seed', 1), schedulerConfiguration: readSchedulerConfiguration(options.values['--scheduler-config']), ...cluster.options,
    components: { controllers: false, kubelets: false }, schedulingAttempts: 1, ...namespacesOf(input, cluster.options.objects ?? []),
  });
  const action = session.create(input.documents, { namespace: cluster.namespace, limits: { milliseconds: 10_000, events: 10_000_000, patience: 0 } });
  const created = new Set(action.documents.flatMap((d) => (d.object ? [`${d.object.metadata.namespace ?? ''}/${d.object.metadata.name}`] : [])));
  const whole = reportOf(session, action, { suggestions: format === 'text', documents: input.documents });
  const report = { ...whole, pods: whole.pods.filter((p) => created.has(`${p.namespace}/${p.name}`)) };
  write(format === 'json' ? `${JSON.stringify(report, undefined, 1)}\n` : storyOf(report, 'placed'));
  return exitCode(input, report);
}

/** Those that the files' objects live in are there, except those that the files themselves create. */
function namespacesOf({ documents }: Input, objects: readonly KubernetesObject[]): { readonly namespaces: readonly string[]; readonly newNamespaces: readonly string[] } {
  const present = new Set(objects.flatMap((o) => [o.kind === 'Namespace' ? o.metadata.name : o.metadata.namespace ?? '']));
  const created = new Set(documents.filter((d) => d.kind === 'Namespace' && d.apiVersion === 'v1').map((d) => d.name).filter((name) => name !== '' && !present.has(name)));
  return { namespaces: documents.map((d) => d.namespace).filter((name) => name !== '' && !created.has(name)), newNamespaces: [...created] };
}

interface Start {
  readonly options: Pick<ClusterOptions, 'objects' | 'epoch'>;
  readonly namespace?: string;
  /** Pods that were there before, where that matters. */
  readonly there?: ReadonlySet<string>;
}

/** What the world begins with: a file's objects, or what a live cluster holds now. */
async function startOf(options: Options, input: Input, complain: (text: string) => void): Promise<Start> {
  const { '--cluster': file, '--context': context } = options.values;
  if (file !== undefined && context !== undefined) throw new UsageError('--cluster and --context exclude each other');
  if (context === undefined) return { options: { objects: file === undefined ? undefined : readCluster(file) } };
  try {
    const { clusterOfContext } = await import('../live/main');
    const { objects, notices, namespace } = await clusterOfContext(context, input.documents, () => undefined);
    for (const notice of notices) complain(notice);
    // Pods of others that wait in a live cluster are no fault of what is created.
    return { options: { objects, epoch: Date.now() }, namespace, there: new Set(objects.filter((o) => o.kind === 'Pod').map((o) => `${o.metadata.namespace ?? ''}/${o.metadata.name}`)) };
  } catch (thrown) {
    throw new ClusterError(`context ${JSON.stringify(context)}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

async function formatted(format: (typeof FORMATS)[number], session: Session, action: ActionResult, report: Report): Promise<string> {
  if (format === 'json') return `${JSON.stringify(report, undefined, 1)}\n`;
  if (format === 'text') return storyOf(report);
  const { mermaidOf, markdownOf } = await import('../diagram/export');
  return format === 'mermaid' ? mermaidOf(session, action) : markdownOf(session, action, report);
}

function complainOf(input: Input, complain: (text: string) => void): void {
  for (const { file, error } of input.errors) complain(`${file}:${error.range.start.line + 1}:${error.range.start.column + 1}: ${error.message}`);
}

/** 0: all created and every pod placed; 1: something was refused or is unschedulable. */
function exitCode(input: Input, report: Report, there: ReadonlySet<string> = new Set()): number {
  if (input.errors.length > 0) return input.documents.length === 0 ? 2 : 1;
  const refused = report.documents.some((d) => d.code >= 300);
  const homeless = report.pods.some((p) => p.node === '' && p.scheduling.outcome !== 'ignored' && !there.has(`${p.namespace}/${p.name}`));
  return refused || homeless ? 1 : 0;
}
