import type { KubernetesObject } from '../../api/object';
import { notFound } from '../../api/status';
import type { Process } from '../../simulation/process';
import { refuse, type Answer, type RequestContext } from '../context';

const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;

/** POST serviceaccounts/NAME/token: a token with which to authenticate as the account. Tokens live as long as the world. */
export function* createToken(context: RequestContext): Process<Answer> {
  const { storage, namespace, name, server } = context;
  const account = storage.current(namespace, name);
  if (!account) return refuse(context, 'storage', notFound(storage.definition, name));
  const body = (context.request.body ?? {}) as KubernetesObject & { readonly spec?: { readonly expirationSeconds?: number; readonly audiences?: readonly string[] } };
  const seconds = Math.max(MIN_SECONDS, body.spec?.expirationSeconds ?? DEFAULT_SECONDS);
  const token = server.issueToken({
    username: `system:serviceaccount:${namespace}:${name}`, uid: account.metadata.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  });
  const expirationTimestamp = new Date(server.simulation.wallMilliseconds() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const answer = {
    apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: { name, namespace, creationTimestamp: server.simulation.timestamp() },
    spec: { audiences: body.spec?.audiences ?? ['https://kubernetes.default.svc.cluster.local'], expirationSeconds: seconds, boundObjectRef: null },
    status: { token, expirationTimestamp },
  };
  return { code: 201, object: answer as unknown as KubernetesObject };
}
