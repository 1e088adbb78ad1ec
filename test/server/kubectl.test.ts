// The real kubectl against `serve`: a list of commands with what each has to print. Every kubectl on the machine takes its turn: kubectl on the PATH,
// and those that KUBECTLS names (paths separated by commas).
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Session } from '../../src/engine/session';
import { startServing, type Serving } from '../../src/server/main';

const FILES: { readonly [name: string]: string } = {
  'hello.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: hello}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: hello}}\n  template:\n    metadata: {labels: {app: hello}}\n    spec: {containers: [{name: main, image: "nginx:1.27", ports: [{containerPort: 80}]}]}\n',
  'config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {a: "1"}\n',
  'bad.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: bad}\nspec:\n  replicas: -1\n  selector: {matchLabels: {app: x}}\n  template:\n    metadata: {labels: {app: other}}\n    spec: {containers: [{name: c, image: nginx}]}\n',
  'crd.yaml': 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec:\n            type: object\n            description: What is wanted.\n            properties: {size: {type: integer, description: How large it is.}}\n            x-kubernetes-validations: [{rule: "self.size > 0", message: size must be positive}]\n',
  'widget.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 3}\n',
  'widget-bad.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w2}\nspec: {size: 0}\n',
};

/** A command; what it prints (out and err together, unstable parts masked, spaces squeezed) or a pattern of it; its exit code where that is not 0. */
type Step = readonly [command: string, prints: string | RegExp, code?: number];

const STEPS: readonly Step[] = [
  ['get nodes', /^NAME STATUS ROLES AGE VERSION\nnode-1 Ready <none> \S+ v1\.36\.2\nnode-2 Ready <none> \S+ v1\.36\.2\nnode-3 Ready/],
  ['create -f hello.yaml', 'deployment.apps/hello created'],
  ['create -f hello.yaml', 'Error from server (AlreadyExists): error when creating "hello.yaml": deployments.apps "hello" already exists', 1],
  ['rollout status deployment/hello --timeout=60s', /deployment "hello" successfully rolled out$/],
  ['get deployment hello -o wide', /^NAME READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES SELECTOR\nhello 1\/1 1 1 \S+ main nginx:1\.27 app=hello$/],
  ['get pods -l app=hello -o jsonpath={.items[0].status.phase}', 'Running'],
  ['get deployment hello -o yaml', /apiVersion: apps\/v1\nkind: Deployment\nmetadata:\n[\s\S]*replicas: 1\n/],
  ['describe deployment hello', /Replicas: 1 desired \| 1 updated \| 1 total \| 1 available \| 0 unavailable[\s\S]*ScalingReplicaSet/],
  ['describe pod -l app=hello', /Controlled By: ReplicaSet\/hello-[\s\S]*PodScheduled True[\s\S]*Normal Scheduled \S+ default-scheduler Successfully assigned default\/hello-\S+ to node-\d/],
  ['create -f bad.yaml', /^The Deployment "bad" is invalid:\n\* spec\.replicas: Invalid value: -1: must be greater than or equal to 0\n\* spec\.template\.metadata\.labels: Invalid value/, 1],
  ['create -f bad.yaml --dry-run=server', /spec\.replicas: Invalid value: -1/, 1],
  ['apply -f config.yaml', 'configmap/config created'],
  ['apply -f config.yaml', 'configmap/config unchanged'],
  ['apply --server-side -f config.yaml', /configmap\/config serverside-applied$/],
  ['get configmap config -o jsonpath={.data.a}', '1'],
  ['patch configmap config -p {"data":{"b":"2"}}', 'configmap/config patched'],
  ['patch configmap config --type=json -p [{"op":"remove","path":"/data/b"}]', 'configmap/config patched'],
  ['patch configmap config --type=merge -p {"data":{"c":"3"}}', 'configmap/config patched'],
  ['get configmap config -o jsonpath={.data}', '{"a":"1","c":"3"}'],
  ['label deployment hello tier=front', 'deployment.apps/hello labeled'],
  ['label deployment hello tier=back', "error: 'tier' already has a value (front), and --overwrite is false", 1],
  ['get deployments -l tier=front -o name', 'deployment.apps/hello'],
  ['annotate deployment hello note=hi', 'deployment.apps/hello annotated'],
  ['scale deployment hello --replicas=3', 'deployment.apps/hello scaled'],
  ['rollout status deployment/hello --timeout=60s', /successfully rolled out$/],
  ['set image deployment/hello main=nginx:1.28', 'deployment.apps/hello image updated'],
  ['rollout status deployment/hello --timeout=60s', /successfully rolled out$/],
  ['rollout history deployment/hello', /^deployment\.apps\/hello ?\nREVISION CHANGE-CAUSE\n1 <none>\n2 <none>$/],
  ['rollout undo deployment/hello', 'deployment.apps/hello rolled back'],
  ['rollout status deployment/hello --timeout=60s', /successfully rolled out$/],
  ['get deployment hello -o jsonpath={.spec.template.spec.containers[0].image}', 'nginx:1.27'],
  ['rollout pause deployment/hello', 'deployment.apps/hello paused'],
  ['rollout resume deployment/hello', 'deployment.apps/hello resumed'],
  ['rollout restart deployment/hello', 'deployment.apps/hello restarted'],
  ['expose deployment hello --port=80', 'service/hello exposed'],
  ['get service hello -o jsonpath={.spec.type}', 'ClusterIP'],
  ['autoscale deployment hello --min=1 --max=5 --cpu-percent=80', 'horizontalpodautoscaler.autoscaling/hello autoscaled'],
  ['run once --image=nginx:1.27 --restart=Never', 'pod/once created'],
  ['wait --for=condition=Ready pod/once --timeout=60s', 'pod/once condition met'],
  ['logs once', /^Error from server \((?!InternalError)\w+\)|^Error from server:|^error:/, 1],
  ['exec once -- true', /rror/, 1],
  ['get pods once -w --request-timeout=2s', /^NAME READY STATUS RESTARTS AGE\nonce 1\/1 Running 0/],
  ['delete pod once --grace-period=1', /pod "once" deleted/],
  ['cordon node-1', 'node/node-1 cordoned'],
  ['get node node-1', /node-1 Ready,SchedulingDisabled/],
  ['uncordon node-1', 'node/node-1 uncordoned'],
  ['taint nodes node-2 dedicated=infra:NoSchedule', 'node/node-2 tainted'],
  ['taint nodes node-2 dedicated-', 'node/node-2 untainted'],
  ['drain node-3 --ignore-daemonsets --force --grace-period=1 --timeout=60s', /node\/node-3 drained(?:\n|$)/],
  ['uncordon node-3', 'node/node-3 uncordoned'],
  ['create namespace team', 'namespace/team created'],
  ['create serviceaccount bot -n team', 'serviceaccount/bot created'],
  ['create role reader --verb=get,list --resource=pods -n team', 'role.rbac.authorization.k8s.io/reader created'],
  ['create rolebinding reading --role=reader --serviceaccount=team:bot -n team', 'rolebinding.rbac.authorization.k8s.io/reading created'],
  ['auth can-i list pods -n team --as=system:serviceaccount:team:bot', 'yes'],
  ['auth can-i delete pods -n team --as=system:serviceaccount:team:bot', 'no', 1],
  ['get secrets -n team --as=system:serviceaccount:team:bot', 'Error from server (Forbidden): secrets is forbidden: User "system:serviceaccount:team:bot" cannot list resource "secrets" in API group "" in the namespace "team"', 1],
  ['create token bot -n team', /^\S+$/],
  ['auth whoami', /Username admin/],
  ['create quota few --hard=pods=1 -n team', 'resourcequota/few created'],
  ['create deployment many --image=nginx:1.27 --replicas=2 -n team', 'deployment.apps/many created'],
  ['explain deployment.spec.strategy', /FIELD: strategy <DeploymentStrategy>[\s\S]*The deployment strategy to use to replace existing pods with new ones\./],
  ['api-resources --api-group=batch', /^NAME SHORTNAMES APIVERSION NAMESPACED KIND\ncronjobs cj batch\/v1 true CronJob\njobs batch\/v1 true Job$/],
  ['api-versions', /apps\/v1[\s\S]*storage\.k8s\.io\/v1/],
  ['get events --field-selector reason=ScalingReplicaSet', /ScalingReplicaSet deployment\/hello/],
  ['events --for deployment/hello', /ScalingReplicaSet/],
  ['apply -f crd.yaml', 'customresourcedefinition.apiextensions.k8s.io/widgets.example.com created'],
  ['wait --for=condition=Established crd/widgets.example.com --timeout=30s', 'customresourcedefinition.apiextensions.k8s.io/widgets.example.com condition met'],
  ['apply -f widget.yaml', 'widget.example.com/w created'],
  ['apply -f widget-bad.yaml', 'The Widget "w2" is invalid: spec: Invalid value: "object": size must be positive', 1],
  ['get wd', /^NAME SIZE\nw 3$/],
  ['explain widget.spec', /FIELD: spec <Object>[\s\S]*What is wanted\.[\s\S]*size <integer>\n How large it is\./],
  ['delete -f crd.yaml', /widgets\.example\.com" deleted/],
  ['get pods nope', 'Error from server (NotFound): pods "nope" not found', 1],
  ['get gadgets', 'error: the server doesn\'t have a resource type "gadgets"', 1],
  ['delete deployment hello --cascade=foreground', /deployment\.apps "hello" deleted/],
  ['get replicasets -l app=hello', 'No resources found in default namespace.'],
  ['delete namespace team --timeout=90s', 'namespace "team" deleted'],
  ['get --raw /healthz', 'ok'],
];

const squeezed = (text: string): string => text.split('\n').map((line) => line.replace(/[ \t]+/g, ' ').trimEnd()).join('\n').trim();

interface Ran { readonly code: number; readonly text: string }

for (const kubectl of ['kubectl', ...(process.env['KUBECTLS'] ?? '').split(',').filter((p) => p !== '')]) {
  const found = spawnSync(kubectl, ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  const version = found.status === 0 ? (JSON.parse(found.stdout) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion : '';
  void describe(`${kubectl} ${version}`, { skip: version ? false : `${kubectl} is not on this machine` }, () => {
    let serving: Serving, folder: string;
    const run = (command: string): Promise<Ran> => new Promise((resolve) => {
      execFile(kubectl, command.split(' '), { cwd: folder, env: { ...process.env, KUBECONFIG: serving.kubeconfig }, timeout: 120_000 }, (error, out, err) => {
        const text = `${out}\n${err.split('\n').filter((line) => !line.includes('version difference')).join('\n')}`;
        resolve({ code: error ? (typeof error.code === 'number' ? error.code : 255) : 0, text: squeezed(text.replaceAll(`${folder}/`, '')) });
      });
    });
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'kubectl-test-'));
      for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
      serving = await startServing({ session: new Session({ epoch: Date.now() - 3000 }), port: 0, speed: 10 });
    });
    after(async () => { await serving.close(); rmSync(folder, { recursive: true, force: true }); });

    STEPS.forEach(([command, prints, code = 0], i) => {
      void test(`${i + 1}: kubectl ${command}`, async () => {
        const ran = await run(command);
        if (typeof prints === 'string') assert.equal(ran.text, prints); else assert.match(ran.text, prints);
        assert.equal(ran.code, code, ran.text);
      });
    });
  });
}
