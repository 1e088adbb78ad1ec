import type { Environment } from '@marcbachmann/cel-js';
import { CelFailure } from '../words';

export class URLValue {
  constructor(readonly scheme: string, readonly host: string, readonly path: string, readonly query: string) {}
}

/** Scheme, authority, path, query; a fragment is none of anybody's business. */
const SHAPE = /^([a-zA-Z][a-zA-Z0-9+.-]*):(?:\/\/(?:[^@/?#]*@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/;
// Control characters and spaces never belong into an address.
const FORBIDDEN = /[\x00-\x20\x7f]/;

/** url.ParseRequestURI: absolute, or a path. */
function parse(text: string): URLValue | undefined {
  if (FORBIDDEN.test(text) || /%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  if (text.startsWith('/') && !text.startsWith('//')) {
    const [path = '', ...query] = (text.split('#')[0] ?? '').split('?');
    return new URLValue('', '', path, query.join('?'));
  }
  const [, scheme = '', host = '', path = '', query = ''] = SHAPE.exec(text) ?? [];
  if (scheme === '' || (host === '' && !path.startsWith('/'))) return undefined;
  if (/:(?!\d*$)[^\]]*$/.test(host.replace(/^\[[^\]]*\]/, ''))) return undefined;
  return new URLValue(scheme.toLowerCase(), host, path, query);
}

const of = (text: string): URLValue => {
  const found = parse(text);
  if (!found) throw new CelFailure(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`);
  return found;
};
const portOf = (host: string): string => /:(\d*)$/.exec(host.replace(/^\[[^\]]*\]/, ''))?.[1] ?? '';
const hostnameOf = (host: string): string => /^\[([^\]]*)\]/.exec(host)?.[1] ?? host.replace(/:\d*$/, '');

function queryOf(text: string): { readonly [name: string]: readonly string[] } {
  const values: { [name: string]: string[] } = Object.create(null) as { [name: string]: string[] };
  for (const pair of text === '' ? [] : text.split('&')) {
    const [name = '', ...value] = pair.split('=').map((part) => decode(part.replace(/\+/g, ' ')));
    (values[name] ??= []).push(value.join('='));
  }
  return values;
}

function decode(text: string): string {
  try { return decodeURIComponent(text); } catch { return text; }
}

/** Kubernetes' URLs. */
export function url(environment: Environment): void {
  environment
    .registerType('kubernetes.URL', URLValue)
    .registerFunction('url(string): kubernetes.URL', of)
    .registerFunction('isURL(string): bool', (text: string) => parse(text) !== undefined)
    .registerFunction('kubernetes.URL.getScheme(): string', (u: URLValue) => u.scheme)
    .registerFunction('kubernetes.URL.getHost(): string', (u: URLValue) => u.host)
    .registerFunction('kubernetes.URL.getHostname(): string', (u: URLValue) => hostnameOf(u.host))
    .registerFunction('kubernetes.URL.getPort(): string', (u: URLValue) => portOf(u.host))
    .registerFunction('kubernetes.URL.getEscapedPath(): string', (u: URLValue) => u.path)
    .registerFunction('kubernetes.URL.getQuery(): map<string, list<string>>', (u: URLValue) => queryOf(u.query));
}
