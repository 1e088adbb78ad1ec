import type { DecisionWords, Detail, DiffBlock, ManifestLink, MessageLink, NodesTable, PodHelp, StageRow, TextBlock } from '../diagram/detailModel';
import { duration } from '../diagram/duration';
import type { Item } from '../diagram/model';
import { h } from './dom';

export interface PaneActions {
  readonly select: (item: string) => void;
  readonly reveal: (link: ManifestLink) => void;
  readonly toggleFold: (item: string) => void;
  readonly apply: (pod: PodHelp['pod'], title: string) => void;
}

const VERDICTS: { readonly [verdict in StageRow['verdict']]: readonly [mark: string, word: string] } = { passed: ['✓', 'passed'], changed: ['✎', 'changed the object'], refused: ['✗', 'refused'] };

/** What the pane shows of an item whose detail is there. */
export function detailView(detail: Detail, actions: PaneActions, drawn: (item: string) => boolean): readonly Node[] {
  return [
    h('h2', {}, detail.title),
    h('p', { class: `summary tone-${detail.tone}` }, detail.summary),
    ...(detail.explanation ? explanation(detail.explanation, actions) : []),
    ...section('In the manifest', detail.manifest.length > 0 ? links(detail.manifest, actions) : undefined),
    ...section('Nodes', detail.scheduling ? nodes(detail.scheduling, detail.explanation === undefined) : undefined),
    ...section('', facts(detail)),
    ...section('Stages of the API server', detail.stages.length > 0 ? stages(detail.stages) : undefined),
    ...section(detail.diff?.title ?? '', detail.diff && detail.diff.lines.length > 0 ? diff(detail.diff) : undefined),
    ...section('Because of', detail.causes.length > 0 ? messages(detail.causes, actions, drawn) : undefined),
    ...section('Led to', detail.effects.length > 0 ? messages(detail.effects, actions, drawn, detail.moreEffects) : undefined),
    ...detail.texts.map(textBlock),
  ];
}

/** What the pane shows of an item without a message behind it, or while the detail is on its way. */
export function itemView(item: Item, actions: PaneActions, note: string): readonly Node[] {
  const title = item.label.join(' ');
  if (item.fold) {
    const { open } = item.fold;
    return [h('h2', {}, title.replace(/^[▸▾] /, '')), h('p', { class: 'summary' }, open ? 'These repeat, with other names, what is drawn.' : 'Equal branches are drawn once. These went the same way, with other names.'),
      h('button', { class: 'button', type: 'button', onclick: () => actions.toggleFold(item.id) }, open ? 'Fold them away' : 'Show them in place')];
  }
  return [h('h2', {}, title), h('p', { class: 'summary' }, item.text), ...(note ? [h('p', { class: 'muted' }, note)] : [])];
}

/** What the pane shows when nothing is selected. */
export function helpView(): readonly Node[] {
  const row = (keys: string, words: string): Node => h('tr', {}, h('th', { scope: 'row' }, ...keys.split(' ').map((k) => h('kbd', {}, k))), h('td', {}, words));
  return [
    h('h2', {}, 'Step through the run'),
    h('p', { class: 'summary' }, 'Point at an arrow to see what caused it and what it led to. Select it to see the request, the answer and what changed.'),
    h('table', { class: 'keys' }, h('tbody', {}, row('↓ ↑', 'next and previous step'), row('← →', 'to the cause, to the effect'), row('Enter', 'open or close a fold'), row('Home End', 'first and last step'), row('Esc', 'let go'), row('+ − 0', 'zoom in, out, fit to the width'))),
  ];
}

function section(title: string, content: Node | undefined): readonly Node[] {
  return content ? [h('section', {}, title ? h('h3', {}, title) : undefined, content)] : [];
}

/** Why here or why not, where the pod waits, and what would help. */
function explanation({ title, sentence, groups, preemption, message, retry, queue, help }: DecisionWords, actions: PaneActions): readonly Node[] {
  const wakers = queue?.wakers.filter((w) => w.changes.length > 0) ?? [];
  return [
    ...section(title, h('div', { class: 'why' }, retry ? h('p', {}, retry) : undefined, h('p', {}, sentence), groups.length > 0 ? h('ul', { class: 'points' }, groups.map((g) => h('li', {}, g))) : undefined,
      preemption ? h('p', {}, preemption) : undefined, message ? h('blockquote', { 'aria-label': 'What Kubernetes says' }, message) : undefined)),
    ...section('What would help', help && h('div', {}, h('p', { class: 'muted' }, help.suggestions.length > 0 ? 'Each of these was tried in a copy of the cluster.' : 'No change of the manifest or of the cluster that was tried places the pod.'),
      h('ul', { class: 'points' }, help.suggestions.map((s) => h('li', {}, s.applicable ? h('button', { class: 'link', type: 'button', onclick: () => actions.apply(help.pod, s.title) }, s.title) : s.title, `: ${s.outcome}`))))),
    ...section('In the queue', queue && h('div', {}, h('p', {}, queue.summary), wakers.length > 0 ? h('dl', { class: 'facts' }, wakers.flatMap(({ plugin, changes }) => [h('dt', {}, plugin), h('dd', {}, changes.join('; '))])) : undefined)),
  ];
}

function links(list: readonly ManifestLink[], { reveal }: PaneActions): Node {
  return h('ul', { class: 'links' }, list.map((link) => h('li', {}, h('button', { class: 'link', type: 'button', onclick: () => reveal(link) }, link.label))));
}

function facts({ facts: list }: Detail): Node | undefined {
  return list.length === 0 ? undefined : h('dl', { class: 'facts' }, list.flatMap(({ name, value }) => [h('dt', {}, name), h('dd', {}, value)]));
}

function stages(rows: readonly StageRow[]): Node {
  return h('table', { class: 'stages' }, h('tbody', {}, rows.map((row) => {
    const [mark, word] = VERDICTS[row.verdict];
    return h('tr', { class: `verdict-${row.verdict}` }, h('td', { class: 'mark', 'aria-label': word }, mark), h('th', { scope: 'row' }, row.name), h('td', {}, [row.plugins.join(', '), row.detail || (row.plugins.length > 0 || row.verdict === 'passed' ? '' : word)].filter(Boolean).join(': ')));
  })));
}

function nodes(table: NodesTable, summarized: boolean): Node {
  const head = h('tr', {}, h('th', { scope: 'col' }, 'Node'), table.plugins.map((p) => h('th', { scope: 'col', class: 'number' }, breakable(p))), table.plugins.length > 0 ? h('th', { scope: 'col', class: 'number' }, 'Total') : h('th', { scope: 'col' }, 'Outcome'));
  const columns = table.plugins.length;
  const rows = table.rows.map((row) => h('tr', { class: row.chosen ? 'chosen' : row.feasible ? '' : 'refused' },
    h('th', { scope: 'row' }, row.chosen ? '◆ ' : row.feasible ? '' : '✗ ', row.name),
    row.scores.length > 0 ? [...row.scores.map((s) => h('td', { class: 'number' }, String(s))), h('td', { class: 'number total' }, String(row.total ?? ''))]
      : h('td', { colspan: columns > 0 ? columns + 1 : 1 }, row.feasible ? (row.chosen ? 'the only node that fits' : 'fits') : `${row.plugin}: ${row.reasons.join('; ')}`)));
  return h('div', {}, summarized ? h('p', {}, table.summary) : undefined, h('div', { class: 'scroll' }, h('table', { class: 'nodes' }, h('thead', {}, head), h('tbody', {}, rows))),
    table.plugins.length > 0 ? h('p', { class: 'muted' }, 'Weighted scores by plugin; the highest total wins.') : undefined, table.omitted > 0 ? h('p', { class: 'muted' }, `… and ${table.omitted} more nodes`) : undefined);
}

/** "NodeResourcesFit" may break before each capital: columns of numbers are narrow. */
const breakable = (name: string): readonly Node[] => name.split(/(?=[A-Z][a-z])/).flatMap((part) => [document.createTextNode(part), h('wbr')]);

function diff(block: DiffBlock): Node {
  const marks = { added: '+', removed: '−', same: ' ', skip: '⋯' } as const;
  const words = { added: 'added: ', removed: 'removed: ', same: '', skip: '' } as const;
  return h('div', {}, h('div', { class: 'code diff', tabindex: 0, role: 'group', 'aria-label': block.title }, block.lines.map((line) =>
    h('div', { class: `line ${line.kind}` }, h('span', { class: 'sign', 'aria-hidden': true }, marks[line.kind]), h('span', { class: 'sr-only' }, words[line.kind]), line.text))),
  block.omitted > 0 ? h('p', { class: 'muted' }, `… and ${block.omitted} more lines`) : undefined);
}

function messages(list: readonly MessageLink[], { select }: PaneActions, drawn: (item: string) => boolean, more = 0): Node {
  return h('ol', { class: 'messages' }, list.map((m) => {
    const label = drawn(m.item) ? h('button', { class: 'link', type: 'button', onclick: () => select(m.item) }, m.label) : h('span', {}, m.label);
    return h('li', {}, h('span', { class: 'at' }, duration(m.at)), label);
  }), more > 0 ? h('li', { class: 'muted' }, `and ${more} more`) : undefined);
}

function textBlock({ title, text, omitted }: TextBlock): Node {
  return h('details', text.length < 400 ? { open: true } : {}, h('summary', {}, title), h('pre', { class: 'code', tabindex: 0 }, text), omitted > 0 ? h('p', { class: 'muted' }, `… and ${omitted} more lines`) : undefined);
}
