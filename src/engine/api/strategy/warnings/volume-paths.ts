import type { Volume, VolumeProjection } from '../../generated/types';
import { quote } from '../../status';

/** Files of one volume that would be written to the same place, or one inside another. */
interface PathAndSource {
  readonly path: string;
  readonly source: string;
}

const describe = (p: PathAndSource): string => (p.source ? `${quote(p.path)} (${p.source})` : quote(p.path));
const pathsOf = (items: readonly { readonly path: string }[] | undefined, source: string): readonly PathAndSource[] => (items ?? []).map(({ path }) => ({ path: path.replace(/\/+$/, ''), source }));

function overlaps(known: readonly PathAndSource[], added: PathAndSource): readonly string[] {
  if (added.path === '') return [];
  const inside = (a: string, b: string): boolean => `${a}/`.startsWith(`${b}/`);
  return known.filter((k) => k.path !== '' && (inside(k.path, added.path) || inside(added.path, k.path))).map((k) => `${describe(added)} with ${describe(k)}`);
}

const overlapsAmong = (paths: readonly PathAndSource[]): readonly string[] => paths.flatMap((p, i) => overlaps(paths.slice(0, i), p));

function projectedPaths(source: VolumeProjection): readonly PathAndSource[] {
  const { clusterTrustBundle: bundle, podCertificate: certificate } = source;
  if (source.configMap?.items) return pathsOf(source.configMap.items, `ConfigMap ${quote(source.configMap.name ?? '')}`);
  if (source.secret?.items) return pathsOf(source.secret.items, `Secret ${quote(source.secret.name ?? '')}`);
  if (source.downwardAPI?.items) return pathsOf(source.downwardAPI.items, 'DownwardAPI');
  if (source.serviceAccountToken) return pathsOf([source.serviceAccountToken], 'ServiceAccountToken');
  if (bundle) return pathsOf([bundle], `ClusterTrustBundle ${quote(bundle.name ?? bundle.signerName ?? '')}`);
  if (!certificate) return [];
  const parts: readonly (readonly [string | undefined, string])[] = [
    [certificate.certificateChainPath, 'PodCertificate chain'], [certificate.keyPath, 'PodCertificate key'], [certificate.credentialBundlePath, 'PodCertificate credential bundle'],
  ];
  return parts.flatMap(([path, name]) => (path ? pathsOf([{ path }], name) : []));
}

function volumeOverlaps(volume: Volume): readonly string[] {
  const warn = (what: string) => (body: string): string => `volume ${quote(volume.name)} (${what}): overlapping paths: ${body}`;
  if (volume.projected) {
    const sources = volume.projected.sources ?? [];
    const empty = sources.filter((s) => Object.keys(s).length === 0).map(() => `volume ${quote(volume.name)} (Projected) has no sources provided`);
    return [...empty, ...overlapsAmong(sources.flatMap(projectedPaths)).map(warn('Projected'))];
  }
  return [
    ...overlapsAmong(pathsOf(volume.configMap?.items, '')).map(warn(`ConfigMap ${quote(volume.configMap?.name ?? '')}`)),
    ...overlapsAmong(pathsOf(volume.secret?.items, '')).map(warn(`Secret ${quote(volume.secret?.secretName ?? '')}`)),
    ...overlapsAmong(pathsOf(volume.downwardAPI?.items, '')).map(warn('DownwardAPI')),
  ];
}

export const overlappingPathWarnings = (volumes: readonly Volume[]): readonly string[] => volumes.flatMap(volumeOverlaps);
