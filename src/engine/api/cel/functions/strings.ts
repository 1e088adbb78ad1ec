import type { Environment } from '@marcbachmann/cel-js';
import { compileGoRegexp } from '../../validation/apiextensions/goRegexp';
import { CelFailure } from '../words';
import { formatMacro } from './formatMacro';

/** A longer text is not searched with a pattern: JavaScript's regular expressions may take exponential time where RE2 does not. */
const MAX_SEARCHED = 100_000;

function searched(text: string, pattern: string): RegExp {
  const compiled = compileGoRegexp(pattern);
  if (typeof compiled === 'string') throw new CelFailure(compiled);
  if (text.length > MAX_SEARCHED) throw new CelFailure('operation cancelled: actual cost limit exceeded');
  return compiled;
}

/** findAll with at most `limit` matches; below zero all of them. */
function findAll(text: string, pattern: string, limit: number): readonly string[] {
  const { source, flags } = searched(text, pattern);
  const found: string[] = [];
  for (const match of text.matchAll(new RegExp(source, `${flags}g`))) {
    if (limit >= 0 && found.length >= limit) break;
    found.push(match[0]);
  }
  return found;
}

/** strings.Replace of Go, counted. */
function replace(text: string, from: string, to: string, limit: number): string {
  if (limit < 0) return text.split(from).join(to);
  const parts = text.split(from);
  const head = parts.slice(0, limit + 1);
  const rest = parts.slice(limit + 1);
  return head.join(to) + (rest.length > 0 ? from + rest.join(from) : '');
}

/** cel-go's extension of strings (version 2) and Kubernetes' regular expressions, where the library has them not or not as Go does. */
export function strings(environment: Environment): void {
  environment
    .registerFunction('string.k8s_matches(string): bool', (text: string, pattern: string) => searched(text, pattern).test(text))
    .registerFunction('string.find(string): string', (text: string, pattern: string) => searched(text, pattern).exec(text)?.[0] ?? '')
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) => findAll(text, pattern, -1))
    .registerFunction('string.findAll(string, int): list<string>', (text: string, pattern: string, limit: bigint) => findAll(text, pattern, Number(limit)))
    .registerFunction('string.k8s_lowerAscii(): string', (text: string) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase()))
    .registerFunction('string.k8s_upperAscii(): string', (text: string) => text.replace(/[a-z]+/g, (part) => part.toUpperCase()))
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) => replace(text, from, to, -1))
    .registerFunction('string.replace(string, string, int): string', (text: string, from: string, to: string, limit: bigint) => replace(text, from, to, Number(limit)))
    .registerFunction('string.format(ast): string', formatMacro)
    .registerFunction('string.charAt(int): string', (text: string, index: bigint) => {
      const characters = [...text];
      const at = Number(index);
      if (at < 0 || at > characters.length) throw new CelFailure(`index out of range: ${at}`);
      return characters[at] ?? '';
    });
}
