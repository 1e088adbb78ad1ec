import type { HTTPGetAction, Lifecycle, LifecycleHandler, PodOS, Probe } from '../../generated/types';
import { addInvalid, fieldForbidden, invalid, notSupported, required, type Errors, type Path } from '../field';
import { isHTTPHeaderName, isValidPortName, isValidPortNum } from '../formats';
import { validateNonnegative } from '../meta';

/** Probes and lifecycle hooks. `gracePeriod` is the pod's terminationGracePeriodSeconds. */
type Handler = Omit<LifecycleHandler, never> & { readonly grpc?: Probe['grpc'] };

export function validateProbe(probe: Probe, kind: 'liveness' | 'readiness' | 'startup', gracePeriod: number | undefined, path: Path, errs: Errors): void {
  validateHandler({ exec: probe.exec, httpGet: probe.httpGet, tcpSocket: probe.tcpSocket, grpc: probe.grpc }, gracePeriod, path, errs);
  validateNonnegative(probe.initialDelaySeconds, path.child('initialDelaySeconds'), errs);
  validateNonnegative(probe.timeoutSeconds, path.child('timeoutSeconds'), errs);
  validateNonnegative(probe.periodSeconds, path.child('periodSeconds'), errs);
  validateNonnegative(probe.successThreshold, path.child('successThreshold'), errs);
  validateNonnegative(probe.failureThreshold, path.child('failureThreshold'), errs);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) errs.push(invalid(path.child('terminationGracePeriodSeconds'), grace, 'must be greater than 0'));
  if (kind === 'readiness') {
    if (grace !== undefined) errs.push(invalid(path.child('terminationGracePeriodSeconds'), grace, 'must not be set for readinessProbes'));
  } else if ((probe.successThreshold ?? 0) !== 1) {
    errs.push(invalid(path.child('successThreshold'), probe.successThreshold ?? 0, 'must be 1'));
  }
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

function validateHandler(handler: Handler, gracePeriod: number | undefined, path: Path, errs: Errors): void {
  let count = 0;
  for (const kind of HANDLERS) {
    if (handler[kind] === undefined) continue;
    if (count++ > 0) errs.push(fieldForbidden(path.child(kind), 'may not specify more than 1 handler type'));
    else validateAction(handler, kind, gracePeriod, path.child(kind), errs);
  }
  if (count === 0) errs.push(required(path, 'must specify a handler type'));
}

function validateAction(handler: Handler, kind: (typeof HANDLERS)[number], gracePeriod: number | undefined, path: Path, errs: Errors): void {
  if (kind === 'exec') { if (!handler.exec?.command?.length) errs.push(required(path.child('command'), '')); }
  else if (kind === 'httpGet') { if (handler.httpGet) validateHTTPGet(handler.httpGet, path, errs); }
  else if (kind === 'sleep') {
    const seconds = handler.sleep?.seconds ?? 0;
    if (gracePeriod !== undefined && (seconds < 0 || seconds > gracePeriod)) {
      errs.push(invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`));
    }
  } else {
    validatePortNumOrName((kind === 'grpc' ? handler.grpc?.port : handler.tcpSocket?.port) ?? 0, path.child('port'), errs);
  }
}

const SCHEMES = ['HTTP', 'HTTPS'];

function validateHTTPGet(http: HTTPGetAction, path: Path, errs: Errors): void {
  if (!http.path) errs.push(required(path.child('path'), ''));
  validatePortNumOrName(http.port ?? 0, path.child('port'), errs);
  if (!SCHEMES.includes(http.scheme ?? '')) errs.push(notSupported(path.child('scheme'), http.scheme ?? '', SCHEMES));
  http.httpHeaders?.forEach((header) => { addInvalid(errs, path.child('httpHeaders'), header.name ?? '', isHTTPHeaderName(header.name ?? '')); });
}

export function validatePortNumOrName(port: number | string, path: Path, errs: Errors): void {
  addInvalid(errs, path, port, typeof port === 'number' ? isValidPortNum(port) : isValidPortName(port));
}

export function validateLifecycle(lifecycle: Lifecycle, os: PodOS | undefined, gracePeriod: number | undefined, path: Path, errs: Errors): void {
  if (lifecycle.postStart) validateHandler(lifecycle.postStart, gracePeriod, path.child('postStart'), errs);
  if (lifecycle.preStop) validateHandler(lifecycle.preStop, gracePeriod, path.child('preStop'), errs);
  if (lifecycle.stopSignal !== undefined) validateStopSignal(lifecycle.stopSignal, os, path.child('stopSignal'), errs);
}

const range = (n: number, make: (i: number) => string): readonly string[] => Array.from({ length: n }, (_, i) => make(i + 1));
const SIGNALS = [
  'ABRT', 'ALRM', 'BUS', 'CHLD', 'CLD', 'CONT', 'FPE', 'HUP', 'ILL', 'INT', 'IO', 'IOT', 'KILL', 'PIPE', 'POLL', 'PROF', 'PWR', 'QUIT', 'SEGV', 'STKFLT', 'STOP', 'SYS', 'TERM', 'TRAP', 'TSTP', 'TTIN',
  'TTOU', 'URG', 'USR1', 'USR2', 'VTALRM', 'WINCH', 'XCPU', 'XFSZ', 'RTMIN', 'RTMAX', ...range(15, (i) => `RTMIN+${i}`), ...range(14, (i) => `RTMAX-${i}`),
].map((s) => `SIG${s}`).sort();
const WINDOWS_SIGNALS = ['SIGKILL', 'SIGTERM'];

function validateStopSignal(signal: string, os: PodOS | undefined, path: Path, errs: Errors): void {
  if (!os) { errs.push(fieldForbidden(path, 'may not be set for containers with empty `spec.os.name`')); return; }
  const supported = os.name === 'windows' ? WINDOWS_SIGNALS : os.name === 'linux' ? SIGNALS : undefined;
  if (supported && !supported.includes(signal)) errs.push(notSupported(path, signal, supported));
}
