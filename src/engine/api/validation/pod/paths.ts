import { invalid, type Errors, type Path } from '../field';

/** Paths inside volumes: pkg/apis/core/validation. */
export function validatePathNoBacksteps(target: string, path: Path, errs: Errors): void {
  if (hasBacksteps(target)) errs.push(invalid(path, target, "must not contain '..'"));
}

export const hasBacksteps = (target: string): boolean => target.includes('..') && target.split('/').includes('..');

export function validateLocalDescendingPath(target: string, path: Path, errs: Errors): void {
  if (target.startsWith('/')) errs.push(invalid(path, target, 'must be a relative path'));
  validatePathNoBacksteps(target, path, errs);
}

/** Names beginning with ".." are the atomic writer's own. */
export function validateLocalNonReservedPath(target: string, path: Path, errs: Errors): void {
  validateLocalDescendingPath(target, path, errs);
  if (target.startsWith('..') && !target.startsWith('../')) errs.push(invalid(path, target, "must not start with '..'"));
}
