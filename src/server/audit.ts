import { closeSync, openSync, writeSync } from 'node:fs';
import { isStatus } from '../engine/api/status';
import type { AuditRecord } from '../engine/apiserver/server';
import type { ResourcePath } from './paths';

/** Writes an audit.k8s.io/v1 Event a line for every request of every component, as kube-apiserver's log backend does. */
export class AuditLog {
  private readonly file: number;
  private sequence = 0;

  constructor(path: string, private readonly epoch: number) { this.file = openSync(path, 'a', 0o600); }

  write(record: AuditRecord): void {
    const { message, request, user } = record;
    const body = record.object;
    const responseObject = isStatus(body) || record.request.verb === 'list' || record.request.verb === 'watch' ? undefined : body;
    const name = request.name || (!isStatus(body) && request.verb === 'create' ? '' : request.name ?? '');
    const event = {
      kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Metadata', auditID: auditId(++this.sequence), stage: 'ResponseComplete', requestURI: uriOf({
        group: request.group, version: request.version, namespace: request.namespace ?? '', resource: request.resource, name: request.name ?? '', subresource: request.subresource ?? '',
      }),
      verb: request.verb, user: { username: user.username, ...(user.uid ? { uid: user.uid } : {}), groups: user.groups, ...(user.extra ? { extra: user.extra } : {}) }, sourceIPs: ['127.0.0.1'], userAgent: record.sender.userAgent,
      objectRef: {
        resource: request.resource, ...(request.namespace ? { namespace: request.namespace } : {}), ...(name ? { name } : {}), ...(request.group ? { apiGroup: request.group } : {}), apiVersion: request.version,
        ...(request.subresource ? { subresource: request.subresource } : {}),
      },
      responseStatus: { metadata: {}, ...(isStatus(body) && body.status === 'Failure' ? { status: 'Failure', message: body.message, reason: body.reason } : {}), code: record.code },
      ...(responseObject ? { responseObject: { metadata: { name: responseObject.metadata?.name, namespace: responseObject.metadata?.namespace } } } : {}),
      requestReceivedTimestamp: this.time(record.receivedAt), stageTimestamp: this.time(record.answeredAt),
      annotations: { 'authorization.k8s.io/decision': message.code === 403 ? 'forbid' : 'allow', 'authorization.k8s.io/reason': '' },
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

function uriOf(path: ResourcePath): string {
  const root = path.group ? `/apis/${path.group}/${path.version}` : `/api/${path.version}`;
  return `${root}${path.namespace ? `/namespaces/${path.namespace}` : ''}/${path.resource}${path.name ? `/${path.name}` : ''}${path.subresource ? `/${path.subresource}` : ''}`;
}

const auditId = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
