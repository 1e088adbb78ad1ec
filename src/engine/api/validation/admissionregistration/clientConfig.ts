import { addInvalid, invalid, required, type Errors, type Path } from '../field';
import { isDNS1123Subdomain, isValidPortNum } from '../formats';

/** Where a webhook is: a URL, or a Service in the cluster (k8s.io/apiserver/pkg/util/webhook). */
interface ClientConfig {
  readonly url?: string;
  readonly service?: { readonly namespace?: string; readonly name?: string; readonly path?: string; readonly port?: number };
}

const FORM = '; desired format: https://host[/path]';
/** Go's url.Parse, as far as these checks look: scheme, authority, path, query, fragment. */
const URL_PARTS = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

function validateURL(url: string, path: Path, errs: Errors): void {
  const parts = URL_PARTS.exec(url);
  const problem = !parts || url.startsWith(':') ? 'missing protocol scheme' : /[\u0000-\u001f\u007f]/.test(url) ? 'net/url: invalid control character in URL' : '';
  if (!parts || problem) { errs.push(required(path, `url must be a valid URL: parse ${JSON.stringify(url)}: ${problem}${FORM}`)); return; }
  const [, scheme = '', authority = '', , query = '', fragment = ''] = parts;
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  if (scheme.toLowerCase() !== 'https') errs.push(invalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${FORM}`));
  if (!host) errs.push(invalid(path, host, `host must be specified${FORM}`));
  if (at >= 0) errs.push(invalid(path, authority.slice(0, at), 'user information is not permitted in the URL'));
  if (fragment) errs.push(invalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query) errs.push(invalid(path, query, 'query parameters are not permitted in the URL'));
}

function validateServicePath(urlPath: string, path: Path, errs: Errors): void {
  if (urlPath === '' || urlPath === '/') return;
  if (urlPath === '//') { errs.push(invalid(path, urlPath, 'segment[0] may not be empty')); return; }
  if (!urlPath.startsWith('/')) errs.push(invalid(path, urlPath, "must start with a '/'"));
  const rest = urlPath.slice(1);
  (rest.endsWith('/') ? rest.slice(0, -1) : rest).split('/').forEach((step, i) => {
    if (!step) errs.push(invalid(path, urlPath, `segment[${i}] may not be empty`));
    else addInvalid(errs, path, urlPath, isDNS1123Subdomain(step).map((message) => `segment[${i}]: ${message}`));
  });
}

function validateService(service: NonNullable<ClientConfig['service']>, path: Path, errs: Errors): void {
  // The original passes name and namespace in each other's place: the paths are swapped.
  if (!service.namespace) errs.push(required(path.child('name'), ''));
  if (!service.name) errs.push(required(path.child('namespace'), ''));
  const port = service.port ?? 443;
  const messages = isValidPortNum(port);
  if (messages.length) errs.push(invalid(path.child('port'), port, `port is not valid: ${messages.join(', ')}`));
  if (service.path !== undefined) validateServicePath(service.path, path.child('path'), errs);
}

export function validateClientConfig(config: ClientConfig | undefined, path: Path, errs: Errors): void {
  const { url, service } = config ?? {};
  if ((url === undefined) === (service === undefined)) errs.push(required(path, 'exactly one of url or service is required'));
  else if (url !== undefined) validateURL(url, path.child('url'), errs);
  else if (service) validateService(service, path.child('service'), errs);
}
