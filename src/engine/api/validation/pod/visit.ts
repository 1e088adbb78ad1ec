import type { Container, PodSpec } from '../../generated/types';
import type { Path } from '../field';

/** Every container of a pod with its path: init, regular, ephemeral. */
export function visitContainers(spec: PodSpec, path: Path, visit: (container: Container, path: Path) => void): void {
  spec.initContainers?.forEach((c, i) => { visit(c, path.child('initContainers').index(i)); });
  spec.containers?.forEach((c, i) => { visit(c, path.child('containers').index(i)); });
  spec.ephemeralContainers?.forEach((c, i) => { visit(c, path.child('ephemeralContainers').index(i)); });
}
