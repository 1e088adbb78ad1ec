import { closeSync, openSync, writeSync } from 'node:fs';
import { UnusableError } from '../cli/arguments';
import { isStatus } from '../engine/api/status';
import type { UserInfo } from '../engine/apiserver/request';
import type { AuditRecord } from '../engine/apiserver/server';

/** Opens the log for appending, readable by its owner alone. */
export function openAuditLog(path: string, epoch: number): AuditLog {
  try { return new AuditLog(path, epoch); } catch (thrown) { throw new UnusableError(`cannot write the audit log: ${thrown instanceof Error ? thrown.message : String(thrown)}`); }
}

/** Writes an audit.k8s.io/v1 Event a line for every request of every component, as kube-apiserver's log backend does at level Metadata. */
export class AuditLog {
  private readonly file: number;
  private sequence = 0;

  constructor(path: string, private readonly epoch: number) { this.file = openSync(path, 'a', 0o600); }

  write(record: AuditRecord): void {
    const { request, user, sender, object: body } = record;
    const failed = isStatus(body) && body.status === 'Failure';
    const status = failed ? { metadata: {}, status: 'Failure', message: body.message, reason: body.reason, ...(body.details ? { details: body.details } : {}), code: record.code } : { metadata: {}, code: record.code };
    const real = sender.impersonator;
    const event = {
      kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Metadata', auditID: auditId(++this.sequence), stage: request.verb === 'watch' && !failed ? 'ResponseStarted' : 'ResponseComplete', requestURI: uriOf(record),
      verb: request.verb, user: userOf(real ?? user), ...(real ? { impersonatedUser: userOf(user) } : {}), sourceIPs: ['127.0.0.1'], userAgent: sender.userAgent,
      objectRef: {
        resource: request.resource, ...(request.namespace ? { namespace: request.namespace } : {}), ...(nameOf(record) ? { name: nameOf(record) } : {}), ...(request.group ? { apiGroup: request.group } : {}),
        apiVersion: request.version, ...(request.subresource ? { subresource: request.subresource } : {}),
      },
      responseStatus: status, ...responseObjectOf(record), requestReceivedTimestamp: this.time(record.receivedAt), stageTimestamp: this.time(record.answeredAt), annotations: annotationsOf(record),
    };
    writeSync(this.file, `${JSON.stringify(event)}\n`);
  }

  close(): void { closeSync(this.file); }

  /** RFC 3339 with microseconds. */
  private time(at: number): string {
    const milliseconds = this.epoch + at;
    const micros = Math.floor((milliseconds % 1) * 1000);
    return new Date(milliseconds).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
  }
}

const userOf = (user: UserInfo): object => ({ username: user.username, ...(user.uid ? { uid: user.uid } : {}), groups: user.groups, ...(user.extra ? { extra: user.extra } : {}) });

/** The name in the path; of a create, the one in the body that was sent. */
function nameOf({ request }: AuditRecord): string {
  if (request.name || request.verb !== 'create') return request.name ?? '';
  const sent = (request.body as { readonly metadata?: { readonly name?: unknown } } | undefined)?.metadata?.name;
  return typeof sent === 'string' ? sent : '';
}

/** A generated name is told by the answer alone: level Metadata leaves it out, but nobody could say then what was created. */
function responseObjectOf({ request, object }: AuditRecord): object {
  if (request.verb !== 'create' || isStatus(object) || !('metadata' in object)) return {};
  return { responseObject: { kind: object.kind, apiVersion: object.apiVersion, metadata: { name: object.metadata?.name, namespace: object.metadata?.namespace } } };
}

function annotationsOf({ message }: AuditRecord): object {
  const verdict = message.stages.find((s) => s.name === 'authorization');
  const noted = Object.assign({}, ...message.stages.map((s) => s.annotations)) as object;
  if (verdict === undefined) return noted;
  const reason = verdict.verdict === 'passed' && verdict.detail?.startsWith('RBAC') ? verdict.detail : '';
  return { ...noted, 'authorization.k8s.io/decision': verdict.verdict === 'refused' ? 'forbid' : 'allow', 'authorization.k8s.io/reason': reason };
}

function uriOf({ request }: AuditRecord): string {
  const { group, version, namespace, resource, name, subresource, options, verb } = request;
  const root = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const path = `${root}${namespace ? `/namespaces/${namespace}` : ''}/${resource}${name ? `/${name}` : ''}${subresource ? `/${subresource}` : ''}`;
  const query = new URLSearchParams();
  const set = (key: string, value: string | number | boolean | undefined): void => { if (value !== undefined && value !== '' && value !== false) query.set(key, String(value)); };
  set('allowWatchBookmarks', options?.allowWatchBookmarks);
  set('continue', options?.continueToken);
  set('dryRun', options?.dryRun ? 'All' : undefined);
  set('fieldManager', options?.fieldManager);
  set('fieldSelector', options?.fieldSelector);
  set('fieldValidation', options?.fieldValidation);
  set('force', options?.force);
  set('labelSelector', options?.labelSelector);
  set('limit', options?.limit);
  set('resourceVersion', options?.resourceVersion);
  set('timeoutSeconds', options?.timeoutSeconds);
  set('watch', verb === 'watch');
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

const auditId = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
