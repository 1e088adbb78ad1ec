import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { serveWorld, type Ask } from './serving';

type World = Awaited<ReturnType<typeof serveWorld>>;
const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
const PODS = '/api/v1/namespaces/default/pods';

describe('the API over HTTP', () => {
  let world: World;
  before(async () => { world = await serveWorld(); });
  after(() => world.close());

  const answers: readonly (readonly [name: string, ask: Ask, code: number, text: RegExp])[] = [
    ['a list is a list', { path: PODS }, 200, /"kind":"PodList","apiVersion":"v1"/],
    ['health', { path: '/healthz', token: '' }, 200, /^ok$/],
    ['the version', { path: '/version', token: '' }, 200, /"gitVersion":"v1.36.2"/],
    ['an unknown path is no API', { path: '/nothing/here' }, 404, /^404 page not found\n$/],
    ['an unknown group is no API', { path: '/apis/example.com/v1/gadgets' }, 404, /^404 page not found\n$/],
    ['an unknown resource of a known group', { path: '/apis/apps/v1/gadgets' }, 404, /the server could not find the requested resource/],
    ['a wrong method', { method: 'PUT', path: PODS }, 405, /the server does not allow this method on the requested resource/],
    ['OPTIONS', { method: 'OPTIONS', path: PODS }, 405, /MethodNotAllowed/],
    ['a body of an unknown type', { method: 'POST', path: PODS, body: '<pod/>', headers: { 'Content-Type': 'text/xml' } }, 415, /accepted media types include: application\/json, application\/yaml, application\/vnd.kubernetes.protobuf/],
    ['an answer in an unknown type', { path: PODS, headers: { Accept: 'text/html' } }, 406, /only the following media types are accepted: application\/json, application\/yaml, application\/vnd.kubernetes.protobuf/],
    ['a limit that is no number', { path: `${PODS}?limit=x` }, 400, /strconv.ParseInt: parsing \\"x\\": invalid syntax/],
    ['a dry run that is not All', { method: 'POST', path: `${PODS}?dryRun=Some`, body: POD }, 422, /dryRun: Unsupported value: \[\\"Some\\"\]: supported values: \\"All\\"/],
    ['a field validation that is none', { method: 'POST', path: `${PODS}?fieldValidation=x`, body: POD }, 422, /fieldValidation: Unsupported value: \\"x\\"/],
    ['a resourceVersionMatch without a resourceVersion', { path: `${PODS}?resourceVersionMatch=Exact` }, 422, /resourceVersionMatch is forbidden unless resourceVersion is provided/],
    ['initial events of a list', { path: `${PODS}?sendInitialEvents=true` }, 422, /sendInitialEvents is forbidden for list/],
    ['a future revision', { path: `${PODS}?resourceVersion=999999` }, 504, /Too large resource version: 999999/],
    ['a continue token that is none', { path: `${PODS}?continue=abc` }, 400, /continue key is not valid/],
    ['an unknown field selector', { path: `${PODS}?fieldSelector=spec.x%3D1` }, 400, /field label not supported: spec.x/],
    ['a label selector that is none', { path: `${PODS}?labelSelector=a%3D%3D%3Db` }, 400, /unable to parse requirement|found/],
    ['an update of what is not there', { method: 'PUT', path: `${PODS}/none`, body: { ...POD, metadata: { name: 'none' } } }, 404, /pods \\"none\\" not found/],
    ['an update under another name', { method: 'PUT', path: `${PODS}/none`, body: POD }, 400, /the name of the object \(web\) does not match the name on the URL \(none\)/],
    ['a namespace that is not the path\'s', { method: 'POST', path: PODS, body: { ...POD, metadata: { name: 'web', namespace: 'other' } } }, 400, /the namespace of the provided object does not match/],
    ['no patch type', { method: 'PATCH', path: `${PODS}/web`, body: {}, headers: { 'Content-Type': 'application/json' } }, 415, /application\/json-patch\+json, application\/merge-patch\+json/],
    ['force without apply', { method: 'PATCH', path: `${PODS}/web?force=true`, body: {}, headers: { 'Content-Type': 'application/merge-patch+json' } }, 422, /force: Forbidden: may not be specified for non-apply patch/],
    ['a propagation policy that is none', { method: 'DELETE', path: `${PODS}/web`, body: { propagationPolicy: 'x' } }, 422, /propagationPolicy: Unsupported value: \\"x\\"/],
    ['discovery', { path: '/apis/apps/v1' }, 200, /"name":"deployments\/scale"/],
    ['the index of OpenAPI', { path: '/openapi/v3' }, 200, /apis\/apps\/v1\?hash=/],
    ['a document of OpenAPI', { path: '/openapi/v3/apis/policy/v1' }, 200, /io.k8s.api.policy.v1.PodDisruptionBudget/],
    ['logs are refused in words', { path: `${PODS}/web/log` }, 501, /log is not available/],
  ];
  for (const [name, ask, code, text] of answers) {
    test(name, async () => {
      const reply = await world.ask(ask);
      assert.equal(reply.code, code, reply.text);
      assert.match(reply.text, text);
    });
  }

  test('a Table, metadata only, and YAML', async () => {
    const table = await world.ask({ path: '/api/v1/nodes', headers: { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' } });
    assert.equal(table.json.kind, 'Table');
    const partial = await world.ask({ path: '/api/v1/nodes', headers: { Accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' } });
    assert.equal(partial.json.kind, 'PartialObjectMetadataList');
    const yaml = await world.ask({ path: '/api/v1/nodes', headers: { Accept: 'application/yaml' } });
    assert.match(yaml.text, /^kind: NodeList\n/);
  });

  test('warnings are headers, in any letters', async () => {
    const reply = await world.ask({ method: 'POST', path: '/api/v1/namespaces/default/configmaps?fieldValidation=Warn', body: { metadata: { name: 'warned' }, ünknown: 1 } });
    assert.equal(reply.code, 201);
    const warning = Buffer.from(String(reply.headers.warning), 'latin1').toString('utf8');
    assert.equal(warning, '299 - "unknown field \\"ünknown\\""');
  });

  test('a list in pages, as of one revision', async () => {
    for (const name of ['p1', 'p2', 'p3']) await world.ask({ method: 'POST', path: '/api/v1/namespaces/kube-public/configmaps', body: { metadata: { name } } });
    const first = await world.ask({ path: '/api/v1/namespaces/kube-public/configmaps?limit=2' });
    const { continue: token, resourceVersion } = first.json.metadata as { continue: string; resourceVersion: string };
    assert.equal(first.json.items?.length, 2);
    await world.ask({ method: 'DELETE', path: '/api/v1/namespaces/kube-public/configmaps/p3' });
    const second = await world.ask({ path: `/api/v1/namespaces/kube-public/configmaps?limit=2&continue=${token}` });
    assert.equal(second.json.metadata?.resourceVersion, resourceVersion);
    assert.match(second.text, /"p3"/);
    const { etcd, simulation } = world.session.cluster;
    simulation.spawn('test', etcd.compact(etcd.revision));
    simulation.runUntil(simulation.now + 100);
    const late = await world.ask({ path: `/api/v1/namespaces/kube-public/configmaps?limit=2&continue=${token}` });
    assert.equal(late.code, 410);
    assert.match(late.json.message ?? '', /too old to display a consistent list result/);
    const rest = await world.ask({ path: `/api/v1/namespaces/kube-public/configmaps?limit=2&continue=${String(late.json.metadata?.continue)}` });
    assert.equal(rest.code, 200);
  });

  test('a watch sends what is there, its end, and what happens', async () => {
    const reply = await world.ask({ path: '/api/v1/nodes?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1' });
    const events = reply.text.trim().split('\n').map((line) => JSON.parse(line) as { type: string; object: { metadata: { annotations?: { [key: string]: string } } } });
    assert.deepEqual(events.map((e) => e.type), ['ADDED', 'ADDED', 'ADDED', 'BOOKMARK']);
    assert.equal(events[3]?.object.metadata.annotations?.['k8s.io/initial-events-end'], 'true');
  });
});

describe('nobody else gets in', () => {
  let world: World;
  before(async () => { world = await serveWorld(undefined, { users: new Map([['bot-token', { username: 'bot', uid: '1', groups: [] }]]) }); });
  after(() => world.close());

  const refusals: readonly (readonly [name: string, ask: Ask, code: number])[] = [
    ['without a token', { path: PODS, token: '' }, 403],
    ['with a wrong token', { path: PODS, token: 'guess' }, 401],
    ['a user without rights', { path: PODS, token: 'bot-token' }, 403],
    ['a user who wants to be another', { path: PODS, token: 'bot-token', headers: { 'Impersonate-User': 'admin', 'Impersonate-Group': 'system:masters' } }, 403],
    ['under another host name', { path: PODS, headers: { Host: 'example.com' } }, 403],
    ['under a name that resolves here, with another port', { path: PODS, headers: { Host: 'localhost:1' } }, 403],
    ['from a web page', { path: PODS, headers: { Origin: 'http://localhost:3000' } }, 403],
    ['from a form in a web page', { path: PODS, headers: { 'Sec-Fetch-Site': 'cross-site' } }, 403],
    ['a body that is too large', { method: 'POST', path: PODS, body: `"${'x'.repeat(4 * 1024 * 1024)}"` }, 413],
    ['a deep body', { method: 'POST', path: PODS, body: '['.repeat(1_000_000) }, 400],
    ['a deep merge patch', { method: 'PATCH', path: `${PODS}/x`, body: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, headers: { 'Content-Type': 'application/merge-patch+json' } }, 400],
    ['deep YAML', { method: 'POST', path: PODS, body: '['.repeat(100_000), headers: { 'Content-Type': 'application/yaml' } }, 400],
    ['YAML that grows', { method: 'POST', path: PODS, body: bomb(), headers: { 'Content-Type': 'application/yaml' } }, 400],
    ['a huge list of nothing', { method: 'POST', path: PODS, body: { ...POD, spec: { containers: new Array(100_000).fill({}) } } }, 422],
  ];
  for (const [name, ask, code] of refusals) {
    test(name, async () => {
      const reply = await world.ask(ask).catch((error: Error & { code?: string }) => ({ code: error.code === 'EPIPE' || error.code === 'ECONNRESET' ? 413 : 0, text: error.message }));
      assert.equal(reply.code, code, reply.text.slice(0, 300));
    });
  }

  test('headers have a limit', async () => {
    const reply = await world.ask({ path: PODS, headers: { 'X-Large': 'x'.repeat(100_000) } }).then((r) => r.code, () => 0);
    assert.ok(reply === 0 || reply === 431);
  });

  test('the kubeconfig is its owner\'s alone, works over TLS, and goes with the server', async () => {
    const other = await serveWorld();
    const { kubeconfig } = other;
    assert.equal(statSync(kubeconfig).mode & 0o777, 0o600);
    const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as { clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]; users: { user: { token: string } }[] };
    const cluster = config.clusters[0]?.cluster;
    const ca = Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64');
    const code = await new Promise((resolve, reject) => {
      httpsRequest(`${cluster?.server ?? ''}${PODS}`, { ca, agent: false, headers: { Authorization: `Bearer ${config.users[0]?.user.token ?? ''}` } }, (r) => { r.resume(); resolve(r.statusCode); }).on('error', reject).end();
    });
    assert.equal(code, 200);
    assert.notEqual(other.token, world.token);
    await other.close();
    assert.equal(existsSync(kubeconfig), false);
  });

  test('nothing listens but on the loopback address', () => { assert.equal(new URL(world.url).hostname, '127.0.0.1'); });
});

/** Aliases of aliases: a billion nodes from some lines. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 10; i++) lines.push(`a${i}: &a${i} [${new Array(10).fill(`*a${i - 1}`).join(', ')}]`);
  return lines.join('\n');
}
