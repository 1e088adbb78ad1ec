/** Image references as far as defaulting needs them: github.com/distribution/reference, "latest" where neither tag nor digest is given. */
const PATH = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REMAINDER = new RegExp(`^${PATH}(?:/${PATH})*(?::(\\w[\\w.-]{0,127}))?(@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`);
const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const IDENTIFIER = /^[a-f0-9]{64}$/;
const MAX_NAME = 255;

/** The tag of an image: "latest" by default, "" for a digest alone and for what is no reference. */
export function imageTag(image: string): string {
  if (IDENTIFIER.test(image)) return '';
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  const hasDomain = first !== '' && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  if (hasDomain && !DOMAIN.test(first)) return '';
  const m = REMAINDER.exec(hasDomain ? image.slice(slash + 1) : image);
  if (!m || image.replace(/(?::[\w.-]*)?(?:@.*)?$/, '').length > MAX_NAME) return '';
  return m[1] ?? (m[2] ? '' : 'latest');
}

/** Always for the tag "latest", else IfNotPresent. */
export const defaultPullPolicy = (image: string): string => (imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent');
