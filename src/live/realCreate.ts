import { randomUUID } from 'node:crypto';
import { typeOf, type Api, type Resource } from './api';
import { confirmPlan, type Confirmation } from './confirmation';
import { wordsOf, type Sendable, type Unsendable } from './documents';
import { asLiveError } from './errors';
import { Follower } from './follow';
import type { ContextInfo, CreatePlan, LiveLimits } from './protocol';
import { withoutSecrets } from './redact';
import { AuditTail, type AuditEvent } from './trace/auditLog';
import type { Sent } from './trace/observation';
import { liveRecord, outcomeOf } from './trace/record';
import type { RunRecord } from '../diagram/record';
import type { DocumentOutcome } from '../engine/kubectl/create';
import type { FileText } from '../worker/protocol';

/** What was shown to a person, kept until it is confirmed. */
export interface Planned {
  readonly shown: CreatePlan;
  readonly files: readonly FileText[];
  readonly sendable: readonly Sendable[];
  readonly refused: readonly Unsendable[];
}

export function planOf(context: ContextInfo, files: readonly FileText[], sendable: readonly Sendable[], refused: readonly Unsendable[]): Planned {
  const shown: CreatePlan = {
    plan: randomUUID(), context: context.name, cluster: context.cluster, server: context.server, user: context.user, namespaces: [...new Set(sendable.map((s) => s.namespace).filter((n) => n !== ''))], objects: sendable.map(wordsOf),
    refused: refused.map((r) => `${r.document.kind || 'document'} ${r.document.name}: ${r.message}`),
  };
  return { shown, files, sendable, refused };
}

/** The confirmation of exactly this plan. To be called when a person has given it. */
export function confirmed({ sendable }: Planned, api: Api): Confirmation { return confirmPlan(api.server, sendable.map(({ path, name }) => ({ path, name }))); }

export interface CreateResult { readonly record: RunRecord; readonly notices: readonly string[]; readonly how: 'rest' | 'time' | 'stopped' }

/** Creates for real, follows what comes of it, and tells it as a record. A stop ends the following, not what was created. */
export async function createForReal(api: Api, planned: Planned, confirmation: Confirmation, options: { readonly title: string; readonly user: string; readonly limits: LiveLimits; readonly auditLog: string; readonly signal: AbortSignal; readonly progress: (text: string) => void }): Promise<CreateResult> {
  const { limits, progress, signal } = options;
  const follower = new Follower(api, limits);
  const notices: string[] = [];
  const audit = openAudit(options.auditLog, notices);
  const sent: Sent[] = [];
  const outcomes: DocumentOutcome[] = planned.refused.map((r) => ({ file: r.document.file, index: r.document.index, apiVersion: r.document.apiVersion, kind: r.document.kind, namespace: r.document.namespace, name: r.document.name, code: r.code, reason: r.reason, message: r.message, warnings: [], request: 0 }));
  try {
    progress('Beginning to watch');
    const namespaces = [...new Set(planned.sendable.map((s) => s.namespace).filter((n) => n !== ''))];
    await follower.start(namespaces, kindsOf(planned.sendable), signal);
    for (const one of planned.sendable) {
      if (signal.aborted) { notices.push(`Stopped before ${wordsOf(one)} was created`); break; }
      progress(`Creating ${wordsOf(one)}`);
      const result = await send(api, one, confirmation);
      sent.push(result.sent);
      outcomes.push(result.outcome);
      follower.own(result.sent);
    }
    const how = await follower.untilRest(progress, signal);
    for (const s of sent.filter((x) => x.code < 300)) sent.push(...await read(api, s));
    const seen = { sent, observations: follower.related(), ...readAudit(audit, notices), user: options.user };
    const record = liveRecord(seen, { title: options.title, how, documents: outcomes.sort((a, b) => a.index - b.index) });
    return { record, notices: [...notices, ...follower.notices], how };
  } finally {
    follower.end();
  }
}

function kindsOf(sendable: readonly Sendable[]): readonly Resource[] { return [...new Map(sendable.filter((s) => s.resource.resource !== 'secrets').map((s) => [typeOf(s.resource), s.resource])).values()]; }

async function send(api: Api, one: Sendable, confirmation: Confirmation): Promise<{ readonly sent: Sent; readonly outcome: DocumentOutcome }> {
  const { resource, namespace, name, body, document } = one;
  const sentAt = Date.now();
  try {
    const answer = await api.create(resource, namespace, body, { confirmation });
    const clean = withoutSecrets(answer.body);
    const sent: Sent = { verb: 'create', resource, namespace, name, body: withoutSecrets(body), sentAt, answeredAt: Date.now(), code: answer.code, answer: clean, warnings: [...one.warnings, ...answer.warnings] };
    return { sent, outcome: outcomeOf(document, { namespace, name, display: resource.group ? `${resource.kind.toLowerCase()}.${resource.group}` : resource.kind.toLowerCase() }, { code: answer.code, body: clean, warnings: sent.warnings }) };
  } catch (thrown) {
    const error = asLiveError(thrown);
    if (error.kind === 'guard') throw error;
    // Whether it was created cannot be known then, and that is what is said.
    const message = `${error.message}. Whether it was created is not known: look before you try again`;
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 0 };
    const sent: Sent = { verb: 'create', resource, namespace, name, body: withoutSecrets(body), sentAt, answeredAt: Date.now(), code: 599, answer: status, warnings: [] };
    return { sent, outcome: outcomeOf(document, { namespace, name, display: resource.kind }, { code: 599, body: status, warnings: [] }) };
  }
}

/** What kubectl get shows in the end. */
async function read(api: Api, { resource, namespace, name, answer }: Sent): Promise<readonly Sent[]> {
  const sentAt = Date.now();
  const of = (answer as { readonly metadata?: { readonly name?: string } }).metadata?.name ?? name;
  try {
    const object = await api.get(resource, namespace, of);
    if (!object) return [];
    return [{ verb: 'get', resource, namespace, name: of, body: undefined, sentAt, answeredAt: Date.now(), code: 200, answer: withoutSecrets(object), warnings: [] }];
  } catch {
    // Not to be allowed to read what one may create is no reason to show nothing of it.
    return [];
  }
}

function openAudit(path: string, notices: string[]): AuditTail | undefined {
  if (path === '') return undefined;
  try { return new AuditTail(path); } catch (thrown) {
    notices.push(`The audit log cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return undefined;
  }
}

function readAudit(audit: AuditTail | undefined, notices: string[]): { readonly audit: readonly AuditEvent[]; readonly hasAudit: boolean } {
  if (!audit) return { audit: [], hasAudit: false };
  try {
    const { events, notice } = audit.read();
    if (notice) notices.push(notice);
    return { audit: events, hasAudit: true };
  } catch (thrown) {
    notices.push(`The audit log cannot be read any more: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return { audit: [], hasAudit: false };
  }
}
