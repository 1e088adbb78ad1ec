/** What one decoding has found so far, and where it is. */
export class DecodeContext {
  /** Strict errors in the order of the text: unknown field "spec.foo", duplicate field "spec.bar". */
  readonly strict: string[] = [];
  /** The first mismatch of types. Decoding goes on, as in Go, since a later fatal error replaces it. */
  typeError: string | undefined;
  /** The first error of a type that reads itself (time, quantity, int-or-string): these end decoding in Go. */
  fatal: string | undefined;
  /** Go name of the struct that is being filled. */
  struct = '';
  /** Field names, list indices and { key } of maps, outermost first. */
  readonly path: (string | number | { readonly key: string })[] = [];
  private silenced = 0;

  typeMismatch(value: string, goType: string): void {
    this.typeError ??= this.unmarshalError(value, goType);
  }

  /** An UnmarshalTypeError with the field as Go reports it: list indices and map keys are left out. */
  unmarshalError(value: string, goType: string): string {
    const fields = this.path.filter((part) => typeof part === 'string');
    const where = this.struct || fields.length ? `Go struct field ${this.struct}.${fields.join('.')}` : 'Go value';
    return `json: cannot unmarshal ${value} into ${where} of type ${goType}`;
  }

  fail(message: string): void {
    this.fatal ??= message;
  }

  get failed(): boolean {
    return this.fatal !== undefined || this.typeError !== undefined;
  }

  strictError(what: 'unknown' | 'duplicate', field: string): void {
    if (this.silenced > 0 || this.strict.length >= MAX_STRICT_ERRORS) return;
    let path = '';
    for (const part of this.path) {
      if (typeof part === 'number') path += `[${part}]`;
      else path += (path ? '.' : '') + (typeof part === 'string' ? part : part.key);
    }
    const message = `${what} field "${path ? `${path}.${field}` : field}"`;
    if (!this.strict.includes(message)) this.strict.push(message);
  }

  /** Runs a decoding in which unknown fields are dropped without a word. */
  silently<T>(decode: () => T): T {
    this.silenced++;
    try { return decode(); } finally { this.silenced--; }
  }
}

/** As in sigs.k8s.io/json. */
const MAX_STRICT_ERRORS = 100;
