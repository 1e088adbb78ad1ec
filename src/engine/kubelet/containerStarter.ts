import type { Container, Pod } from '../api/generated/types';
import { sleep, waitFor, type Process } from '../simulation/process';
import { goDuration } from './duration';
import { formatPod, podKey, type KubeletHost } from './host';
import { configError } from './references';
import { referenceError, withDefaultTag } from './runtime/imageModel';
import { describePull, pulledMessage } from './runtime/imageStore';
import { newest } from './runtime/runtime';
import { hookScript, imageScript } from './runtime/script';
import type { WaitingReason } from './status/containerStatus';

/** How an attempt to start a container ended. When it did not start: why, and when to try again. */
export type StartResult = { readonly started: true } | { readonly started: false; readonly reason: WaitingReason; readonly retry: { readonly milliseconds: number; readonly why: string } | undefined };

/** The kubelet's back-off between syncs that fail (backOffPeriod, with its jitter). */
const SYNC_BACK_OFF = 10_000;

/** Starts the containers of one pod: back-off, image, configuration, runtime, post-start hook, in the kubelet's order. */
export class ContainerStarter {
  private readonly pullAttempts = new Map<string, number>();
  private readonly pullErrors = new Map<string, string>();

  constructor(private readonly host: KubeletHost) {}

  /** Starts a container unless something keeps it from it. `atOnce`: without minding the crash back-off. */
  *start(pod: Pod, container: Container, atOnce: boolean): Process<StartResult> {
    const backOff = atOnce ? undefined : this.crashBackOff(pod, container);
    if (backOff) return backOff;
    const noImage = yield* this.ensureImage(pod, container);
    if (noImage) return noImage;
    const wrong = yield* configError(this.host.client, pod, container);
    if (wrong) {
      this.host.events.container(pod, container, 'Warning', 'Failed', `Error: ${wrong}`);
      return this.refuse('CreateContainerConfigError', wrong, this.syncBackOff(), `configuration of container ${container.name} of pod ${podKey(pod)}: ${wrong}`);
    }
    return yield* this.run(pod, container);
  }

  private crashBackOff(pod: Pod, container: Container): StartResult | undefined {
    const { simulation, restarts, runtime, events } = this.host;
    const last = newest(runtime.pod(pod.metadata.uid), container.name);
    if (last?.state !== 'exited') return undefined;
    const key = `${pod.metadata.uid}/${container.name}`;
    const remaining = restarts.remainingSince(key, last.finishedMilliseconds, simulation.now);
    if (remaining <= 0) { restarts.next(key, simulation.now); return undefined; }
    events.container(pod, container, 'Warning', 'BackOff', `Back-off restarting failed container ${container.name} in pod ${formatPod(pod)}`);
    const message = `back-off ${goDuration(restarts.get(key))} restarting failed container=${container.name} pod=${formatPod(pod)}`;
    return this.refuse('CrashLoopBackOff', message, remaining, `restart back-off of container ${container.name} of pod ${podKey(pod)}`);
  }

  private *ensureImage(pod: Pod, container: Container): Process<StartResult | undefined> {
    const { images, events } = this.host;
    const image = container.image ?? '';
    const invalid = referenceError(image);
    if (invalid !== undefined) {
      const message = `Failed to apply default image tag ${JSON.stringify(image)}: couldn't parse image name ${JSON.stringify(image)}: ${invalid}`;
      events.container(pod, container, 'Warning', 'InspectFailed', message);
      return this.refuse('InvalidImageName', message, undefined, '');
    }
    const policy = container.imagePullPolicy ?? (withDefaultTag(image).endsWith(':latest') ? 'Always' : 'IfNotPresent');
    const attempt = this.pullAttempts.get(container.name) ?? 0;
    const script = imageScript(pod, container.name, attempt);
    if (script.outcome === 'present') images.add(image);
    const present = images.has(image);
    if (present && (policy !== 'Always' || script.outcome === 'present')) {
      events.container(pod, container, 'Normal', 'Pulled', `Container image ${JSON.stringify(image)} already present on machine and can be accessed by the pod`);
      return undefined;
    }
    if (policy === 'Never') {
      const message = `Container image ${JSON.stringify(image)} is not present with pull policy of Never`;
      events.container(pod, container, 'Warning', 'ErrImageNeverPull', message);
      return this.refuse('ErrImageNeverPull', message, this.syncBackOff(), `image ${image} of pod ${podKey(pod)}, which is never pulled`);
    }
    return this.pullBackOff(pod, container, image) ?? (yield* this.pull(pod, container, image, attempt));
  }

  private pullBackOff(pod: Pod, container: Container, image: string): StartResult | undefined {
    const { pulls, simulation, events } = this.host;
    const remaining = pulls.remaining(`${pod.metadata.uid}_${image}`, simulation.now);
    if (remaining <= 0) return undefined;
    const message = `Back-off pulling image ${JSON.stringify(image)}`;
    const error = this.pullErrors.get(image);
    events.container(pod, container, 'Normal', 'BackOff', message);
    events.container(pod, container, 'Warning', 'Failed', 'Error: ImagePullBackOff');
    return this.refuse('ImagePullBackOff', error ? `${message}: ErrImagePull: ${error}` : message, remaining, `image pull back-off of pod ${podKey(pod)} (${image})`);
  }

  private *pull(pod: Pod, container: Container, image: string, attempt: number): Process<StartResult | undefined> {
    const { simulation, trace, actor, images, events, pulls } = this.host;
    events.container(pod, container, 'Normal', 'Pulling', `Pulling image ${JSON.stringify(image)}`);
    const work = trace.work({ actor, action: 'pull', subject: podKey(pod), resource: 'pods' });
    this.pullAttempts.set(container.name, attempt + 1);
    try {
      const result = yield* images.pull(image, imageScript(pod, container.name, attempt), `pod ${podKey(pod)}`);
      work.outcome = describePull(image, result);
      if (result.error === undefined) {
        this.host.imagesChanged();
        events.container(pod, container, 'Normal', 'Pulled', pulledMessage(image, result));
        return undefined;
      }
      this.pullErrors.set(image, result.error);
      events.container(pod, container, 'Warning', 'Failed', `Failed to pull image ${JSON.stringify(image)}: ${result.error}`);
      events.container(pod, container, 'Warning', 'Failed', 'Error: ErrImagePull');
      pulls.next(`${pod.metadata.uid}_${image}`, simulation.now);
      // The first failure is followed by a sync for the new sandbox; later ones only by the worker's own back-off.
      const first = attempt === 0;
      return this.refuse('ErrImagePull', result.error, first ? this.host.untilRelist() : this.syncBackOff(), first ? '' : `next look at image ${image} of pod ${podKey(pod)}`);
    } finally { work.endedAt = simulation.now; }
  }

  private *run(pod: Pod, container: Container): Process<StartResult> {
    const { simulation, trace, actor, runtime, events } = this.host;
    const last = newest(runtime.pod(pod.metadata.uid), container.name);
    const lost = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find((s) => s.name === container.name);
    const attempt = last ? last.attempt + 1 : lost?.state?.running || lost?.lastState?.terminated ? lost.restartCount + 1 : 0;
    const work = trace.work({ actor, action: 'start', subject: podKey(pod), resource: 'pods' });
    try {
      const record = yield* runtime.startContainer(pod, container, attempt);
      events.container(pod, container, 'Normal', 'Created', 'Container created');
      events.container(pod, container, 'Normal', 'Started', 'Container started');
      work.outcome = attempt === 0 ? `started container ${container.name} (${record.image})` : `started container ${container.name} (${record.image}), restart ${attempt}`;
      return (yield* this.postStart(pod, container)) ?? { started: true };
    } finally { work.endedAt = simulation.now; }
  }

  private *postStart(pod: Pod, container: Container): Process<StartResult | undefined> {
    const hook = container.lifecycle?.postStart;
    if (hook === undefined) return undefined;
    const script = hookScript(pod, 'post-start', container.name);
    const time = script.milliseconds ?? (hook.sleep?.seconds ?? 0) * 1000;
    if (time > 1000) yield* waitFor(time, `post-start hook of container ${container.name} of pod ${podKey(pod)}`); else yield* sleep(time);
    if (!script.fails) return undefined;
    const message = `Exec lifecycle hook (${JSON.stringify(hook.exec?.command ?? [])}) for Container "${container.name}" in Pod "${formatPod(pod)}" failed - error: command exited with 1, message: ""`;
    this.host.events.container(pod, container, 'Warning', 'FailedPostStartHook', 'PostStartHook failed');
    yield* this.host.runtime.stopContainer(pod, container.name, 0);
    return this.refuse('PostStartHookError', message, 0, '');
  }

  private syncBackOff(): number { return SYNC_BACK_OFF * (1 + 0.5 * this.host.simulation.random.next()); }

  private refuse(reason: string, message: string, milliseconds: number | undefined, why: string): StartResult {
    return { started: false, reason: { reason, message }, retry: milliseconds === undefined ? undefined : { milliseconds, why } };
  }
}
