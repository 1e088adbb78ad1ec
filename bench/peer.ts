import { BaseImage, Cluster, type ProcessContext } from '@ngrok/webernetes';

/** The same work for the nearest peer, @ngrok/webernetes: a Deployment's pods until all run. See bench/against-peer.mjs. */
class Nginx extends BaseImage {
  static readonly imageName = 'nginx';
  static readonly imageVersion = '1.27';
  readonly defaultCommand = ['server'];
  override async exec(context: ProcessContext, argv: readonly string[]): Promise<number> {
    return argv[0] === 'server' ? context.waitUntilKilled() : super.exec(context, [...argv]);
  }
}

const [nodes = 100, pods = 1000] = process.argv.slice(2).map(Number);
const started = performance.now();
const cpu = process.cpuUsage();
const cluster = new Cluster({ nodes });
cluster.registerImage(Nginx);
await cluster.init();
await cluster.apply([{
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'bench' },
  spec: { replicas: pods, selector: { matchLabels: { app: 'bench' } }, template: { metadata: { labels: { app: 'bench' } }, spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] } } },
}]);
/** Asked once a second, so that asking costs next to nothing. */
const MAX_SECONDS = 900;
let running = 0;
for (let i = 0; i < MAX_SECONDS && running < pods; i++) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const list = await cluster.api.corev1.listNamespacedPod({ namespace: 'default' });
  running = list.items.filter((p) => p.status?.phase === 'Running').length;
}
const used = process.cpuUsage(cpu);
console.log(`@ngrok/webernetes: ${nodes} nodes, ${pods} pods (${running} running): ${((used.user + used.system) / 1e6).toFixed(2)} CPU s, ${((performance.now() - started) / 1000).toFixed(2)} s, ${(process.memoryUsage().rss / 1048576).toFixed(0)} MiB`);
process.exit(0);
