import { unauthorized, type Status } from '../api/status';
import type { Credentials, UserInfo } from './request';

const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Recognises who asks: client certificates, static tokens and service-account tokens. */
export class Authenticator {
  private readonly tokens = new Map<string, UserInfo>();

  /** @param allowAnonymous as --anonymous-auth: without credentials a request is system:anonymous rather than refused. */
  constructor(private readonly allowAnonymous = true) {}

  /** Makes a token valid, as a line of --token-auth-file or a token request does. */
  addToken(token: string, user: UserInfo): void { this.tokens.set(token, user); }

  authenticate(credentials: Credentials): UserInfo | Status {
    switch (credentials.type) {
      case 'certificate': return withAuthenticatedGroup(credentials.user);
      case 'token': {
        const user = this.tokens.get(credentials.token);
        return user ? withAuthenticatedGroup(user) : unauthorized();
      }
      case 'anonymous': return this.allowAnonymous ? ANONYMOUS : unauthorized();
    }
  }
}

const extended = new WeakMap<UserInfo, UserInfo>();

/** Everybody recognised is in system:authenticated. */
function withAuthenticatedGroup(user: UserInfo): UserInfo {
  if (user.groups.includes('system:authenticated') || user.groups.includes('system:unauthenticated')) return user;
  let full = extended.get(user);
  if (full === undefined) extended.set(user, full = { ...user, groups: [...user.groups, 'system:authenticated'] });
  return full;
}
