import { notAcceptable } from '../engine/api/patch/errors';
import type { Status } from '../engine/api/status';
import type { IncludeObject } from '../engine/api/table/printTable';
import type { Encoding } from './respond';

/** How the client wants its answer. */
export interface Wish {
  readonly table: boolean;
  readonly metadataOnly: boolean;
  readonly includeObject: IncludeObject;
  readonly encoding: Encoding;
}

const WRITABLE = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const MAX_CLAUSES = 32;

/** The first clause of an Accept header that can be fulfilled, or 406. */
export function wishOf(accept: string, includeObject: string | null): Wish | Status {
  const include: IncludeObject = includeObject === 'None' || includeObject === 'Object' ? includeObject : 'Metadata';
  if (accept.trim() === '') return { table: false, metadataOnly: false, includeObject: include, encoding: 'json' };
  for (const clause of accept.split(',').slice(0, MAX_CLAUSES)) {
    const [media = '', ...parameters] = clause.split(';').map((part) => part.trim());
    const encoding: Encoding | undefined = media === 'application/yaml' ? 'yaml' : media === 'application/json' || media === '*/*' || media === 'application/*' ? 'json' : undefined;
    const as = new Map(parameters.map((p) => p.split('=', 2) as [string, string]));
    const kind = as.get('as');
    if (encoding === undefined || (kind !== undefined && !convertible(kind, as.get('g'), as.get('v')))) continue;
    return { table: kind === 'Table', metadataOnly: kind?.startsWith('PartialObjectMetadata') === true, includeObject: include, encoding };
  }
  return notAcceptable(WRITABLE);
}

function convertible(kind: string, group: string | undefined, version: string | undefined): boolean {
  return (kind === 'Table' || kind === 'PartialObjectMetadata' || kind === 'PartialObjectMetadataList') && group === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1');
}
