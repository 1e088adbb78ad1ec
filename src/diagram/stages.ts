import type { Stage } from '../engine/trace/message';
import { wrap } from './labels';

const WORDS: { readonly [name in Stage['name']]: string } = {
  authentication: 'authentication', authorization: 'authorization', decoding: 'decoding', defaulting: 'defaulting', 'mutating admission': 'admission', 'validating admission': 'admission', validation: 'validation', storage: 'storage',
};
/** Stages that are named in the note even when nothing happened in them: the gates that every request passes. */
const GATES = ['authentication', 'authorization', 'admission', 'validation'] as const;
const NOTE_WIDTH = 30;

/** The API server's gates with their verdicts, a few lines; a refusal is given with its reason. */
export function stagesLabel(stages: readonly Stage[]): readonly string[] {
  const refused = stages.find((s) => s.verdict === 'refused');
  const passed = new Set(stages.filter((s) => s !== refused).map((s) => WORDS[s.name]));
  if (refused) passed.delete(WORDS[refused.name]);
  const changed = stages.filter((s) => s.verdict === 'changed' && s.plugin).length;
  const words = GATES.filter((g) => passed.has(g)).map((g) => `✓ ${g}${g === 'admission' && changed > 0 ? ` (${changed} changed it)` : ''}`);
  const lines = [...words];
  if (refused) lines.push(`✗ ${WORDS[refused.name]}${refused.plugin ? ` (${refused.plugin})` : ''}`, ...wrap(refused.detail ?? '', NOTE_WIDTH, 4));
  return lines;
}

/** The same in a sentence. */
export function stagesText(stages: readonly Stage[]): string {
  const refused = stages.find((s) => s.verdict === 'refused');
  const names = [...new Set(stages.filter((s) => s !== refused).map((s) => WORDS[s.name]))];
  const start = names.length > 0 ? `The API server: passed ${names.join(', ')}` : 'The API server';
  return refused ? `${start}; refused at ${WORDS[refused.name]}${refused.plugin ? ` by ${refused.plugin}` : ''}: ${refused.detail ?? ''}` : start;
}
