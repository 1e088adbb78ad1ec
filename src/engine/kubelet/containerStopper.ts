import type { Container, Pod } from '../api/generated/types';
import { sleep, waitFor, type Process } from '../simulation/process';
import { podKey, type KubeletHost } from './host';
import { isSidecar } from './restartPolicy';
import { newest } from './runtime/runtime';
import { hookScript } from './runtime/script';

/** minimumGracePeriodInSeconds: what a container gets at least after its pre-stop hook. */
const MINIMUM_GRACE = 2000;

/** "sleep 5" and "sh -c 'sleep 5'": the pre-stop hooks that manifests are full of. */
function sleepOf(command: readonly string[] | undefined): number {
  const found = /(?:^|[\s/])sleep\s+(\d+(?:\.\d+)?)/.exec(command?.join(' ') ?? '');
  return found ? Number(found[1]) * 1000 : 0;
}

/** Ends one container: pre-stop hook, SIGTERM, SIGKILL when the grace period is over. */
export function* stopContainer(host: KubeletHost, pod: Pod, container: Container, graceMilliseconds: number, message: string): Process {
  if (newest(host.runtime.pod(pod.metadata.uid), container.name)?.state !== 'running') return;
  host.events.container(pod, container, 'Normal', 'Killing', message);
  const begun = host.simulation.now;
  yield* preStop(host, pod, container, graceMilliseconds);
  const left = graceMilliseconds - (host.simulation.now - begun);
  yield* host.runtime.stopContainer(pod, container.name, graceMilliseconds === 0 ? 0 : Math.max(left, Math.min(MINIMUM_GRACE, graceMilliseconds)));
}

function* preStop(host: KubeletHost, pod: Pod, container: Container, graceMilliseconds: number): Process {
  const hook = container.lifecycle?.preStop;
  if (hook === undefined || graceMilliseconds === 0) return;
  const script = hookScript(pod, 'pre-stop', container.name);
  const time = Math.min(graceMilliseconds, script.milliseconds ?? (hook.sleep ? hook.sleep.seconds * 1000 : sleepOf(hook.exec?.command)));
  if (time > 1000) yield* waitFor(time, `pre-stop hook of container ${container.name} of pod ${podKey(pod)}`); else if (time > 0) yield* sleep(time);
  if (script.fails) host.events.container(pod, container, 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
}

/** Ends all containers of a pod within one grace period: the main ones together, then the sidecars in the reverse of their order (KEP-753). */
export function* stopAll(host: KubeletHost, pod: Pod, graceMilliseconds: number): Process {
  const begun = host.simulation.now;
  const left = (): number => Math.max(0, graceMilliseconds - (host.simulation.now - begun));
  const init = pod.spec?.initContainers ?? [];
  yield* together(host, pod, [...(pod.spec?.containers ?? []), ...((pod.spec?.ephemeralContainers ?? []) as readonly Container[]), ...init.filter((c) => !isSidecar(c))], graceMilliseconds);
  for (const sidecar of init.filter(isSidecar).reverse()) yield* stopContainer(host, pod, sidecar, left(), `Stopping container ${sidecar.name}`);
}

function* together(host: KubeletHost, pod: Pod, containers: readonly Container[], graceMilliseconds: number): Process {
  const record = host.runtime.pod(pod.metadata.uid);
  const running = containers.filter((c) => newest(record, c.name)?.state === 'running');
  const [only] = running;
  if (only && running.length === 1) { yield* stopContainer(host, pod, only, graceMilliseconds, `Stopping container ${only.name}`); return; }
  const tasks = running.map((c) => host.simulation.spawn(`stop ${podKey(pod)}/${c.name}`, stopContainer(host, pod, c, graceMilliseconds, `Stopping container ${c.name}`)));
  try { for (const task of tasks) yield* task.join(); } finally { for (const task of tasks) task.stop(); }
}
