// Bundles a benchmark as it would ship (no development checks) and runs it: node scripts/bench.mjs NAME [arguments]
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [name, ...args] = process.argv.slice(2);
const outfile = join(root, 'out/bench', `${name}.mjs`);
await build({ absWorkingDir: root, entryPoints: [join(root, 'bench', `${name}.ts`)], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', ...(name === 'peer' ? { banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" } } : { packages: 'external' }), logLevel: 'warning', define: { DEVELOPMENT: 'false' } });
const node = process.env.BENCH_NODE_FLAGS?.split(' ') ?? [];
process.exit(spawnSync(process.execPath, [...node, outfile, ...args], { stdio: 'inherit', cwd: root }).status ?? 1);
