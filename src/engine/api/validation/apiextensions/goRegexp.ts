/**
 * Go's regular expressions (RE2 syntax) for JavaScript: the same for nearly all patterns of schemas, but for anchors,
 * flags and POSIX classes that have another notation here.
 */
const CLASSES: { readonly [name: string]: string } = {
  alnum: 'A-Za-z0-9', alpha: 'A-Za-z', ascii: '\\x00-\\x7f', blank: '\\t ', cntrl: '\\x00-\\x1f\\x7f', digit: '0-9', graph: '!-~', lower: 'a-z', print: ' -~', punct: '!-\\/:-@\\[-`{-~', space: '\\s', upper: 'A-Z', word: '\\w', xdigit: '0-9A-Fa-f',
};
const CACHE_SIZE = 1000;
const cache = new Map<string, RegExp | string>();

function translate(pattern: string): RegExp {
  const leading = /^\(\?([imsU]+)\)/.exec(pattern);
  const body = (leading ? pattern.slice(leading[0].length) : pattern)
    .replace(/\\z/g, '$').replace(/\\A/g, '^').replace(/\(\?P</g, '(?<').replace(/\\Q([\s\S]*?)(?:\\E|$)/g, (_, text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .replace(/\[:(\^?)([a-z]+):\]/g, (whole, negated: string, name: string) => (negated ? whole : CLASSES[name] ?? whole));
  const flags = [...(leading?.[1] ?? '')].filter((flag) => 'ims'.includes(flag)).join('');
  try {
    return new RegExp(body, `${flags}u`);
  } catch {
    // The unicode flag refuses needless escapes such as "\-", which Go accepts.
    return new RegExp(body, flags);
  }
}

/** The compiled pattern, or the error text where it is none. Patterns are searched, not anchored. */
export function compileGoRegexp(pattern: string): RegExp | string {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  let compiled: RegExp | string;
  try {
    compiled = translate(pattern);
  } catch {
    compiled = goRegexpError(pattern);
  }
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(pattern, compiled);
  return compiled;
}

/** The words of regexp/syntax for the usual mistakes. */
function goRegexpError(pattern: string): string {
  if (pattern.endsWith('\\') && !pattern.endsWith('\\\\')) return 'error parsing regexp: trailing backslash at end of expression: ``';
  if (/^[*+?]/.test(pattern)) return `error parsing regexp: missing argument to repetition operator: \`${pattern.charAt(0)}\``;
  const opened = pattern.lastIndexOf('[');
  if (opened >= 0 && !pattern.slice(opened).includes(']')) return `error parsing regexp: missing closing ]: \`${pattern.slice(opened)}\``;
  const depth = [...pattern].reduce((d, c) => d + (c === '(' ? 1 : c === ')' ? -1 : 0), 0);
  if (depth < 0) return `error parsing regexp: unexpected ): \`${pattern}\``;
  return `error parsing regexp: missing closing ): \`${pattern}\``;
}
