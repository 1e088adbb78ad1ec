import test from 'node:test';
import { startServer, until } from './server';
import { live } from './harness';
import { FIRST_VIEW } from '../../src/diagram/model';
import { toMermaid } from '../../src/diagram/mermaid';
import { readFileSync } from 'node:fs';

test('try', async () => {
  const server = await startServer({ args: ['--audit-log-path', '/tmp/audit-try.log'] });
  try {
    const h = live(server.around, {}, { auditLog: process.env['AUDIT'] ? '/tmp/audit-try.log' : '' });
    console.log(h.service.contexts());
    console.log(await h.service.connect({ context: 'controlplane', namespaces: [] }, h.call));
    await until('live', () => h.state().phase === 'live');
    console.log(h.state());
    console.log(h.tree().join('\n'));
    const files = [{ file: 'file:///x/hello-deployment.yaml', text: readFileSync('examples/hello-deployment.yaml', 'utf8') }];
    const run = await h.service.whatIf({ files, dryRun: true }, h.call);
    console.log(JSON.stringify(run, undefined, 1));
    const plan = await h.service.plan({ files }, h.call);
    console.log(plan);
    const made = await h.service.create({ plan: plan.plan, predict: true }, h.call);
    console.log(JSON.stringify(made, undefined, 1));
    const model = h.service.diagram({ run: made.run, view: { ...FIRST_VIEW, level: 'working' } });
    if (model) console.log(toMermaid(model).text);
    const c = h.service.comparison({ run: made.run });
    console.log(JSON.stringify(c, undefined, 1));
    await new Promise((r) => setTimeout(r, 800));
    console.log(h.tree().join('\n'));
    h.service.disconnect();
  } finally { await server.stop(); }
});
