// What would help, as the editor gets it: every suggestion is followed here as a person would, and the pod must get a node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Call } from '../../src/worker/call';
import { Engine } from '../../src/worker/engine';
import type { DocumentHelp, FileText, HelpSuggestion, Outline } from '../../src/worker/protocol';

const CALL: Call = { canceled: () => false, progress: () => undefined };
const FILE = 'file:///web.yaml';
const example = (name: string): FileText => ({ file: `file:///${name}`, text: readFileSync(`examples/${name}`, 'utf8') });

const pod = (spec: string): FileText => ({ file: FILE, text: `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n${spec}  containers:\n  - name: main\n    image: nginx\n    resources:\n      requests:\n        cpu: 1\n` });
const outline = (engine: Engine, file: FileText): Promise<Outline> => engine.outline({ ...file, check: true, foretell: true }, CALL);
const helpFor = (engine: Engine, file: FileText, document = 0): Promise<DocumentHelp | null> => engine.help({ target: { file: file.file, document }, text: file.text }, CALL);

function edited(file: FileText, { edits }: HelpSuggestion): FileText {
  let text = file.text;
  for (const { offset, length, text: inserted } of [...edits].reverse()) text = text.slice(0, offset) + inserted + text.slice(offset + length);
  return { ...file, text };
}

async function unscheduled(engine: Engine): Promise<readonly string[]> {
  const { entries } = engine.children({ view: 'nodes', parent: '', limit: 100 });
  return entries.some((e) => e.id === 'unscheduled') ? engine.children({ view: 'nodes', parent: 'unscheduled', limit: 100 }).entries.map((e) => e.label) : [];
}

/** In a new cluster: what is there before, the file created, and the suggestion followed in the way the editor does. */
async function followed(before: (engine: Engine) => Promise<void>, file: FileText, suggestion: HelpSuggestion): Promise<readonly string[]> {
  const engine = new Engine(() => undefined);
  await before(engine);
  const text = edited(file, suggestion);
  if (suggestion.actions.length === 0) { await engine.create({ files: [text] }, CALL); return unscheduled(engine); }
  await engine.create({ files: [file] }, CALL);
  if (suggestion.edits.length > 0) await engine.delete({ files: [file] }, CALL);
  const { answer } = await engine.operate({ type: 'help', title: suggestion.title, actions: suggestion.actions }, CALL);
  assert.notEqual(answer.tone, 'refused', answer.text);
  if (suggestion.edits.length > 0) await engine.create({ files: [text] }, CALL);
  return unscheduled(engine);
}

const NOTHING = (): Promise<void> => Promise.resolve();
const taintAll = async (engine: Engine): Promise<void> => { for (const node of ['node-1', 'node-2', 'node-3']) await engine.operate({ type: 'taint', node, taint: { key: 'dedicated', value: 'db', effect: 'NoSchedule' }, remove: false }, CALL); };
const cordonAll = async (engine: Engine): Promise<void> => { for (const node of ['node-1', 'node-2', 'node-3']) await engine.operate({ type: 'cordon', node }, CALL); };
const full = async (engine: Engine): Promise<void> => { await engine.create({ files: [{ file: 'file:///full.yaml', text: 'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: full}\nspec:\n  selector: {matchLabels: {app: full}}\n  template:\n    metadata: {labels: {app: full}}\n    spec: {containers: [{name: main, image: nginx, resources: {requests: {cpu: 3500m}}}]}\n' }, ...['a', 'b', 'c'].map((name) => ({ file: `file:///${name}.yaml`, text: `apiVersion: v1\nkind: Pod\nmetadata: {name: small-${name}}\nspec: {containers: [{name: main, image: nginx, resources: {requests: {cpu: 300m}}}]}\n` }))] }, CALL); };

const CASES: readonly { readonly name: string; readonly before: (engine: Engine) => Promise<void>; readonly file: FileText; readonly kinds: readonly string[]; readonly underlined: RegExp }[] = [
  { name: 'more CPU than any node has', before: NOTHING, file: example('unschedulable.yaml'), kinds: ['lowerRequest', 'addNode'], underlined: /^"6"$/ },
  { name: 'taints', before: taintAll, file: pod('  tolerations: []\n'), kinds: ['addToleration', 'removeTaint'], underlined: /^tolerations|^\[\]/ },
  { name: 'a label that no node has', before: NOTHING, file: pod('  nodeSelector:\n    disk: ssd\n'), kinds: ['relaxNodeSelector', 'labelNode'], underlined: /^ssd$/ },
  { name: 'cordoned nodes', before: cordonAll, file: pod(''), kinds: ['uncordon', 'addNode'], underlined: /^Pod$/ },
  { name: 'full nodes', before: full, file: pod(''), kinds: ['lowerRequest', 'addNode'], underlined: /^1$/ },
  { name: 'a scheduling gate', before: NOTHING, file: pod('  schedulingGates:\n  - name: example.com/wait\n'), kinds: ['removeGates'], underlined: /^schedulingGates$/ },
  { name: 'a scheduler that nobody runs', before: NOTHING, file: pod('  schedulerName: mine\n'), kinds: ['changeScheduler'], underlined: /^mine$/ },
  { name: 'anti-affinity', before: async (engine) => { await engine.create({ files: [{ file: 'file:///d.yaml', text: 'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec:\n  selector: {matchLabels: {app: d}}\n  template:\n    metadata: {labels: {app: d}}\n    spec: {containers: [{name: main, image: nginx}]}\n' }] }, CALL); }, file: pod('  affinity:\n    podAntiAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n      - topologyKey: kubernetes.io/hostname\n        labelSelector: {matchLabels: {app: d}}\n'), kinds: ['relaxPodAffinity'], underlined: /^requiredDuring/ },
];

for (const { name, before, file, kinds, underlined } of CASES) {
  test(`what would help: ${name}: each suggestion places the pod, before and after it was created`, async () => {
    const engine = new Engine(() => undefined);
    await before(engine);
    const foretold = await outline(engine, file);
    const problem = foretold.problems.find((p) => p.document !== undefined);
    assert.ok(problem, JSON.stringify(foretold.problems));
    const line = file.text.split('\n')[problem.range.start.line] ?? '';
    assert.match(line.slice(problem.range.start.column, problem.range.end.line === problem.range.start.line ? problem.range.end.column : undefined), underlined, problem.message);
    const help = await helpFor(engine, file);
    assert.ok(help?.complete);
    for (const kind of kinds) assert.ok(help.suggestions.some((s) => s.kind === kind), `${kind} is not among ${help.suggestions.map((s) => `${s.kind} "${s.title}"`).join(', ')}`);
    for (const suggestion of help.suggestions) {
      assert.ok(suggestion.applicable);
      // Other replicas may still wait, and so may what was evicted.
      const left = (await followed(before, file, suggestion)).filter((p) => p.startsWith(file === CASES[0]?.file ? 'number-cruncher' : 'web'));
      assert.ok(left.length < (file === CASES[0]?.file ? 2 : 1), `${suggestion.title}: ${left.join(', ')}`);
    }
    await engine.create({ files: [file] }, CALL);
    assert.notDeepEqual(await unscheduled(engine), []);
    assert.ok((await outline(engine, file)).problems.some((p) => p.code === 'Unschedulable'));
    const now = await helpFor(engine, file);
    assert.deepEqual(now?.suggestions.map((s) => s.title).sort(), help.suggestions.map((s) => s.title).sort());
  });
}
