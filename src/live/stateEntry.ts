import { paragraphs, plain } from '../worker/hover/markdown';
import type { TreeColor, TreeEntry } from '../worker/protocol';
import type { ConnectionState, Phase } from './protocol';

const LOOKS: { readonly [P in Phase]: readonly [icon: string, color: TreeColor] } = {
  off: ['circle-outline', 'muted'], connecting: ['loading~spin', 'none'], loading: ['loading~spin', 'none'], live: ['pass-filled', 'good'], stale: ['sync-ignored', 'waiting'], failed: ['error', 'bad'],
};

/** Where the line is cut, the most important word has been said. */
const FIRST: { readonly [P in Phase]?: string } = { stale: 'disconnected, healing · ', failed: 'not connected · ' };

/** The first line of the live tree: which cluster it is, and how true the rest is. */
export function stateEntry(state: ConnectionState): TreeEntry {
  const [icon, color] = LOOKS[state.phase];
  const warned = state.phase === 'live' && state.notices.length > 0;
  return {
    id: 'state', label: state.context, description: `${FIRST[state.phase] ?? ''}${state.text}`, tooltip: stateTooltip(state), icon: warned ? 'warning' : icon, color: warned ? 'waiting' : color, context: `live state ${state.phase}`, expandable: false, expanded: false, spoken: `Live cluster ${state.context}, ${state.text}`,
  };
}

export function stateTooltip(state: ConnectionState): string {
  return paragraphs(
    `**${plain(state.context)}** ${plain(state.text)}`, `Cluster ${plain(state.cluster)} at ${plain(state.server)}${state.version ? `, Kubernetes ${plain(state.version)}` : ''}`,
    state.namespaces.length > 0 ? `Namespaces: ${state.namespaces.map(plain).join(', ')}` : 'All namespaces', state.notices.length > 0 ? state.notices.map((n) => `- ${plain(n)}`).join('\n') : undefined, 'Read only: nothing is changed without your explicit confirmation.',
  );
}
