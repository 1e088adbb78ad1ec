import type { Container, ContainerPort, ContainerResizePolicy, EphemeralContainer, PodSpec } from '../../generated/types';
import { addInvalid, duplicate, fieldForbidden, fieldNotFound, invalid, notSupported, required, tooLong, type Errors, type Path } from '../field';
import { isDNS1123Label, isValidPortName, isValidPortNum } from '../formats';
import { validateEnv, validateEnvFrom } from './env';
import { validateVolumeDevices, validateVolumeMounts } from './mounts';
import { ALLOW_RESTART_ALL_CONTAINERS, type PodOptions } from './options';
import { validateLifecycle, validateProbe } from './probes';
import { validateContainerResources } from './resources';
import { validateSecurityContext } from './security';
import { validatePullPolicy } from './volumeSources';
import type { Volumes } from './volumes';

/** Containers, init containers and sidecars, ephemeral containers. */
export interface ContainerContext {
  readonly spec: PodSpec;
  readonly volumes: Volumes;
  /** Names in spec.resourceClaims. */
  readonly claims: ReadonlySet<string>;
  /** The pod runs in the host's user namespace. */
  readonly hostUsers: boolean;
  readonly options: PodOptions;
}

const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];

function validateCommon(c: Container, context: ContainerContext, path: Path, errs: Errors): void {
  if (!c.name) errs.push(required(path.child('name'), ''));
  else addInvalid(errs, path.child('name'), c.name, isDNS1123Label(c.name));
  if (!c.image) errs.push(required(path.child('image'), ''));
  const message = c.terminationMessagePolicy;
  if (!message) errs.push(required(path.child('terminationMessagePolicy'), ''));
  else if (!MESSAGE_POLICIES.includes(message)) errs.push(notSupported(path.child('terminationMessagePolicy'), message, MESSAGE_POLICIES));
  if (c.ports) validatePorts(c.ports, path.child('ports'), errs);
  if (c.env) validateEnv(c.env, path.child('env'), errs);
  if (c.envFrom) validateEnvFrom(c.envFrom, path.child('envFrom'), errs);
  if (c.volumeMounts) validateVolumeMounts(c, context.volumes, path.child('volumeMounts'), errs);
  if (c.volumeDevices) validateVolumeDevices(c.volumeDevices, c.volumeMounts, context.volumes, path.child('volumeDevices'), errs);
  validatePullPolicy(c.imagePullPolicy, path.child('imagePullPolicy'), errs);
  if (c.resources) validateContainerResources(c.resources, context.claims, path.child('resources'), errs, context.options);
  if (c.resizePolicy) validateResizePolicy(c.resizePolicy, context.spec.restartPolicy, path.child('resizePolicy'), errs);
  validateSecurityContext(c.securityContext, context.hostUsers, path.child('securityContext'), errs);
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

function validatePorts(ports: readonly ContainerPort[], base: Path, errs: Errors): void {
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const path = base.index(i);
    if (port.name) {
      const messages = isValidPortName(port.name);
      addInvalid(errs, path.child('name'), port.name, messages);
      if (!messages.length && names.has(port.name)) errs.push(duplicate(path.child('name'), port.name));
      if (!messages.length) names.add(port.name);
    }
    if (!port.containerPort) errs.push(required(path.child('containerPort'), ''));
    else addInvalid(errs, path.child('containerPort'), port.containerPort, isValidPortNum(port.containerPort));
    if (port.hostPort) addInvalid(errs, path.child('hostPort'), port.hostPort, isValidPortNum(port.hostPort));
    if (!port.protocol) errs.push(required(path.child('protocol'), ''));
    else if (!PROTOCOLS.includes(port.protocol)) errs.push(notSupported(path.child('protocol'), port.protocol, PROTOCOLS));
  });
}

const RESIZE_RESOURCES = ['cpu', 'memory'];
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'];

function validateResizePolicy(policies: readonly ContainerResizePolicy[], podRestartPolicy: string | undefined, path: Path, errs: Errors): void {
  const seen = new Set<string>();
  policies.forEach(({ resourceName = '', restartPolicy = '' }, i) => {
    if (seen.has(resourceName)) errs.push(duplicate(path.index(i), resourceName));
    seen.add(resourceName);
    if (!resourceName) errs.push(required(path, ''));
    else if (!RESIZE_RESOURCES.includes(resourceName)) errs.push(notSupported(path, resourceName, RESIZE_RESOURCES));
    if (!restartPolicy) errs.push(required(path, ''));
    else if (!RESIZE_POLICIES.includes(restartPolicy)) errs.push(notSupported(path, restartPolicy, RESIZE_POLICIES));
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') errs.push(invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
  });
}

const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];
const RULE_OPERATORS = ['In', 'NotIn'];

/** restartPolicy and restartPolicyRules of a container (ContainerRestartRules). */
function validateRestart(c: Container, path: Path, errs: Errors): void {
  const rules = c.restartPolicyRules ?? [];
  if (c.restartPolicy === undefined) {
    if (!rules.length) return;
    errs.push(required(path.child('restartPolicy'), 'must specify restartPolicy when restart rules are used'));
  } else if (!RESTART_POLICIES.includes(c.restartPolicy)) {
    errs.push(notSupported(path.child('restartPolicy'), c.restartPolicy, RESTART_POLICIES));
  }
  if (rules.length > 20) errs.push(tooLong(path.child('restartPolicyRules'), 20));
  rules.forEach((rule, i) => {
    const at = path.child('restartPolicyRules').index(i);
    const allowed = rule.action === 'Restart' || (ALLOW_RESTART_ALL_CONTAINERS && rule.action === 'RestartAllContainers');
    if (!allowed) errs.push(notSupported(at.child('action'), rule.action ?? '', ['Restart']));
    if (!rule.exitCodes) { errs.push(required(at.child('exitCodes'), 'must be specified')); return; }
    const { operator = '', values = [] } = rule.exitCodes;
    if (!RULE_OPERATORS.includes(operator)) errs.push(notSupported(at.child('exitCodes', 'operator'), operator, RULE_OPERATORS));
    if (values.length > 255) errs.push(tooLong(at.child('exitCodes', 'values'), 255));
  });
}

function validateProbes(c: Container, gracePeriod: number | undefined, path: Path, errs: Errors): void {
  if (c.livenessProbe) validateProbe(c.livenessProbe, 'liveness', gracePeriod, path.child('livenessProbe'), errs);
  if (c.readinessProbe) validateProbe(c.readinessProbe, 'readiness', gracePeriod, path.child('readinessProbe'), errs);
  if (c.startupProbe) validateProbe(c.startupProbe, 'startup', gracePeriod, path.child('startupProbe'), errs);
}

export function validateContainers(context: ContainerContext, base: Path, errs: Errors): void {
  const { spec } = context;
  const containers = spec.containers ?? [];
  if (!containers.length) { errs.push(required(base, '')); return; }
  const names = new Set<string>();
  containers.forEach((c, i) => {
    const path = base.index(i);
    validateCommon(c, context, path, errs);
    const name = c.name ?? '';
    if (names.has(name)) errs.push(duplicate(path.child('name'), name));
    else names.add(name);
    if (c.lifecycle) validateLifecycle(c.lifecycle, spec.os, spec.terminationGracePeriodSeconds, path.child('lifecycle'), errs);
    validateProbes(c, spec.terminationGracePeriodSeconds, path, errs);
    validateRestart(c, path, errs);
  });
  validateHostPorts(containers, base, errs);
}

function validateHostPorts(containers: readonly Container[], base: Path, errs: Errors): void {
  const used = new Set<string>();
  containers.forEach((c, i) => c.ports?.forEach((port, j) => {
    if (!port.hostPort) return;
    const key = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`;
    if (used.has(key)) errs.push(duplicate(base.index(i).child('ports').index(j).child('hostPort'), key));
    used.add(key);
  }));
}

const NO_INIT = 'may not be set for init containers without restartPolicy=Always';

export function validateInitContainers(context: ContainerContext, base: Path, errs: Errors): void {
  const { spec } = context;
  if (!spec.initContainers?.length) return;
  const names = new Set((spec.containers ?? []).map((c) => c.name ?? ''));
  spec.initContainers.forEach((c, i) => {
    const path = base.index(i);
    validateCommon(c, context, path, errs);
    validateRestart(c, path, errs);
    const name = c.name ?? '';
    if (names.has(name)) errs.push(duplicate(path.child('name'), name));
    else if (name) names.add(name);
    validateHostPorts([c], base, errs);
    if (c.restartPolicy === 'Always') {
      if (c.lifecycle) validateLifecycle(c.lifecycle, spec.os, spec.terminationGracePeriodSeconds, path.child('lifecycle'), errs);
      validateProbes(c, spec.terminationGracePeriodSeconds, path, errs);
    } else {
      for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) if (c[field]) errs.push(fieldForbidden(path.child(field), NO_INIT));
    }
  });
}

/** Not in the allow list of ephemeral containers, in the order of Go's struct. */
const FORBIDDEN_EPHEMERAL = ['ports', 'resources', 'resizePolicy', 'restartPolicy', 'restartPolicyRules', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const;
const isSet = (value: unknown): boolean => value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);

export function validateEphemeralContainers(context: ContainerContext, base: Path, errs: Errors): void {
  const { spec } = context;
  if (!spec.ephemeralContainers?.length) return;
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((c) => c.name ?? ''));
  const names = new Set(others);
  spec.ephemeralContainers.forEach((c: EphemeralContainer, i) => {
    const path = base.index(i);
    validateCommon(c, context, path, errs);
    validateContainerOnlyForPod(c, path, errs);
    if (names.has(c.name)) errs.push(duplicate(path.child('name'), c.name));
    else names.add(c.name);
    if (c.targetContainerName && !others.has(c.targetContainerName)) errs.push(fieldNotFound(path.child('targetContainerName'), c.targetContainerName));
    for (const field of FORBIDDEN_EPHEMERAL) if (isSet(c[field])) errs.push(fieldForbidden(path.child(field), 'cannot be set for an Ephemeral Container'));
    c.volumeMounts?.forEach((mount, j) => {
      if (mount.subPath) errs.push(fieldForbidden(path.child('volumeMounts').index(j).child('subPath'), 'cannot be set for an Ephemeral Container'));
      if (mount.subPathExpr) errs.push(fieldForbidden(path.child('volumeMounts').index(j).child('subPathExpr'), 'cannot be set for an Ephemeral Container'));
    });
  });
}

/** Checked for pods but not for templates, for compatibility. */
export function validateContainerOnlyForPod(c: Container, path: Path, errs: Errors): void {
  if (c.image && c.image.trim() !== c.image) errs.push(invalid(path.child('image'), c.image, 'must not have leading or trailing whitespace'));
}
