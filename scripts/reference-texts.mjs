// Documentation of fields that refer to other types, as kubernetes-types has it: comments in a .d.ts for each group and version.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const INTERFACE = /^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm;
const FIELD = /\/\*\*([\s\S]*?)\*\/\n\s+(?:readonly )?"?([\w$-]+)"?\??:/g;
const text = (comment) => comment.replace(/^\s*\* ?/gm, '').trim();

function* documented(folder) {
  for (const group of readdirSync(folder, { withFileTypes: true })) {
    if (!group.isDirectory()) continue;
    for (const version of ['v1', 'v2']) {
      const file = join(folder, group.name, `${version}.d.ts`);
      if (!existsSync(file)) continue;
      for (const [, type, body] of readFileSync(file, 'utf8').matchAll(INTERFACE)) {
        yield { group: group.name, version, type, fields: new Map([...body.matchAll(FIELD)].map((m) => [m[2], text(m[1])])) };
      }
    }
  }
}

/** Looks up a field by the models' name of its type: "PodSpec", "CoreEvent" where several groups have an Event, "V2MetricSpec" of another version. */
export function referenceTexts(folder) {
  const byName = new Map();
  const add = (name, fields) => byName.set(name, [...(byName.get(name) ?? []), fields]);
  for (const { group, version, type, fields } of documented(folder)) {
    const prefix = group[0].toUpperCase() + group.slice(1);
    if (version === 'v2') { add(`V2${type}`, fields); continue; }
    add(type, fields);
    add(prefix + type, fields);
  }
  return (type, field) => {
    const found = byName.get(type) ?? [];
    return found.length === 1 ? found[0].get(field) : undefined;
  };
}
