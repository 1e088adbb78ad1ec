import type { PersistentVolumeClaim, Pod, ResourceQuota } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { evaluatorFor } from '../../api/quota/evaluators';
import { isTerminating } from '../../api/quota/scopes';
import { isStatus, type Status } from '../../api/status';
import { semanticEqual } from '../../api/validation/equal';
import { Future, type Process } from '../../simulation/process';
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './plugin';
import { charge, type Charged } from './quotaCharge';

/** What quotas have never counted. */
const IGNORED = new Set(['/events', 'events.k8s.io/events', '/bindings']);
/** How often a charge is tried again when others write the quota's status meanwhile. */
const RETRIES = 3;

/** A request that waits for its charge; the answer is undefined when it may go on, or the request's turn to work for all that wait. */
interface Waiter {
  readonly attributes: AdmissionAttributes;
  readonly answer: Future<Status | 'lead' | undefined>;
}

/** The requests of one namespace that wait while another one's charge is being written. */
interface Line { readonly waiting: Waiter[]; busy: boolean }

/**
 * ResourceQuota: charges what is created to the quotas of its namespace, and refuses what does not fit. As in Kubernetes
 * the requests of a namespace that wait are charged together with one write.
 */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  handles: (attributes) => attributes.definition.namespaced && !IGNORED.has(`${attributes.definition.group}/${attributes.definition.resource}`) && mayUse(attributes),
  *charge(attributes, environment) {
    const line = lineOf(attributes.namespace, environment);
    if (line.waiting.length === 0 && !line.busy && quotasOf(attributes.namespace, environment).length === 0) return undefined;
    const me: Waiter = { attributes, answer: new Future() };
    line.waiting.push(me);
    if (line.busy) {
      const answer = yield* me.answer.wait();
      if (answer !== 'lead') return answer;
    }
    return yield* lead(line, me, environment);
  },
};

/** Works for everybody who waits, then hands the work to the first of those who came meanwhile. */
function* lead(line: Line, me: Waiter, environment: AdmissionEnvironment): Process<Status | undefined> {
  line.busy = true;
  const batch = line.waiting.splice(0);
  try {
    const answers = yield* chargeAll(batch.map((w) => w.attributes), environment);
    batch.forEach((waiter, i) => { if (waiter !== me) waiter.answer.resolve(answers[i]); });
    return answers[batch.indexOf(me)];
  } finally {
    line.busy = false;
    const next = line.waiting[0];
    if (next) { line.busy = true; next.answer.resolve('lead'); }
  }
}

type Answers = (Status | undefined)[];

/** quotaEvaluator.checkQuotas: each request in turn against what the ones before it left, then one write a quota. */
function* chargeAll(requests: readonly AdmissionAttributes[], environment: AdmissionEnvironment): Process<Answers> {
  const answers: Answers = requests.map(() => undefined);
  const { namespace } = requests[0] as AdmissionAttributes;
  const now = Date.parse(environment.timestamp());
  let open = requests.map((_, i) => i);
  let original = quotasOf(namespace, environment);
  for (let attempt = 0; ; attempt++) {
    let running: Charged = original;
    const charged: number[] = [];
    for (const i of open) {
      const request = requests[i] as AdmissionAttributes;
      const after = charge(running, request, evaluatorFor(request.definition.group, request.definition.resource), now);
      if (isStatus(after)) { answers[i] = after; continue; }
      if (request.dryRun) continue;
      if ((after as Charged).some((quota, k) => quota !== running[k])) charged.push(i);
      running = after as Charged;
    }
    const failed = yield* writeAll(original, running, environment);
    if (failed.quotas.size === 0) return answers;
    if (attempt === RETRIES) {
      for (const i of charged) answers[i] = failed.last;
      return answers;
    }
    open = charged;
    original = quotasOf(namespace, environment).filter((quota) => failed.quotas.has(quota.metadata.name));
  }
}

interface Failures { readonly quotas: ReadonlySet<string>; readonly last: Status | undefined }

function* writeAll(original: Charged, running: Charged, environment: AdmissionEnvironment): Process<Failures> {
  const quotas = new Set<string>();
  let last: Status | undefined;
  for (const [k, quota] of running.entries()) {
    if (quota === original[k]) continue;
    const written = yield* environment.updateStatus('', 'resourcequotas', quota as unknown as KubernetesObject);
    if (!isStatus(written)) continue;
    quotas.add(quota.metadata.name);
    last = written as Status;
  }
  return { quotas, last };
}

/** By name, so that the first to refuse is always the same. */
function quotasOf(namespace: string, environment: AdmissionEnvironment): readonly ResourceQuota[] {
  return ([...environment.list('', 'resourcequotas', namespace)] as unknown as ResourceQuota[]).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function lineOf(namespace: string, environment: AdmissionEnvironment): Line {
  const lines = environment.shared('ResourceQuota', () => new Map<string, Line>());
  let line = lines.get(namespace);
  if (line === undefined) lines.set(namespace, line = { waiting: [], busy: false });
  return line;
}

/** The evaluators' Handles: what can change the usage of each kind. */
function mayUse({ definition, operation, subresource, object, oldObject }: AdmissionAttributes): boolean {
  if (operation !== 'CREATE' && operation !== 'UPDATE') return false;
  switch (`${definition.group}/${definition.resource}`) {
    case '/pods': return subresource === 'resize' ? operation === 'UPDATE' : subresource === '' && (operation === 'CREATE' || isTerminating(object as unknown as Pod) !== isTerminating(oldObject as unknown as Pod));
    case '/persistentvolumeclaims': return subresource === '' || (subresource === 'status' && operation === 'UPDATE' && claimGrew(object as unknown as PersistentVolumeClaim, oldObject as unknown as PersistentVolumeClaim));
    case '/services': case 'resource.k8s.io/resourceclaims': return subresource === '';
    default: return operation === 'CREATE' && subresource === '';
  }
}

/** core.RequiresQuotaReplenish */
function claimGrew({ status, spec }: PersistentVolumeClaim, { status: old, spec: oldSpec }: PersistentVolumeClaim): boolean {
  return status?.allocatedResources?.['storage'] !== old?.allocatedResources?.['storage'] || spec.volumeAttributesClassName !== oldSpec.volumeAttributesClassName
    || status?.currentVolumeAttributesClassName !== old?.currentVolumeAttributesClassName || !semanticEqual(status?.modifyVolumeStatus, old?.modifyVolumeStatus);
}
