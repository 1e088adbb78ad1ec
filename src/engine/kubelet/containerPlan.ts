import type { Container, Pod } from '../api/generated/types';
import { isSidecar, shouldRestart, shouldRestartInit } from './restartPolicy';
import { newest, type ContainerRecord, type PodRecord } from './runtime/runtime';
import type { ProbeView } from './status/containerStatus';

/** What is to be started next in a pod, from what runs and has run of it (computePodActions). */
export class ContainerPlan {
  constructor(private readonly pod: Pod, private readonly running: PodRecord | undefined, private readonly probes: ProbeView, private readonly restartAtOnce: ReadonlySet<string>) {}

  /** Whether any container is to be started or waited for, now or after a back-off. */
  wantsStarts(): boolean { return this.nextInit() !== undefined || this.mainToStart().length > 0; }

  mainStarted(): boolean {
    return this.main.some((c) => { const r = this.record(c.name); return r !== undefined && this.ofThisSandbox(r); });
  }

  /** Every main container has ended and stays so: sidecars do not keep a pod alive. */
  mainDone(): boolean {
    return this.main.every((c) => { const r = this.record(c.name); return r?.state === 'exited' && !this.restartAtOnce.has(c.name) && !shouldRestart(this.pod, c, r.exitCode); });
  }

  /** The next init container: to be started, or waited for; undefined when the main containers' turn has come. */
  nextInit(): { readonly container: Container; readonly start: boolean } | undefined {
    const init = this.pod.spec?.initContainers;
    if (!init?.length) return undefined;
    const started = this.mainStarted();
    for (const container of init) {
      const last = this.record(container.name);
      const current = last && this.ofThisSandbox(last) ? last : undefined;
      if (isSidecar(container)) {
        if (current?.state !== 'running') return { container, start: true };
        if (!started && !this.probes.started(container.name)) return { container, start: false };
        continue;
      }
      if (started || (current?.state === 'exited' && current.exitCode === 0)) continue;
      return { container, start: current === undefined || (current.state === 'exited' && shouldRestartInit(this.pod, container, current.exitCode)) };
    }
    return undefined;
  }

  /** The main containers, and ephemeral ones, that do not run but should. */
  mainToStart(): readonly Container[] {
    const wanted = this.main.filter((container) => {
      const last = this.record(container.name);
      if (last === undefined || this.restartAtOnce.has(container.name)) return true;
      return last.state === 'exited' && shouldRestart(this.pod, container, last.exitCode);
    });
    const extra = ((this.pod.spec?.ephemeralContainers ?? []) as readonly Container[]).filter((c) => this.record(c.name) === undefined);
    return extra.length > 0 ? [...extra, ...wanted] : wanted;
  }

  private get main(): readonly Container[] { return this.pod.spec?.containers ?? []; }

  private record(name: string): ContainerRecord | undefined { return newest(this.running, name); }

  /** Init containers of a former sandbox are run again in a new one. */
  private ofThisSandbox(record: ContainerRecord): boolean {
    const sandbox = this.running?.sandbox;
    return sandbox === undefined || (sandbox.ready && (sandbox.attempt === 0 || record.id.includes(`${sandbox.id}_`)));
  }
}
