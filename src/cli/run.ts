import { KUBERNETES_VERSION } from '../engine/cluster';
import { UsageError } from './arguments';
import { schedule, simulate } from './simulate';

const USAGE = `An embedded Kubernetes ${KUBERNETES_VERSION} control plane, without an editor.

usage:
  controlplane simulate FILE… [--cluster FILE | --context NAME] [--scheduler-config FILE] [--seed N] [-o text|json|mermaid|markdown] [--refuse-removed-versions] [--max-pods N]
                        [--etcd-members 1|3|5] [--scenario FILE] [--from-snapshot FILE] [--save-snapshot FILE]
      Creates the documents in a fresh world and runs it to rest.
  controlplane schedule FILE… [--cluster FILE | --context NAME] [--scheduler-config FILE] [--seed N] [-o text|json]
      Asks the scheduler alone, one attempt for each pod.
  controlplane serve [--port N] [--cluster FILE] [--speed N|max] [--audit-log-path FILE] [--token-auth-file FILE]
      Serves the API on the loopback address for kubectl.

--context takes what a live cluster holds now, as the kubeconfig's context of that name reads it (KUBECONFIG is honoured). It is read, never written.
--scenario says what breaks while it runs (members of etcd, links, disks, components), and when; snapshots are etcd's contents.
--scheduler-config is a KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1): profiles, plugins and their weights.
A FILE is YAML or JSON, a folder of such files, or - for standard input.
Exit code 0: all created and every pod placed; 1: something was refused or is unschedulable; 2: wrong usage or unreadable input.
`;

/** Runs one command line. Returns the exit code; `write` gets what belongs to standard output, `complain` the lines for standard error. */
export async function run(args: readonly string[], write: (text: string) => void, complain: (line: string) => void): Promise<number> {
  const [command = '', ...rest] = args;
  try {
    switch (command) {
      case 'simulate': return await simulate(rest, write, complain);
      case 'schedule': return await schedule(rest, write, complain);
      case 'serve': return await (await import('../server/main')).serve(rest);
      case '--help': case '-h': case 'help': write(USAGE); return 0;
      case '--version': write(`${KUBERNETES_VERSION}\n`); return 0;
      default: throw new UsageError(command ? `unknown command ${JSON.stringify(command)}` : 'a command is needed');
    }
  } catch (thrown) {
    // The server is a bundle of its own, with classes of its own: errors are known by name.
    const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
    switch (name) {
      case 'ClusterError': complain(`controlplane: the cluster cannot be loaded: ${message}`); break;
      case 'UnusableError': complain(`controlplane: ${message}`); break;
      case 'UsageError': complain(`controlplane: ${message}\n\n${USAGE}`); break;
      default: throw thrown;
    }
    return 2;
  }
}
