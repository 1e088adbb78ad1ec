import type { ObjectMeta } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { alreadyExists, failure, isStatus, qualified, type Status } from '../../api/status';
import { generateName } from '../../api/strategy/generate-name';
import { invalidStatus } from '../../api/validation/field';
import type { Process } from '../../simulation/process';
import { attributesOf, pass, refusal, refuse, strategyContext, type Answer, type RequestContext } from '../context';
import { refusedEscalation } from './escalation';
import { createdInAnotherVersion } from '../versions';
import { inNamespace, refusedNamespace } from './names';

/** How often a generated name that is taken is drawn again. */
const NAME_ATTEMPTS = 8;

/** POST of an object: decoding, defaulting, admission, validation, storage. */
export function* create(context: RequestContext): Process<Answer> {
  const decoded = decodeForCreate(context);
  if (isStatus(decoded)) return refuse(context, 'decoding', decoded);
  for (let attempt = 1; ; attempt++) {
    const answer = yield* admitAndStore(context, decoded);
    const taken = isStatus(answer.object) && answer.object.reason === 'AlreadyExists';
    if (!taken || !decoded.metadata.generateName || decoded.metadata.name) return answer;
    if (attempt === NAME_ATTEMPTS) return refusal(exhausted(context, decoded.metadata.generateName));
  }
}

/** The decoded body with its namespace settled and its defaults filled in. */
function decodeForCreate(context: RequestContext): KubernetesObject | Status {
  const { server, storage, namespace, request } = context;
  const decoded = server.kinds.decode(context.definition, request);
  if (isStatus(decoded)) return decoded;
  context.warnings.push(...decoded.warnings);
  const misplaced = refusedNamespace(context, decoded.object);
  if (misplaced) return misplaced;
  pass(context, 'decoding');
  const complete = inNamespace(createdInAnotherVersion(context.definition, decoded.object), namespace);
  const defaulted = server.kinds.defaults(storage.definition, complete);
  context.stages.push({ name: 'defaulting', verdict: defaulted === complete ? 'passed' : 'changed' });
  return defaulted;
}

function* admitAndStore(context: RequestContext, decoded: KubernetesObject): Process<Answer> {
  const { server, storage } = context;
  const environment = server.environment(context.warnings);
  const tracked = server.fields.track(context, undefined, decoded);
  const admitted = server.admission.admit({ ...attributesOf(context, 'CREATE', tracked, undefined), object: tracked }, environment, context.stages);
  if (isStatus(admitted)) return refusal(admitted);
  const escalating = refusedEscalation(context, admitted, undefined);
  if (escalating) return refusal(escalating);
  const { object: prepared, errors: unallocated, release } = server.kinds.prepareForCreate(storage.definition, { ...admitted, metadata: systemMetadata(context, admitted.metadata) }, strategyContext(context));
  try {
    const errors = unallocated.length > 0 ? unallocated : server.kinds.validateCreate(storage.definition, prepared, context.definition);
    if (errors.length > 0) return refuse(context, 'validation', invalidStatus(storage.definition, prepared.metadata.name, errors));
    pass(context, 'validation');
    context.warnings.push(...server.kinds.warnings(storage.definition, prepared, undefined));
    const denied = yield* server.admission.validate(attributesOf(context, 'CREATE', prepared, undefined), environment, context.stages);
    if (denied) return refusal(denied);
    return yield* store(context, prepared, admitted.metadata.resourceVersion ?? '');
  } finally {
    release?.();
  }
}

/** `givenVersion`: the resourceVersion that the client sent. */
function* store(context: RequestContext, prepared: KubernetesObject, givenVersion: string): Process<Answer> {
  const { storage } = context;
  const { namespace = '', name } = prepared.metadata;
  if (context.options.dryRun) {
    if (storage.current(namespace, name)) return refuse(context, 'storage', alreadyExists(storage.definition, name));
    return { code: 201, object: prepared };
  }
  // The object as `kubectl get -o yaml` prints it; a dry run does not come this far, as in Kubernetes.
  if (/^\d+$/.test(givenVersion) && BigInt(givenVersion) !== 0n) return refuse(context, 'storage', failure(500, '', 'resourceVersion should not be set on objects to be created'));
  const stored = yield* storage.create(prepared);
  if (isStatus(stored)) return refuse(context, 'storage', stored);
  pass(context, 'storage', `revision ${stored.revision}`);
  return { code: 201, object: stored.object, revision: stored.revision };
}

/** rest.FillObjectMetaSystemFields and name generation: nobody else says these. */
function systemMetadata(context: RequestContext, metadata: ObjectMeta): ObjectMeta {
  const { simulation } = context.server;
  const { resourceVersion: _, selfLink: __, deletionTimestamp: ___, deletionGracePeriodSeconds: ____, ...rest } = metadata;
  const name = metadata.name || (metadata.generateName ? generateName(metadata.generateName, simulation.random) : '');
  return { ...rest, name, uid: simulation.random.uuid(), creationTimestamp: simulation.timestamp() } as ObjectMeta;
}

function exhausted(context: RequestContext, base: string): Status {
  const { group, resource } = context.storage.definition;
  return failure(409, 'AlreadyExists', `${qualified(group, resource)} "${base}" already exists, the server was not able to generate a unique name for the object`, { name: base, ...(group ? { group } : {}), kind: resource });
}
