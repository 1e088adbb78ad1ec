import type { IncomingMessage } from 'node:http';
import { badRequest, failure, type Status } from '../engine/api/status';

/** As kube-apiserver's --max-request-bytes. */
const MAX_BODY = 3 * 1024 * 1024;
/** YAML takes far longer to read than JSON: a manifest is seldom larger than some kilobytes. */
const MAX_YAML = 1024 * 1024;

const tooLarge = (limit: number): Status => failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);

/** Whether a body of this type is Kubernetes' protobuf. */
export const isProtobuf = (contentType: string): boolean => contentType.startsWith('application/vnd.kubernetes.protobuf');

/** The body as text, or as bytes where it is protobuf. A body that is too large is not read to its end; the connection cannot be used again then. */
export function readBody(request: IncomingMessage): Promise<string | Uint8Array | Status> {
  const limit = /yaml/.test(request.headers['content-type'] ?? '') ? MAX_YAML : MAX_BODY;
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve(tooLarge(limit));
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) { request.pause(); request.removeAllListeners('data'); resolve(tooLarge(limit)); return; }
      chunks.push(chunk);
    });
    request.on('end', () => { const body = Buffer.concat(chunks); resolve(isProtobuf(request.headers['content-type'] ?? '') ? body : body.toString('utf8')); });
    request.on('error', () => { resolve(badRequest('the body was not sent to its end')); });
    request.on('close', () => { resolve(badRequest('the body was not sent to its end')); });
  });
}
