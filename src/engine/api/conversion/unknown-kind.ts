import { failure, quote, type Status } from '../status';
import { removedVersion } from './removed-versions';

/** The error of a client's REST mapper: no matches for kind "X" in version "Y". */
export const noKindMatch = (apiVersion: string, kind: string): string => `no matches for kind ${quote(kind)} in version ${quote(apiVersion)}`;

/**
 * What kubectl create and apply print for a kind that the server does not serve. The name is the object's; file as given
 * on the command line.
 */
export function unknownKindText(input: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly namespace?: string; readonly file: string }): string {
  return `resource mapping not found for name: ${quote(input.name)} namespace: ${quote(input.namespace ?? '')} from ${quote(input.file)}: ${noKindMatch(input.apiVersion, input.kind)}\nensure CRDs are installed first`;
}

/** A sentence that says what to write instead, for a version that Kubernetes has removed; undefined for any other kind. */
export function replacementHint(apiVersion: string, kind: string): string | undefined {
  const removed = removedVersion(apiVersion, kind);
  if (!removed) return undefined;
  const use = removed.replacement ? `use ${removed.replacement.apiVersion} instead` : 'nothing replaces it';
  return `${kind} in ${apiVersion} is not served since Kubernetes v${removed.removedIn}: ${use}`;
}

/** The server's answer for an unknown resource of a group and version that it serves. */
export const unknownResource = (): Status => failure(404, 'NotFound', 'the server could not find the requested resource', {});

/** The whole body of the server's answer, with 404 and text/plain, for a path under no group and version that it serves. */
export const UNKNOWN_PATH = '404 page not found\n';
