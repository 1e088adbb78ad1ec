import type { IncomingMessage } from 'node:http';
import { forbidden, isStatus, type Status } from '../engine/api/status';
import type { Credentials, Sender, UserInfo } from '../engine/apiserver/request';
import type { KubeApiServer } from '../engine/apiserver/server';

/** Who sends a request, and in whose name. */
export function senderOf(request: IncomingMessage, api: KubeApiServer): Sender | Status {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
  const credentials: Credentials = bearer === undefined ? { type: 'anonymous' } : { type: 'token', token: bearer };
  const userAgent = request.headers['user-agent'] ?? '';
  const user = api.authenticator.authenticate(credentials);
  const impersonated = header(request, 'impersonate-user');
  if (isStatus(user) || impersonated === undefined) return { actor: 'kubectl', credentials, userAgent };
  const groups = request.headersDistinct['impersonate-group'] ?? [];
  return refusedImpersonation(api, user as UserInfo, impersonated, groups)
    ?? { actor: 'kubectl', credentials: { type: 'certificate', user: impersonatedUser(impersonated, groups, header(request, 'impersonate-uid')) }, userAgent, impersonator: user as UserInfo };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** Impersonation is a verb on users, service accounts and groups. */
function refusedImpersonation(api: KubeApiServer, user: UserInfo, username: string, groups: readonly string[]): Status | undefined {
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? [];
  const asked = [
    namespace !== undefined && account !== undefined ? { resource: 'serviceaccounts', namespace, name: account } : { resource: 'users', namespace: '', name: username },
    ...groups.map((name) => ({ resource: 'groups', namespace: '', name })),
  ];
  for (const { resource, namespace: at, name } of asked) {
    const reason = api.denialOf(user, { verb: 'impersonate', group: '', resource, subresource: '', namespace: at, name });
    if (reason !== undefined) return forbidden({ group: '', resource }, name, reason);
  }
  return undefined;
}

/** Service accounts are in their groups by their name; everybody but the anonymous user is authenticated. */
function impersonatedUser(username: string, groups: readonly string[], uid: string | undefined): UserInfo {
  const account = /^system:serviceaccount:([^:]+):/.exec(username);
  const own = account && groups.length === 0 ? ['system:serviceaccounts', `system:serviceaccounts:${account[1] ?? ''}`] : [];
  const everybody = username === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  return { username, ...(uid ? { uid } : {}), groups: [...groups, ...own, ...(groups.includes(everybody) ? [] : [everybody])] };
}
