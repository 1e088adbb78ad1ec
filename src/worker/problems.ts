import { removedVersion } from '../engine/api/conversion/removed-versions';
import { apiVersionOf } from '../engine/api/object';
import type { ResourceRegistry } from '../engine/api/resources/registry';
import type { DocumentOutcome } from '../engine/kubectl/create';
import type { ManifestDocument, SourceRange } from '../engine/manifest/parse';
import type { Problem, Severity } from './protocol';

/** What is wrong with a document according to the API server, each fault where it stands. */
export function refusalProblems(document: ManifestDocument, outcome: DocumentOutcome, registry: ResourceRegistry, text: string): readonly Problem[] {
  const { status } = outcome;
  if (!status || outcome.code < 300) return [];
  const at = (path: string, message: string, severity: Severity = 'error'): Problem => ({ range: document.rangeOf(path), severity, message, code: status.reason || String(outcome.code) });
  const templated = templateProblem(document, text);
  if (templated) return [templated];
  if (outcome.message.startsWith('no matches for kind')) return [unknownKind(document, outcome.message, registry, text)];
  const causes = status.details?.causes?.filter((c) => c.field) ?? [];
  if (causes.length > 0) return causes.map((c) => at(c.field ?? '', `${c.field ?? ''}: ${c.message ?? c.reason ?? ''}`));
  const decoding = decodingProblems(outcome.message);
  if (decoding.length > 0) return decoding.map(({ path, message }) => at(path, message));
  if (status.reason === 'AlreadyExists') return [at('metadata.name', `${outcome.message}. Delete it or reset the cluster to create it anew.`, 'warning')];
  if (outcome.message.startsWith('resourceVersion should not be set')) return [at('metadata.resourceVersion', `${outcome.message}. It belongs to the object that this text was printed from: remove the line.`)];
  return [at(outcome.name ? 'metadata.name' : 'kind', outcome.message)];
}

/** Braces of a template are YAML of a sort, and what the API server says of them helps nobody. */
function templateProblem(document: ManifestDocument, text: string): Problem | undefined {
  for (let line = document.range.start.line; line <= document.range.end.line; line++) {
    const column = lineAt(text, line).indexOf('{{');
    if (column < 0) continue;
    const range: SourceRange = { start: { line, column }, end: { line, column: lineAt(text, line).length } };
    return { range, severity: 'error', code: 'template', message: 'This looks like a Helm template: render it first (helm template), then create the result.' };
  }
  return undefined;
}

/** Faults that the API server names in one sentence: unknown and duplicate fields, values of the wrong type. */
function decodingProblems(message: string): readonly { readonly path: string; readonly message: string }[] {
  const found: { path: string; message: string }[] = [];
  for (const match of message.matchAll(/(unknown|duplicate) field "([^"]+)"/g)) found.push({ path: match[2] ?? '', message: `${match[1] ?? ''} field "${match[2] ?? ''}"` });
  const type = /cannot unmarshal (\S+) into Go (?:struct field \w+\.(\S+) of type|value of type) (\S+)/.exec(message);
  if (type) found.push({ path: type[2] ?? '', message: `${type[2] ?? 'value'}: ${given(type[1] ?? '')} is given where ${goType(type[3] ?? '')} is wanted` });
  return found;
}

const given = (json: string): string => (json === 'bool' ? 'true or false' : /^[aeiou]/.test(json) ? `an ${json}` : `a ${json}`);

function goType(name: string): string {
  if (/^u?int/.test(name)) return 'a whole number';
  if (name === 'string') return 'a string';
  if (name === 'bool') return 'true or false';
  if (name.startsWith('[]')) return 'a list';
  if (name.startsWith('map[')) return 'a mapping';
  return `an object (${name})`;
}

/** A kind that Kubernetes does not have, or has in another version. */
function unknownKind(document: ManifestDocument, message: string, registry: ResourceRegistry, text: string): Problem {
  const { kind, apiVersion } = document;
  const served = registry.all().filter((d) => d.kind === kind && d.served).map((d) => apiVersionOf(d));
  const [version] = served;
  if (version) {
    const range = document.rangeOf('apiVersion');
    return { range, severity: 'error', code: 'NotFound', message: `${message}: ${kind} is in ${served.join(' and ')}`, fix: replacement(text, range, version) };
  }
  const similar = registry.all().map((d) => d.kind).find((k) => k.toLowerCase() === kind.toLowerCase() || distance(k.toLowerCase(), kind.toLowerCase()) <= 1);
  const range = document.rangeOf('kind');
  if (similar) return { range, severity: 'error', code: 'NotFound', message: `${message}: did you mean ${similar}?`, fix: replacement(text, range, similar) };
  const builtIn = apiVersion === 'v1' || !apiVersion.includes('.') || apiVersion.includes('.k8s.io/');
  return { range, severity: 'error', code: 'NotFound', message: builtIn ? `${message}: Kubernetes v1.36 has no such kind` : `${message}: create its CustomResourceDefinition first` };
}

/** A version that v1.36 no longer serves. */
export function removedVersionProblem(document: ManifestDocument, refused: boolean, registry: ResourceRegistry, text: string): Problem | undefined {
  const removed = removedVersion(document.apiVersion, document.kind);
  if (!removed || registry.forObject(document.apiVersion, document.kind)) return undefined;
  const range = document.rangeOf('apiVersion');
  const use = removed.replacement?.apiVersion;
  const accepted = !refused && /^(apps|extensions)\//.test(document.apiVersion) && use === 'apps/v1';
  const rest = accepted ? 'It is converted, so that it can be created here; a real cluster refuses it.' : 'Kubernetes v1.36 refuses it.';
  return {
    range, severity: accepted ? 'warning' : 'error', code: 'removed-version',
    message: `${document.apiVersion} ${document.kind} was removed in Kubernetes v${removed.removedIn}${use ? `: use ${use}` : ''}. ${rest}`,
    ...(use ? { fix: replacement(text, range, use) } : {}),
  };
}

/** Keeps quotation marks, which JSON needs. */
function replacement(text: string, range: SourceRange, value: string): NonNullable<Problem['fix']> {
  const quote = /^["']/.exec(lineAt(text, range.start.line).slice(range.start.column))?.[0] ?? '';
  return { title: `Change to ${value}`, text: `${quote}${value}${quote}` };
}

function lineAt(text: string, line: number): string {
  let start = 0;
  for (let i = 0; i < line; i++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return '';
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? undefined : end);
}

/** 0, 1, or 2 for more: enough to find a slip of the keyboard. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 1) return 2;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  if (a === b) return 0;
  const rest = (x: string, n: number): string => x.slice(i + n);
  return rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1) ? 1 : 2;
}
