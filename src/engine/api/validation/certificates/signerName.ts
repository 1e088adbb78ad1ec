import { invalid, required, tooLong, type Errors, type Path } from '../field';
import { DNS1123_LABEL_MAX_LENGTH, DNS1123_SUBDOMAIN_MAX_LENGTH, isDNS1123Label, isDNS1123Subdomain, longerThan } from '../formats';

const MAX_DOMAIN = DNS1123_SUBDOMAIN_MAX_LENGTH;
const MAX_PATH = DNS1123_SUBDOMAIN_MAX_LENGTH + DNS1123_LABEL_MAX_LENGTH + 1;

/** Only the first bad label is reported. */
function validateParts(text: string, check: (label: string) => readonly string[], path: Path, errs: Errors): void {
  for (const label of text.split('.')) {
    const messages = check(label);
    for (const message of messages) errs.push(invalid(path, text, `validating label ${JSON.stringify(label)}: ${message}`));
    if (messages.length) return;
  }
}

/** "example.com/signer-name": a domain of at least two labels, "/", a path of subdomains. */
export function validateSignerName(name: string, path: Path, errs: Errors): void {
  if (!name) { errs.push(required(path, '')); return; }
  const [domain = '', rest = '', ...more] = name.split('/');
  if (!name.includes('/') || more.length) { errs.push(invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")); return; }
  if (longerThan(domain, MAX_DOMAIN)) errs.push(tooLong(path, MAX_DOMAIN));
  validateParts(domain, isDNS1123Label, path, errs);
  if (!domain.includes('.')) errs.push(invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  validateParts(rest, isDNS1123Subdomain, path, errs);
  if (longerThan(name, MAX_DOMAIN + MAX_PATH + 1)) errs.push(tooLong(path, MAX_DOMAIN + MAX_PATH + 1));
}
