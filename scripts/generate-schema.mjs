// Turns the Kubernetes v1.36 OpenAPI models that @kubernetes/client-node 2.x publishes (installed under the
// name "kubernetes-schema", never bundled) into the field knowledge the engine needs. It writes three files:
//   src/engine/api/generated/types.ts         readonly TypeScript interfaces, for the compiler only
//   src/engine/api/generated/schema.ts        compact field tables, for decoding, patching and OpenAPI
//   src/engine/api/generated/descriptions.json  documentation of every type and field, for explain and OpenAPI
// The models have no documentation of fields that refer to other types: that comes from kubernetes-types, which publishes an older
// version of the same texts (v1.30; never bundled either).
import { mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { referenceTexts } from './reference-texts.mjs';
import { QUANTITY_FIELDS, RAW_OBJECT_FIELDS } from './schema-facts.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const models = join(root, 'node_modules/kubernetes-schema/dist/gen/models');
const out = join(root, 'src/engine/api/generated');

/** V1Pod → Pod; CoreV1Event → CoreEvent; V2MetricSpec stays, since another version may have the same name. */
export function typeName(model) {
  const grouped = /^([A-Z][a-z]+)V1([A-Z].*)$/.exec(model);
  if (grouped) return grouped[1] + grouped[2];
  return model.replace(/^V1(?=[A-Z])/, '');
}

function compact(model, field) {
  const owner = typeName(model);
  const key = `${owner}.${field.baseName}`;
  if (RAW_OBJECT_FIELDS.has(key)) return 'raw';
  const quantity = QUANTITY_FIELDS.has(key);
  const walk = (type) => {
    let m;
    if ((m = /^Array<(.*)>$/.exec(type))) return '[]' + walk(m[1]);
    if ((m = /^\{ \[key: string\]: (.*); \}$/.exec(type))) return '{}' + walk(m[1]);
    switch (type) {
      case 'string': return quantity ? 'quantity' : field.format === 'byte' ? 'bytes' : 'string';
      case 'number': return field.format === 'int32' ? 'int32' : field.format === 'double' ? 'double' : 'int64';
      case 'boolean': return 'bool';
      case 'Date': return 'time';
      case 'V1MicroTime': return 'microtime';
      case 'IntOrString': return 'intorstring';
      case 'any': return 'any';
      case 'object': return 'any';
      default: return typeName(type);
    }
  };
  return walk(field.type);
}

function typescript(type) {
  if (type.startsWith('[]')) return `readonly ${paren(typescript(type.slice(2)))}[]`;
  if (type.startsWith('{}')) return `{ readonly [key: string]: ${typescript(type.slice(2))} }`;
  switch (type) {
    case 'string': case 'bytes': case 'time': case 'microtime': return 'string';
    case 'quantity': return 'string';
    case 'int32': case 'int64': case 'double': return 'number';
    case 'bool': return 'boolean';
    case 'intorstring': return 'number | string';
    case 'any': return 'unknown';
    case 'raw': return '{ readonly [key: string]: unknown }';
    default: return type;
  }
}
const paren = (t) => (/[ |]/.test(t) ? `(${t})` : t);
// The models write a paragraph's end as two spaces.
const comment = (text) => text.replace(/\\'/g, "'").replace(/\\"/g, '"').replace(/\\n/g, '\n').replaceAll('  ', '\n\n').trim();

if (!existsSync(models)) {
  console.error('kubernetes-schema is not installed: run npm install first');
  process.exit(1);
}
const names = readdirSync(models).filter((f) => f.endsWith('.js') && f !== 'ObjectSerializer.js' && f !== 'all.js').map((f) => f.slice(0, -3))
  .filter((n) => !/^V\d+(alpha|beta)\d+/.test(n)).sort();
const schema = {}, descriptions = {};
const referenceText = referenceTexts(join(root, 'node_modules/kubernetes-types'));
for (const model of names) {
  const js = readFileSync(join(models, model + '.js'), 'utf8');
  const dts = readFileSync(join(models, model + '.d.ts'), 'utf8');
  const map = /attributeTypeMap = (\[[\s\S]*?\n\]);/.exec(js);
  const fields = map ? JSON.parse(map[1]) : [];
  const required = new Set([...dts.matchAll(/^ {4}'(\w+)': /gm)].map((m) => m[1]));
  const docs = new Map([...dts.matchAll(/\/\*\*\n {4}\* ([\s\S]*?)\n {4}\*\/\n {4}'(\w+)'\??:/g)].map((m) => [m[2], comment(m[1])]));
  const typeDoc = /\/\*\*\n\* ([\s\S]*?)\n\*\/\nexport declare class/.exec(dts);
  const name = typeName(model);
  schema[name] = Object.fromEntries(fields.map((f) => [f.baseName, compact(model, f) + (required.has(f.name) ? '!' : '')]));
  const fieldDocs = Object.fromEntries(fields.filter((f) => docs.has(f.name)).map((f) => [f.baseName, docs.get(f.name)]));
  for (const { baseName } of fields) if (!fieldDocs[baseName]) { const text = referenceText(name, baseName); if (text) fieldDocs[baseName] = text; }
  descriptions[name] = { '': typeDoc ? comment(typeDoc[1]) : '', ...fieldDocs };
}
const unresolved = new Set();
for (const fields of Object.values(schema)) for (const type of Object.values(fields)) {
  const base = type.replace(/[!]$/, '').replace(/^(\[\]|\{\})+/, '');
  if (/^[A-Z]/.test(base) && !schema[base]) unresolved.add(base);
}
if (unresolved.size) { console.error('types without a model: ' + [...unresolved].join(', ')); process.exit(1); }

mkdirSync(out, { recursive: true });
const head = '// Generated by scripts/generate-schema.mjs from the Kubernetes v1.36 OpenAPI models. Do not edit.\n';
// As the API server stores them, objects have all of these; what is sent to it may lack them (see client's NewObject).
const STORED_META = new Set(['name', 'uid', 'resourceVersion', 'creationTimestamp']);
const STORED_KIND = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);
const interfaces = Object.entries(schema).map(([name, fields]) => {
  const isKind = 'apiVersion' in fields && 'kind' in fields && 'metadata' in fields;
  return `export interface ${name} {\n` + Object.entries(fields).map(([f, t]) => {
    const needed = t.endsWith('!') || (isKind && STORED_KIND.has(f)) || (name === 'ObjectMeta' && STORED_META.has(f));
    const type = t.replace('!', '');
    const shown = !isKind && type === 'ObjectMeta' ? 'Partial<ObjectMeta>' : typescript(type);
    return `  readonly ${/^[\w]+$/.test(f) ? f : JSON.stringify(f)}${needed ? '' : '?'}: ${shown};\n`;
  }).join('') + '}\n';
}).join('\n');
writeFileSync(join(out, 'types.ts'), head + interfaces);
writeFileSync(join(out, 'schema.ts'), head +
  '/** Type name → field → type. Scalars: string bytes int32 int64 double bool quantity intorstring time microtime any raw; "[]T" a list, "{}T" a map; a trailing "!" marks a required field. */\n' +
  `export const SCHEMA: { readonly [type: string]: { readonly [field: string]: string } } = JSON.parse(${JSON.stringify(JSON.stringify(schema))});\n`);
writeFileSync(join(out, 'descriptions.json'), JSON.stringify(descriptions));
console.log(`${Object.keys(schema).length} types`);
