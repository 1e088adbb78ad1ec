import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A line of an audit log, as far as it is used. Bodies are never read, even where the log has them. */
export interface AuditEvent {
  readonly verb: string;
  readonly user: string;
  readonly userAgent: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly dryRun: boolean;
  /** Milliseconds since 1970 by the server's clock, to the microsecond. */
  readonly receivedAt: number;
  readonly answeredAt: number;
}

/** Bytes of the log that are read: what was written while a creation was followed. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_EVENTS = 50_000;
const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** The end of an audit log, from where it ends now. */
export class AuditTail {
  private readonly from: number;

  /** Throws where the file cannot be opened. */
  constructor(private readonly path: string) {
    const file = openSync(path, 'r');
    try { this.from = fstatSync(file).size; } finally { closeSync(file); }
  }

  /** The writes logged since, in order of arrival at the server. */
  read(): { readonly events: readonly AuditEvent[]; readonly notice: string } {
    const file = openSync(this.path, 'r');
    try {
      const size = fstatSync(file).size;
      // A log that was rotated begins anew.
      const from = size < this.from ? 0 : this.from;
      const length = Math.min(size - from, MAX_BYTES);
      const buffer = Buffer.alloc(length);
      const read = length === 0 ? 0 : readSync(file, buffer, 0, length, from);
      const events: AuditEvent[] = [];
      for (const line of buffer.toString('utf8', 0, read).split('\n')) {
        if (events.length >= MAX_EVENTS) break;
        const event = eventOf(line);
        if (event) events.push(event);
      }
      return { events: events.sort((a, b) => a.receivedAt - b.receivedAt), notice: size - from > MAX_BYTES || events.length >= MAX_EVENTS ? 'The audit log grew so much that only its first part was read' : '' };
    } finally {
      closeSync(file);
    }
  }
}

interface Raw {
  readonly stage?: string; readonly verb?: string; readonly requestURI?: string; readonly userAgent?: string; readonly user?: { readonly username?: string }; readonly impersonatedUser?: { readonly username?: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly namespace?: string; readonly name?: string; readonly apiGroup?: string; readonly apiVersion?: string };
  readonly responseStatus?: { readonly code?: number; readonly reason?: string; readonly message?: string }; readonly responseObject?: { readonly metadata?: { readonly name?: string } };
  readonly requestReceivedTimestamp?: string; readonly stageTimestamp?: string;
}

function eventOf(line: string): AuditEvent | undefined {
  if (line.trim() === '') return undefined;
  let raw: Raw;
  try { raw = JSON.parse(line) as Raw; } catch { return undefined; }
  const { objectRef, verb = '' } = raw;
  if (!objectRef || !WRITES.has(verb) || raw.stage !== 'ResponseComplete') return undefined;
  return {
    verb, user: raw.impersonatedUser?.username ?? raw.user?.username ?? '', userAgent: raw.userAgent ?? '', group: objectRef.apiGroup ?? '', version: objectRef.apiVersion ?? '', resource: objectRef.resource ?? '', subresource: objectRef.subresource ?? '',
    namespace: objectRef.namespace ?? '', name: objectRef.name || raw.responseObject?.metadata?.name || '', code: raw.responseStatus?.code ?? 0, reason: raw.responseStatus?.reason ?? '', message: raw.responseStatus?.message ?? '', dryRun: /[?&]dryRun=/.test(raw.requestURI ?? ''),
    receivedAt: microseconds(raw.requestReceivedTimestamp), answeredAt: microseconds(raw.stageTimestamp),
  };
}

/** Date.parse keeps three digits; the log has six. */
function microseconds(timestamp: string | undefined): number {
  const whole = Date.parse(timestamp ?? '') || 0;
  const micros = /\.\d{3}(\d{3})/.exec(timestamp ?? '')?.[1];
  return whole + (micros ? Number(micros) / 1000 : 0);
}
