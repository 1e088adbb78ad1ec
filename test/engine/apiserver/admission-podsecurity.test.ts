import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Namespace } from '../../../src/engine/api/generated/types';
import { container, create, created, current, pod, send, verdict, type Json } from './admissionSupport';
import { ServerWorld } from './world';

const PREFIX = 'pod-security.kubernetes.io/';
function labelled(world: ServerWorld, labels: { readonly [mode: string]: string }): ReturnType<typeof send> {
  const namespace = current<Namespace>(world, '', 'namespaces', 'default');
  const metadata = { ...namespace.metadata, labels: Object.fromEntries(Object.entries(labels).map(([mode, level]) => [PREFIX + mode, level])) };
  return send(world, 'update', { ...namespace, metadata } as unknown as Json);
}
const secured = (more: Json = {}): Json => container({ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...more } });

const PLAIN = 'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';

const BASELINE: readonly (readonly [spec: Json, detail: string, metadata?: Json])[] = [
  [{ hostNetwork: true, hostPID: true }, 'host namespaces (hostNetwork=true, hostPID=true)'],
  [{ volumes: [{ name: 'h', hostPath: { path: '/' } }, { name: 'i', hostPath: { path: '/i' } }] }, 'hostPath volumes (volumes "h", "i")'],
  [{ containers: [container({ ports: [{ containerPort: 80, hostPort: 80 }] })] }, 'hostPort (container "main" uses hostPort 80)'],
  [{ containers: [container({ securityContext: { privileged: true } })] }, 'privileged (container "main" must not set securityContext.privileged=true)'],
  [{ containers: [container({ securityContext: { capabilities: { add: ['NET_ADMIN', 'CHOWN', 'BPF'] } } })] }, 'non-default capabilities (container "main" must not include "BPF", "NET_ADMIN" in securityContext.capabilities.add)'],
  [{ securityContext: { seLinuxOptions: { type: 'spc_t', user: 'u' } } }, 'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)'],
  [{ securityContext: { seccompProfile: { type: 'Unconfined' } } }, 'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")'],
  [{ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }, { name: 'net.ipv4.tcp_rmem', value: '1' }] } }, 'forbidden sysctls (kernel.msgmax)'],
  [{ securityContext: { appArmorProfile: { type: 'Unconfined' } } }, 'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")'],
  [{ containers: [container({ livenessProbe: { httpGet: { port: 80, host: '1.2.3.4' } } })] }, 'probe or lifecycle host (container "main" uses probe or lifecycle host "1.2.3.4")'],
  [{ hostUsers: true, containers: [container({ securityContext: { procMount: 'Default', privileged: true } }), container({ name: 'b', securityContext: { privileged: true } })] }, 'privileged (containers "main", "b" must not set securityContext.privileged=true)'],
];
for (const [spec, detail, metadata] of BASELINE) {
  test(`the baseline refuses: ${detail}`, () => {
    const world = new ServerWorld();
    labelled(world, { enforce: 'baseline' });
    assert.equal(create(world, pod('p', spec, metadata)), `pods "p" is forbidden: violates PodSecurity "baseline:latest": ${detail}`);
    assert.equal(create(world, pod('good')), 'passed');
  });
}

const RESTRICTED: readonly (readonly [spec: Json, detail: string])[] = [
  [{}, PLAIN],
  [{ containers: [secured({ capabilities: { drop: ['ALL'], add: ['CHOWN', 'NET_BIND_SERVICE'] } })] }, 'unrestricted capabilities (container "main" must not include "CHOWN" in securityContext.capabilities.add)'],
  [{ containers: [secured()], volumes: [{ name: 'n', nfs: { server: 's', path: '/' } }, { name: 'e', emptyDir: {} }] }, 'restricted volume types (volume "n" uses restricted volume type "nfs")'],
  [{ containers: [secured({ runAsUser: 0 })] }, 'runAsUser=0 (container "main" must not set runAsUser=0)'],
  [{ containers: [secured({ runAsNonRoot: false })] }, 'runAsNonRoot != true (container "main" must not set securityContext.runAsNonRoot=false)'],
  [{ containers: [secured({ seccompProfile: { type: 'Unconfined' } })] }, 'seccompProfile (container "main" must not set securityContext.seccompProfile.type to "Unconfined")'],
  [{ containers: [secured()], hostNetwork: true }, 'host namespaces (hostNetwork=true)'],
];
for (const [spec, detail] of RESTRICTED) {
  test(`the restricted standard refuses: ${detail}`, () => {
    const world = new ServerWorld();
    labelled(world, { enforce: 'restricted' });
    assert.equal(create(world, pod('p', spec)), `pods "p" is forbidden: violates PodSecurity "restricted:latest": ${detail}`);
    assert.equal(create(world, pod('good', { containers: [secured()] })), 'passed');
  });
}

test('the rules are those of the version that is asked for', () => {
  const world = new ServerWorld();
  labelled(world, { enforce: 'restricted', 'enforce-version': 'v1.21' });
  assert.equal(create(world, pod('p', { containers: [secured({ capabilities: undefined })] })), 'passed', 'before v1.22 capabilities could be kept');
  labelled(world, { enforce: 'baseline', 'enforce-version': 'v1.28' });
  assert.equal(create(world, pod('q', { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] } })), 'pods "q" is forbidden: violates PodSecurity "baseline:v1.28": forbidden sysctls (net.ipv4.tcp_rmem)');
});

const deployment: Json = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container()] } } } };
test('what makes pods is let in with a warning', () => {
  const world = new ServerWorld();
  labelled(world, { warn: 'restricted' });
  const answers = [send(world, 'create', deployment), send(world, 'create', pod('p'))];
  for (const answer of answers) {
    assert.equal(answer.code, 201);
    assert.deepEqual(answer.warnings, [`would violate PodSecurity "restricted:latest": ${PLAIN}`]);
  }
  labelled(world, { enforce: 'restricted' });
  assert.deepEqual(send(world, 'create', { ...deployment, metadata: { name: 'e' } }).warnings, [`would violate PodSecurity "restricted:latest": ${PLAIN}`], 'to enforce is to warn');
  labelled(world, { enforce: 'restricted', warn: 'privileged' });
  assert.deepEqual(send(world, 'create', { ...deployment, metadata: { name: 'f' } }).warnings, []);
});

test('a namespace that becomes stricter warns of the pods it has', () => {
  const world = new ServerWorld();
  for (const name of ['b', 'a']) created(world, pod(name));
  created(world, pod('c', { hostPID: true, containers: [secured()] }));
  assert.deepEqual(labelled(world, { enforce: 'restricted' }).warnings, [
    'existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"',
    'a (and 1 other pod): allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
    'c: host namespaces',
  ]);
  assert.deepEqual(labelled(world, { enforce: 'baseline' }).warnings, [], 'not when it becomes looser');
});

test('labels that say nothing known are refused', () => {
  const world = new ServerWorld();
  const answer = verdict(labelled(world, { enforce: 'strict', 'warn-version': '1.30' }));
  assert.equal(answer, 'Namespace "default" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted, metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.30": must be "latest" or "v1.x"]');
});
