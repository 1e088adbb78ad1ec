/**
 * What leaves live mode (to a log, a page, a trace, a file) passes through here first. Secret data, environment values and the annotation in which
 * kubectl keeps a copy of the whole manifest are taken out; names and keys stay, since they explain much and betray nothing.
 */
export const HIDDEN = '<hidden>';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** How deep objects are looked into: API objects are shallower by far. What lies deeper is left out. */
const MAX_DEPTH = 64;

type Fields = { readonly [field: string]: unknown };
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object without anything secret. `hidden` stands for what was there: '' where the result must stay valid. */
export function withoutSecrets<T>(value: T, hidden = HIDDEN): T { return clean(value, hidden, 0) as T; }

function clean(value: unknown, hidden: string, depth: number): unknown {
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((item) => clean(item, hidden, depth + 1));
  if (!isFields(value)) return value;
  const secret = value.kind === 'Secret' || (value.kind === undefined && looksLikeSecret(value));
  const result: { [field: string]: unknown } = {};
  for (const [field, inner] of Object.entries(value)) {
    if (secret && (field === 'data' || field === 'stringData')) result[field] = keysOnly(inner, hidden);
    else if (field === 'env' && Array.isArray(inner)) result[field] = inner.map((entry) => withoutValue(entry, hidden));
    else if (field === 'annotations' && isFields(inner) && LAST_APPLIED in inner) result[field] = Object.fromEntries(Object.entries(inner).filter(([name]) => name !== LAST_APPLIED));
    // Answers of the token subresource, and of TokenRequest kinds.
    else if (field === 'token' && typeof inner === 'string') result[field] = hidden;
    else result[field] = clean(inner, hidden, depth + 1);
  }
  return result;
}

/** Items of a SecretList name no kind, but a Secret's type. */
const looksLikeSecret = (value: Fields): boolean => typeof value.type === 'string' && isFields(value.data) && 'metadata' in value;

const keysOnly = (data: unknown, hidden: string): unknown => (isFields(data) ? Object.fromEntries(Object.keys(data).map((key) => [key, hidden])) : undefined);

function withoutValue(entry: unknown, hidden: string): unknown {
  if (!isFields(entry) || !('value' in entry)) return entry;
  return { ...entry, value: hidden };
}

/** A manifest for the simulation: secrets are replaced by nothing, but what would not decode still does not. */
export function forSimulation(value: Fields): Fields {
  const cleaned = withoutSecrets(value, '');
  if (value.kind !== 'Secret' || !isFields(value.data) || !isFields(cleaned.data)) return cleaned;
  const data = Object.fromEntries(Object.entries(value.data).map(([key, v]) => [key, typeof v !== 'string' ? v : /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(v) && v.replace(/\s/g, '').length % 4 === 0 ? '' : '*']));
  return { ...cleaned, data };
}

const TOKENS: readonly RegExp[] = [
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, /\b((?:Bearer|Basic)\s+)[\w.~+/=-]{6,}/gi, /-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g,
  /("?(?:token|password|client-key-data|clientKeyData|client_secret|id[-_]token|refresh[-_]token|access[-_]token)"?\s*[:=]\s*"?)[^\s",}]+/gi,
];
const MIN_SECRET = 6;

/** Takes known secrets and everything that looks like a token out of texts for people. */
export class Redactor {
  private known: readonly string[] = [];

  /** Exact strings that must never be seen, with their usual encodings. */
  learn(secrets: Iterable<string | undefined | null>): void {
    const found = new Set(this.known);
    for (const secret of secrets) {
      for (const text of [secret, secret?.trim()]) {
        if (!text || text.length < MIN_SECRET) continue;
        found.add(text).add(encodeURIComponent(text)).add(Buffer.from(text).toString('base64')).add(JSON.stringify(text).slice(1, -1));
      }
    }
    // Longer ones first: one may contain another.
    this.known = [...found].sort((a, b) => b.length - a.length).slice(0, 1000);
  }

  /** Takes out what is known to be secret, and nothing else: for data that must stay what it is. */
  data(text: string): string {
    let result = text;
    for (const secret of this.known) result = result.replaceAll(secret, HIDDEN);
    return result;
  }

  /** Takes out whatever looks like a secret, too: for sentences. */
  text(text: string): string {
    let result = this.data(text);
    for (const pattern of TOKENS) result = result.replace(pattern, (_match, before: unknown) => `${typeof before === 'string' ? before : ''}${HIDDEN}`);
    return result;
  }
}
