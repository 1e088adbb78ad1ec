import { SelectorError } from './selectors';

/** Field selectors, with the words of k8s.io/apimachinery/pkg/fields. */
export interface FieldTerm { readonly field: string; readonly negated: boolean; readonly value: string }

/** fields.Selector: all terms hold; an absent field counts as ''. */
export class FieldSelector {
  constructor(readonly terms: readonly FieldTerm[]) {}
  static readonly everything = new FieldSelector([]);
  get empty(): boolean { return this.terms.length === 0; }
  matches(get: (field: string) => string): boolean { return this.terms.every((term) => (get(term.field) === term.value) !== term.negated); }
  /** The value a field must have exactly, if one is required. */
  requiresExactMatch(field: string): string | undefined { return this.terms.find((term) => term.field === field && !term.negated)?.value; }
  toString(): string { return this.terms.map((t) => `${t.field}${t.negated ? '!=' : '='}${t.value.replace(/[\\,=]/g, '\\$&')}`).join(','); }
}

/** Splits at commas that no backslash precedes. */
const splitTerms = (text: string): readonly string[] => text.match(/(?:\\[^]|[^,\\]|\\$)+/g) ?? [];

/** fields.ParseSelector: "metadata.name=a,spec.nodeName!=b". Whether a kind supports the field is the caller's affair. */
export function parseFieldSelector(text: string): FieldSelector | SelectorError {
  const terms: FieldTerm[] = [];
  for (const part of [...splitTerms(text)].sort()) {
    const split = /^([^!=]*(?:!(?!=)[^!=]*)*)(!=|==|=)([^]*)$/.exec(part);
    if (!split) return new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
    const value = unescapeValue(split[3] ?? '');
    if (value instanceof SelectorError) return value;
    terms.push({ field: split[1] ?? '', negated: split[2] === '!=', value });
  }
  return terms.length ? new FieldSelector(terms) : FieldSelector.everything;
}

function unescapeValue(text: string): string | SelectorError {
  let value = '';
  for (let i = 0; i < text.length; i++) {
    const ch = text.charAt(i);
    if (ch === '\\') {
      const next = text.charAt(++i);
      if (next !== '\\' && next !== ',' && next !== '=') return new SelectorError(`invalid field selector: invalid escape sequence: \\${next}`);
      value += next;
      // Go prints the rune's number.
    } else if (ch === ',' || ch === '=') return new SelectorError(`invalid field selector: unescaped character in value: ${ch.charCodeAt(0)}`);
    else value += ch;
  }
  return value;
}
