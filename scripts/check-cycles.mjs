// Fails when files under src/ import each other in a circle:  node scripts/check-cycles.mjs
// Type-only imports count as well: a circle of types is a wall between two rooms that has fallen, even if nothing breaks at run time.
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// `import()` is how a bundle is loaded on first use: it is not followed.
const IMPORT = /^\s*(?:import|export)\s[^'"]*?from\s*['"](\.[^'"]+)['"]|^\s*import\s*['"](\.[^'"]+)['"]/gm;

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.ts$/.test(entry.name)) yield path;
  }
}

function imports(file) {
  const found = [];
  for (const match of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const base = join(dirname(file), match[1] ?? match[2]);
    const target = [`${base}.ts`, join(base, 'index.ts'), base].find(existsSync);
    if (target?.endsWith('.ts')) found.push(target);
  }
  return found;
}

/** Tarjan's strongly connected components of more than one file (or of one that imports itself). */
function circles(graph) {
  const index = new Map(), low = new Map(), stack = [], onStack = new Set(), result = [];
  const visit = (file) => {
    index.set(file, index.size);
    low.set(file, index.get(file));
    stack.push(file);
    onStack.add(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) { visit(next); low.set(file, Math.min(low.get(file), low.get(next))); }
      else if (onStack.has(next)) low.set(file, Math.min(low.get(file), index.get(next)));
    }
    if (low.get(file) !== index.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    component.forEach((f) => onStack.delete(f));
    if (component.length > 1 || graph.get(file)?.includes(file)) result.push(component);
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return result;
}

/** The shortest way round through `component`, for a person to read. */
function shortest(graph, component) {
  const inside = new Set(component);
  let best;
  for (const from of component) {
    const before = new Map([[from, undefined]]);
    const queue = [from];
    for (const file of queue) {
      const next = graph.get(file).filter((f) => inside.has(f));
      if (next.includes(from)) {
        const path = [];
        for (let f = file; f !== undefined; f = before.get(f)) path.unshift(f);
        if (!best || path.length < best.length) best = path;
        break;
      }
      for (const f of next) if (!before.has(f)) { before.set(f, file); queue.push(f); }
    }
  }
  return [...best, best[0]];
}

const graph = new Map([...sources(join(root, 'src'))].map((file) => [file, imports(file)]));
const found = circles(graph);
for (const component of found) {
  console.error(`import cycle (${component.length} files in all): ${shortest(graph, component).map((f) => relative(root, f)).join(' → ')}`);
}
if (found.length === 0) console.log(`no import cycle among ${graph.size} files`);
process.exitCode = found.length > 0 ? 1 : 0;
