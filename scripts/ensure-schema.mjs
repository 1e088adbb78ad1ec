// Runs the schema generator when what it wrote is missing or was made from other input.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const generated = join(root, 'src/engine/api/generated');
const INPUTS = ['scripts/generate-schema.mjs', 'scripts/schema-facts.mjs', 'scripts/reference-texts.mjs', 'node_modules/kubernetes-types/package.json', 'node_modules/kubernetes-schema/package.json'];
const OUTPUTS = ['types.ts', 'schema.ts', 'descriptions.json'];

/** Brings src/engine/api/generated up to date; throws when the generator fails. */
export function ensureSchema() {
  const hash = createHash('sha256');
  for (const input of INPUTS) hash.update(readFileSync(join(root, input)));
  const wanted = hash.digest('hex');
  const stamp = join(generated, '.stamp');
  if (OUTPUTS.every((f) => existsSync(join(generated, f))) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const run = spawnSync(process.execPath, [join(root, 'scripts/generate-schema.mjs')], { stdio: 'inherit' });
  if (run.status !== 0) throw new Error('scripts/generate-schema.mjs failed');
  writeFileSync(stamp, wanted);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureSchema();
