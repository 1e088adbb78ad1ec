// Field numbers of Kubernetes' protobuf messages, as compact data for src/server/protobuf:
//   node scripts/generate-protobuf.mjs CHECKOUT_OF_kubernetes/api CHECKOUT_OF_kubernetes/apimachinery
// They stand in the struct tags of the Go types (`json:"name" protobuf:"bytes,1,opt,name=name"`), and in no published schema.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [api, machinery] = process.argv.slice(2);
if (!api || !machinery) { console.error('usage: generate-protobuf.mjs API APIMACHINERY'); process.exit(2); }
const VERSIONS = [
  'core/v1', 'apps/v1', 'batch/v1', 'autoscaling/v1', 'autoscaling/v2', 'policy/v1', 'networking/v1', 'rbac/v1', 'scheduling/v1', 'storage/v1', 'coordination/v1', 'discovery/v1', 'events/v1', 'node/v1',
  'authorization/v1', 'authentication/v1', 'certificates/v1', 'admissionregistration/v1', 'flowcontrol/v1', 'resource/v1',
];
const SPECIAL = {
  'meta/v1.Time': 'T', 'meta/v1.MicroTime': 'M', 'meta/v1.Duration': 'D', 'resource.Quantity': 'Q', 'intstr.IntOrString': 'I', 'meta/v1.FieldsV1': 'J', 'runtime.RawExtension': 'J',
};
const PLAIN = { string: 's', int: 'i', int32: 'i', int64: 'i', uint32: 'i', uint64: 'i', bool: 'b', float64: 'd', byte: 'y' };
const structs = {};
const aliases = {};

function packageOf(path) {
  if (path.endsWith('/apis/meta/v1')) return 'meta/v1';
  const match = /^k8s\.io\/api\/(.+)$/.exec(path);
  return match ? match[1] : path.split('/').at(-1);
}

function readPackage(name, folder) {
  for (const file of readdirSync(folder)) {
    if (!/^(types.*|micro_time|time|duration)\.go$/.test(file)) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    const imports = {};
    for (const [, alias, path] of text.matchAll(/^\s*(?:import\s+)?(\w+)?\s*"([^"]+)"$/gm)) imports[alias ?? path.split('/').at(-1)] = packageOf(path);
    for (const [, type, target] of text.matchAll(/^type (\w+) ([\w.[\]*]+)$/gm)) aliases[`${name}.${type}`] = { target, name, imports };
    for (const [, type, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) structs[`${name}.${type}`] = { body, name, imports };
  }
}

/** [kind, repetition]: '' once, '*' a list, '%' a map with keys of text. A '?' after it marks what may be absent: its zero means something. */
function kindOf(type, scope) {
  const bare = type.replace(/^\*/, '');
  if (bare === '[]byte') return ['y', ''];
  if (bare.startsWith('[]')) return [kindOf(bare.slice(2), scope)[0], '*'];
  const map = /^map\[\w[\w.]*\](.+)$/.exec(bare);
  if (map) return [kindOf(map[1], scope)[0], '%'];
  if (PLAIN[bare]) return [PLAIN[bare], ''];
  const [alias, local] = bare.includes('.') ? bare.split('.') : ['', bare];
  const key = `${alias === '' ? scope.name : scope.imports[alias] ?? alias}.${local}`;
  if (SPECIAL[key]) return [SPECIAL[key], ''];
  if (structs[key]) return [key, ''];
  const target = aliases[key];
  if (!target) return ['s', ''];
  const [kind, repetition] = kindOf(target.target, target);
  // A named list is a message of its own, with the elements in field 1.
  return repetition === '*' ? [`[${kind}`, ''] : [kind, repetition];
}

function fieldsOf({ body, ...scope }) {
  const fields = {};
  for (const [, type, json, number] of body.matchAll(/^\s*(?:\w+\s+)?([\w.[\]*]+)\s+`json:"([^"]*)"[^`\n]*?protobuf:"\w+,(\d+)/gm)) {
    const name = json.split(',')[0];
    const [kind, repetition] = kindOf(type, scope);
    fields[number] = `${json.includes(',inline') || name === '' ? '' : name}:${kind}${repetition}${type.startsWith('*') ? '?' : ''}`;
  }
  return fields;
}

readPackage('meta/v1', join(machinery, 'pkg/apis/meta/v1'));
for (const version of VERSIONS) if (existsSync(join(api, version))) readPackage(version, join(api, version));
const wanted = {};
for (const [key, struct] of Object.entries(structs)) {
  const fields = fieldsOf(struct);
  if (Object.keys(fields).length > 0) wanted[key] = fields;
}
const out = join(dirname(fileURLToPath(import.meta.url)), '../src/server/protobuf/fields.json');
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, `${JSON.stringify(wanted)}\n`);
console.log(`${Object.keys(wanted).length} messages`);
