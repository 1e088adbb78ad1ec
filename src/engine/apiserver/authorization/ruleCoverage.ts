import type { PolicyRule } from '../../api/generated/types';
import { quote } from '../../api/status';

/** Of some rules what others do not grant, in rules of one verb, resource and name each (rbac validation.Covers). */
export function uncovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(broken).filter((part) => !owned.some((rule) => coversPart(rule, part)));
}

/** A rule as the sum of rules that allow one thing each. */
function broken(rule: PolicyRule): readonly PolicyRule[] {
  const parts: PolicyRule[] = [];
  for (const group of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (rule.resourceNames?.length) for (const name of rule.resourceNames) parts.push({ ...part, resourceNames: [name] });
        else parts.push(part);
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? []) for (const verb of rule.verbs) parts.push({ nonResourceURLs: [url], verbs: [verb] });
  return parts;
}

const hasAll = (owned: readonly string[] = [], wanted: readonly string[] = []): boolean => wanted.every((w) => owned.includes(w));

function coversPart(owner: PolicyRule, part: PolicyRule): boolean {
  const verbs = owner.verbs.includes('*') || hasAll(owner.verbs, part.verbs);
  const groups = owner.apiGroups?.includes('*') || hasAll(owner.apiGroups, part.apiGroups);
  const names = !owner.resourceNames?.length || ((part.resourceNames?.length ?? 0) > 0 && hasAll(owner.resourceNames, part.resourceNames));
  return verbs && groups && names && coversResources(owner.resources ?? [], part.resources ?? []) && coversUrls(owner.nonResourceURLs ?? [], part.nonResourceURLs ?? []);
}

function coversResources(owned: readonly string[], wanted: readonly string[]): boolean {
  return owned.includes('*') || wanted.every((resource) => owned.includes(resource) || (resource.includes('/') && owned.includes(`*/${resource.slice(resource.indexOf('/') + 1)}`)));
}

const coversUrls = (owned: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((url) => owned.some((o) => o === url || (o.endsWith('*') && url.startsWith(o.replace(/\*+$/, '')))));

/** Rules that differ by nothing but their verbs as one (rbac validation.CompactRules). */
export function compacted(parts: readonly PolicyRule[]): readonly PolicyRule[] {
  const together = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const part of parts) {
    if (part.nonResourceURLs?.length) { others.push(part); continue; }
    const key = JSON.stringify([part.apiGroups, part.resources, part.resourceNames]);
    const known = together.get(key);
    together.set(key, known ? { ...known, verbs: [...known.verbs, ...part.verbs] } : part);
  }
  return [...others, ...together.values()];
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}` */
export function compactText(rule: PolicyRule): string {
  const fields: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['APIGroups', rule.apiGroups], ['Resources', rule.resources], ['NonResourceURLs', rule.nonResourceURLs], ['ResourceNames', rule.resourceNames], ['Verbs', rule.verbs],
  ];
  return `{${fields.filter(([, values]) => values?.length).map(([name, values]) => `${name}:${quotedList(values ?? [])}`).join(', ')}}`;
}

/** Go's %q of a list: ["a" "b"]. */
export const quotedList = (values: readonly string[]): string => `[${values.map(quote).join(' ')}]`;
