import { decodeBase64Text } from '../core/base64';

/**
 * What Go's encoding/pem finds in a base64 field. The certificates themselves are not parsed: that a block decodes to a
 * DER sequence is enough here.
 */
interface Block { readonly type: string; readonly headers: boolean; readonly body: string }

const BLOCK = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t\r]*\n([\s\S]*?)\n?-----END \1-----[ \t\r]*(?=\n|$)/g;

function blocksOf(base64: string): readonly Block[] {
  const found: Block[] = [];
  for (const match of decodeBase64Text(base64).matchAll(BLOCK)) {
    const content = match[2] ?? '';
    found.push({ type: match[1] ?? '', headers: content.includes(':'), body: decodeBase64Text(content.replace(/\s/g, '')) });
  }
  return found;
}

/** A DER sequence with a plausible length. */
const isSequence = (body: string): boolean => body.length > 2 && body.charCodeAt(0) === 0x30;

/** Why the text is no PKCS#10 request; '' where it looks like one. */
export function requestProblem(base64: string): string {
  const block = blocksOf(base64)[0];
  if (block?.type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  return isSequence(block.body) ? '' : 'asn1: structure error: tags don\'t match (16 vs {class:0 tag:0 length:0 isCompound:false}) {optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false} certificateRequest @2';
}

/** Why the text is no chain of certificates; '' for an empty or a good one. */
export function certificateProblem(base64: string): string {
  if (!base64) return '';
  const blocks = blocksOf(base64);
  if (!blocks.length) return 'must contain at least one CERTIFICATE PEM block';
  for (const block of blocks) {
    if (block.type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(block.type)}`;
    if (block.headers) return 'no PEM block headers are permitted';
    if (!isSequence(block.body)) return 'x509: malformed certificate';
  }
  return '';
}
