import type { Pod } from '../../engine/api/generated/types';
import type { ManifestDocument, Position, SourceRange } from '../../engine/manifest/parse';
import type { LiveView } from '../runningWorld';
import { parsed } from '../manifests';
import type { FileText, HoverText, WorldSettings } from '../protocol';
import { findDocument, type WhatIf } from '../whatIf';
import type { World } from '../world';
import { helpFor, PATIENCE } from '../advice';
import { helpText } from './explanation';
import { fieldHover } from './fieldHover';
import { fieldsOf } from './fields';
import { objectHover, refusalHover } from './objectHover';

export interface HoverSources {
  readonly world: World;
  readonly settings: WorldSettings;
  /** Runs the file in a throw-away world. */
  whatIf(): Promise<WhatIf>;
  readonly canceled: () => boolean;
}

/** What there is to say about a place in a manifest. */
export async function hoverAt(file: FileText, position: Position, sources: HoverSources): Promise<HoverText | null> {
  const document = parsed(file).documents.find((d) => contains(d.range, position));
  if (!document) return null;
  const field = fieldsOf(document).filter((f) => contains(f.range, position)).at(-1);
  if (field) {
    const markdown = fieldHover(document, field.name, sources.world.live, sources.settings);
    return markdown === undefined ? null : { markdown, range: { start: field.range.start, end: field.range.start.line === field.range.end.line ? field.range.end : { line: field.range.start.line, column: field.range.start.column + field.name.length } } };
  }
  for (const path of ['kind', 'metadata.name', 'metadata.generateName']) {
    const range = document.extentOf(path);
    if (range && contains(range, position)) return { markdown: await aboutObject(file, document, sources), range };
  }
  return null;
}

async function aboutObject(file: FileText, document: ManifestDocument, sources: HoverSources): Promise<string> {
  const { world, settings, canceled } = sources;
  const help = (pod: Pod, waiting: number, live: LiveView): string =>
    helpText(helpFor(pod, live, { file, waiting, namespace: settings.namespace, patience: PATIENCE.passing, canceled }), { file: file.file, document: document.index });
  const object = findDocument(world.live, document, settings) ?? generated(world, file, document);
  const record = world.documentRecord(file.file, document.index);
  const stale = record !== undefined && record.text !== file.text;
  if (object) return objectHover(object, world.live, stale ? '_The text has changed since this was created._' : undefined, (pod, n) => (stale ? '' : help(pod, n, world.live)));
  if (record && record.text === file.text && record.outcome.code >= 300) return refusalHover(record.outcome, undefined);
  const tried = await sources.whatIf();
  const heading = `_Not created yet. If you created ${parsed(file).documents.length > 1 ? 'this file' : 'it'} now:_`;
  const outcome = tried.outcomes.find((o) => o.index === document.index);
  if (outcome && outcome.code >= 300) return refusalHover(outcome, heading);
  const would = outcome?.object ? stored(tried.live, outcome.object) : undefined;
  const partial = tried.complete ? heading : `${heading} _(tried with the first pods only: there are very many)_`;
  return would ? objectHover(would, tried.live, partial, (pod, n) => help(pod, n, tried.live)) : `${heading} nothing can be said about it.`;
}

type Stored = NonNullable<ReturnType<typeof findDocument>>;

function stored(live: LiveView, object: Stored): Stored | undefined { return live.find(live.refOf(object)); }

/** An object whose name the API server made up. */
function generated(world: World, file: FileText, document: ManifestDocument): Stored | undefined {
  const made = world.documentRecord(file.file, document.index)?.outcome.object;
  return made && made.metadata.generateName && made.kind === document.kind ? stored(world.live, made) : undefined;
}

function contains({ start, end }: SourceRange, { line, column }: Position): boolean {
  if (line < start.line || line > end.line) return false;
  return (line > start.line || column >= start.column) && (line < end.line || column <= end.column);
}
