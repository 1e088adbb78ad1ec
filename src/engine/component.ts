import type { ApiServer, Sender } from './apiserver/request';
import { Client } from './client/client';
import { LeaderElector } from './client/leaderElection';
import { ProcessGate } from './client/processGate';
import { BACKGROUND, type Task } from './simulation/process';
import type { Simulation } from './simulation/simulation';
import type { TraceRecorder } from './trace/recorder';

export interface ComponentOptions<Api extends ApiServer> {
  readonly simulation: Simulation;
  readonly trace: TraceRecorder;
  readonly api: Api;
  /** 'kube-scheduler', 'kube-controller-manager'. */
  readonly name: string;
  /** Work only while holding the Lease of that name. */
  readonly leaderElection: boolean;
  /** Begins the component's work through a gate that closes when it is killed. */
  readonly work: (gate: ProcessGate<Api>) => void;
}

/** A control plane process that can be killed and started again: a new process then, with nothing of the old one. */
export class Component<Api extends ApiServer> {
  private gate: ProcessGate<Api> | undefined;
  private election: Task | undefined;
  private starts = 0;

  constructor(private readonly options: ComponentOptions<Api>) {}

  get running(): boolean { return this.gate !== undefined; }

  start(): void {
    if (this.gate) return;
    const { simulation, name, api, leaderElection, work } = this.options;
    const gate = new ProcessGate(api);
    this.gate = gate;
    if (this.starts++ > 0) this.record(`${name} is started again${leaderElection ? ': it waits for the Lease of the one before to run out' : ''}`);
    if (!leaderElection) { work(gate); return; }
    const sender: Sender = { actor: name, userAgent: `${name}/v1.36.2`, credentials: { type: 'certificate', user: { username: `system:${name}`, groups: ['system:authenticated'] } } };
    const elector = new LeaderElector({
      simulation, client: new Client(gate, sender), name, identity: `control-plane_${simulation.random.uuid()}`,
      onStartedLeading: () => {
        if (this.starts > 1) this.record(`${name} holds its Lease now and works`);
        work(gate);
      },
      // As the real ones, it ends, and whoever watches over it starts it anew.
      onStoppedLeading: () => {
        this.kill(`${name} could not renew its Lease in time and ends`);
        simulation.runIn(BACKGROUND, () => simulation.after(RESTART_MILLISECONDS, () => this.start()));
      },
    });
    this.election = simulation.spawn(`${name} leader election`, elector.run(), BACKGROUND);
  }

  kill(text = `${this.options.name} is killed`): void {
    if (!this.gate) return;
    this.record(text);
    this.gate.kill();
    this.gate = undefined;
    this.election?.stop();
  }

  private record(text: string): void {
    const { simulation, trace, name } = this.options;
    const { cause } = simulation.context;
    simulation.runIn({ cause, background: false }, () => { trace.member({ kind: 'member', actor: name, to: name, type: 'fault', term: 0, index: 0, text, notable: true }); });
  }
}

/** How soon the kubelet starts a static pod again that has ended. */
const RESTART_MILLISECONDS = 10_000;
