/**
 * How large images are, without asking a registry: known ones by name, others by a hash of their name. Images share a base layer, so that the
 * second one on a node comes quicker. Sizes are compressed bytes.
 */
export interface ImageLayers {
  readonly size: number;
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

const MB = 1_000_000;
const BASES: readonly { readonly name: string; readonly size: number }[] = [
  { name: 'alpine', size: 3.6 * MB }, { name: 'debian', size: 28 * MB }, { name: 'ubuntu', size: 29.5 * MB }, { name: 'distroless', size: 2.2 * MB },
];
/** Whole sizes of images that manifests often name, in MB, and the base they stand on. */
const KNOWN: ReadonlyMap<string, readonly [megabytes: number, base: number]> = new Map([
  ['nginx', [67, 1]], ['redis', [45, 1]], ['postgres', [152, 1]], ['mysql', [231, 1]], ['mongo', [262, 2]], ['httpd', [56, 1]], ['node', [389, 1]], ['python', [370, 1]], ['golang', [297, 1]],
  ['busybox', [2.2, -1]], ['alpine', [3.6, -1]], ['debian', [49, -1]], ['ubuntu', [29.5, -1]], ['rabbitmq', [101, 2]], ['memcached', [30, 1]], ['wordpress', [235, 1]], ['registry.k8s.io/pause', [0.3, -1]], ['registry.k8s.io/echoserver', [43, 2]],
]);

/** The repository of a reference: without tag and digest, and without Docker Hub's host and 'library/'. */
export function repository(image: string): string {
  const withoutDigest = image.split('@')[0] ?? image;
  const colon = withoutDigest.lastIndexOf(':');
  const name = colon > withoutDigest.lastIndexOf('/') ? withoutDigest.slice(0, colon) : withoutDigest;
  return name.replace(/^(docker\.io\/)?(library\/)?/, '');
}

/** kubelet's and the CRI's default: ':latest' where there is neither tag nor digest. */
export function withDefaultTag(image: string): string {
  return image.includes('@') || image.lastIndexOf(':') > image.lastIndexOf('/') ? image : `${image}:latest`;
}

/** The reference in full, as registries' errors name it: "nginx:1" is "docker.io/library/nginx:1". */
export function normalized(image: string): string {
  const slash = image.indexOf('/');
  const host = slash < 0 ? '' : image.slice(0, slash);
  if (slash < 0) return `docker.io/library/${image}`;
  return host.includes('.') || host.includes(':') || host === 'localhost' ? image : `docker.io/${image}`;
}

const REFERENCE = /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/;

/** Why a text is no image reference, in the words of distribution/reference; undefined where it is one. */
export function referenceError(image: string): string | undefined {
  if (REFERENCE.test(image)) return undefined;
  const lower = repository(image);
  return /[A-Z]/.test(lower) && REFERENCE.test(image.toLowerCase()) ? 'invalid reference format: repository name (library/' + lower + ') must be lowercase' : 'invalid reference format';
}

export function imageLayers(image: string, sizes: { readonly [image: string]: number }): ImageLayers {
  const name = repository(image);
  const known = KNOWN.get(name);
  const size = sizes[image] ?? (known ? known[0] * MB : (20 + (hash(name) % 100)) * MB);
  const base = BASES[known ? known[1] : hash(`base ${name}`) % BASES.length];
  if (base === undefined || base.size >= size) return { size, layers: [{ digest: image, size }] };
  return { size, layers: [{ digest: `base/${base.name}`, size: base.size }, { digest: image, size: size - base.size }] };
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
