import type { KubernetesObject } from '../../api/object';
import { isStatus, notFound } from '../../api/status';
import { Path, invalid, invalidStatus } from '../../api/validation/field';
import type { Process } from '../../simulation/process';
import { refusal, refuse, type Answer, type RequestContext } from '../context';
import { admitted, refusedByAdmission } from './admission';
import { bodyOf } from './body';

const TOKEN_REQUEST = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' };
const MAX_SECONDS = 2 ** 32;
const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;

/** POST serviceaccounts/NAME/token: a token with which to authenticate as the account. Tokens live as long as the world. */
export function* createToken(context: RequestContext): Process<Answer> {
  const { storage, namespace, name, server } = context;
  const account = storage.current(namespace, name);
  if (!account) return refuse(context, 'storage', notFound(storage.definition, name));
  const read = bodyOf(context, TOKEN_REQUEST);
  if (isStatus(read)) return refuse(context, 'decoding', read);
  const object = admitted(context, read as KubernetesObject);
  if (isStatus(object)) return refusal(object);
  const refused = yield* refusedByAdmission(context, object as KubernetesObject);
  if (refused) return refusal(refused);
  const body = object as KubernetesObject & { readonly spec?: { readonly expirationSeconds?: number; readonly audiences?: readonly string[] } };
  const seconds = body.spec?.expirationSeconds ?? DEFAULT_SECONDS;
  const path = Path.of('spec', 'expirationSeconds');
  if (seconds < MIN_SECONDS) return refuse(context, 'validation', invalidStatus(TOKEN_REQUEST, name, [invalid(path, seconds, 'may not specify a duration less than 10 minutes')]));
  if (seconds > MAX_SECONDS) return refuse(context, 'validation', invalidStatus(TOKEN_REQUEST, name, [invalid(path, seconds, 'may not specify a duration larger than 2^32 seconds')]));
  const token = server.issueToken({
    username: `system:serviceaccount:${namespace}:${name}`, uid: account.metadata.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  });
  const expirationTimestamp = new Date(server.simulation.wallMilliseconds() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const answer = {
    apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: { name, namespace, creationTimestamp: server.simulation.timestamp() },
    spec: { audiences: body.spec?.audiences?.length ? body.spec.audiences : ['https://kubernetes.default.svc.cluster.local'], expirationSeconds: seconds, boundObjectRef: null },
    status: { token, expirationTimestamp },
  };
  return { code: 201, object: answer as unknown as KubernetesObject };
}
