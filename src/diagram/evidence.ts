/** How a message of a real cluster is known; simulated runs need no such thing, there everything is seen. */
export interface Evidence {
  readonly kind: EvidenceKind;
  /** Where from, in half a sentence. */
  readonly source: string;
}

export type EvidenceKind =
  /** Seen: sent from here, brought by a watch, told by an Event or an audit log. */
  | 'observed'
  /** Concluded from what was seen. */
  | 'inferred'
  /** It must have been there, but cannot be seen from outside. */
  | 'hidden';

export const EVIDENCE_MARKS: { readonly [kind in EvidenceKind]: string } = { observed: '●', inferred: '≈', hidden: '○' };
export const EVIDENCE_WORDS: { readonly [kind in EvidenceKind]: string } = { observed: 'observed', inferred: 'inferred', hidden: 'not visible' };
