import type { ServerResponse } from 'node:http';
import { stringify } from 'yaml';
import { isStatus } from '../engine/api/status';

/** How an answer is written. */
export type Encoding = 'json' | 'yaml';

const MAX_WARNINGS = 4 * 1024;
const MAX_WARNING = 256;

/** Answers with an object. */
export function send(response: ServerResponse, code: number, body: object, type = 'application/json', encoding: Encoding = 'json'): void {
  if (response.destroyed || response.headersSent) return;
  const headers: { [name: string]: string } = { 'Content-Type': encoding === 'yaml' ? 'application/yaml' : type, 'Cache-Control': 'no-cache, private', 'X-Content-Type-Options': 'nosniff' };
  if (code === 413) headers['Connection'] = 'close';
  const retry = isStatus(body) ? body.details?.retryAfterSeconds : undefined;
  if (retry) headers['Retry-After'] = String(retry);
  if (code === 401) headers['Www-Authenticate'] = 'Bearer realm="kubernetes-master"';
  response.writeHead(code, headers);
  response.end(encoding === 'yaml' ? stringify(JSON.parse(JSON.stringify(body)), { version: '1.1' }) : `${JSON.stringify(body)}\n`);
}

/** Answers with plain text, as what is no API does. */
export function sendText(response: ServerResponse, code: number, text: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-cache, private' });
  response.end(text);
}

/** Warnings as headers: RFC 7234 with code 299, each once, shortened where they are too many for a header. */
export function addWarnings(response: ServerResponse, warnings: readonly string[]): void {
  if (response.headersSent) return;
  const distinct = [...new Set(warnings)].filter((w) => w !== '');
  const crowded = distinct.reduce((sum, w) => sum + w.length, 0) > MAX_WARNINGS;
  let left = MAX_WARNINGS;
  for (const warning of distinct) {
    const text = crowded ? warning.slice(0, Math.min(MAX_WARNING, left)) : warning;
    if (text === '') return;
    left -= text.length;
    response.appendHeader('Warning', `299 - ${quoted(text)}`);
  }
}

/** A quoted string of a header. Header bytes are Latin-1 to Node, and UTF-8 to the client. */
function quoted(text: string): string {
  const printable = text.replace(/[\n\r\t]/g, ' ').replace(/\p{Cc}/gu, '').replace(/(["\\])/g, '\\$1');
  return `"${Buffer.from(printable, 'utf8').toString('latin1')}"`;
}
