import type { Pod } from '../../api/generated/types';
import type { KubernetesObject } from '../../api/object';
import { listText } from '../amounts';
import { splitPath } from '../../manifest/parse';
import type { SchedulerConfiguration } from '../../scheduler/configuration';
import type { ClusterAction, SuggestionKind } from './candidate';
import { confirm, mapped } from './confirm';
import { applyEdits, templatePrefix, type Edit } from './edits';
import { search, type Found } from './search';
import { Trial } from './trial';

/** A change that was tried and that places the pod. */
export interface Suggestion {
  readonly kind: SuggestionKind;
  /** What to do: "Lower the CPU request of container main from 6 to 4". */
  readonly title: string;
  readonly detail: string;
  /** The file that the edits are for, where the document said one. */
  readonly file?: string;
  /** Edits of the manifest, or of the pod as stored where no manifest is known (no `document`). To be made in this order. */
  readonly edits: readonly Edit[];
  /** What else is to be done to the cluster. */
  readonly actions: readonly ClusterAction[];
  /** Where the pod was placed when this was tried. */
  readonly scheduledOn: string;
  /** "namespace/name" of the pods that are evicted for it. */
  readonly victims: readonly string[];
}

/** A manifest document: ManifestDocument fits. */
export interface SourceDocument {
  readonly file?: string;
  readonly index: number;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly value: { readonly [field: string]: unknown };
}

export interface HelpContext {
  /** The cluster; the pod itself may be among them. */
  readonly objects: readonly KubernetesObject[];
  /** As stored. */
  readonly pod: Pod;
  readonly configuration?: SchedulerConfiguration;
  /** Where the pod may come from, by itself or through a workload. */
  readonly documents?: readonly SourceDocument[];
  /** Asked now and then; false ends the search with what has been found. */
  readonly proceed?: () => boolean;
}

export const MAX_SUGGESTIONS = 8;
const MAX_OF_KIND: { readonly [kind in SuggestionKind]?: number } = { addNode: 1, raisePriority: 1, createObject: 2 };
const MAX_OF_OTHER_KINDS = 2;
/** Nodes that are looked at in all attempts together: bounds the time in large clusters. */
const MAX_NODE_VISITS = 400_000;

/** Minimal changes that place the pod, each of them tried in a copy of the cluster and then in a throw-away world. Smallest first. */
export function whatWouldHelp(context: HelpContext): readonly Suggestion[] {
  const { pod, configuration, proceed = () => true } = context;
  const objects = context.objects.filter((o) => o.kind !== 'Pod' || Boolean((o as unknown as Pod).spec?.nodeName)).filter((o) => !isSame(o, pod));
  const nodes = objects.reduce((n, o) => n + (o.kind === 'Node' ? 1 : 0), 0);
  const trial = new Trial(objects, configuration, Math.min(3000, Math.max(60, Math.floor(MAX_NODE_VISITS / Math.max(1, nodes)))), proceed);
  const source = sourceOf(pod, context);
  const suggestions: Suggestion[] = [];
  const kinds = new Map<SuggestionKind, number>();
  for (const found of search(trial, pod)) {
    if (suggestions.length >= MAX_SUGGESTIONS || !proceed()) break;
    const n = kinds.get(found.kind) ?? 0;
    if (n >= (MAX_OF_KIND[found.kind] ?? MAX_OF_OTHER_KINDS)) continue;
    const suggestion = confirmed(found, pod, objects, source, configuration);
    // A second way to ask for less only counts where it leads to another node.
    if (!suggestion || (found.kind === 'lowerRequest' && suggestions.some((s) => s.kind === found.kind && s.scheduledOn === suggestion.scheduledOn))) continue;
    kinds.set(found.kind, n + 1);
    suggestions.push(suggestion);
  }
  return suggestions;
}

function confirmed(found: Found, pod: Pod, objects: readonly KubernetesObject[], source: Source | undefined, configuration: SchedulerConfiguration | undefined): Suggestion | undefined {
  const edits = mapped(found.edits, source?.prefix ?? '', source?.document.index);
  if (source && !edits.every((edit) => isPossible(source.document.value, edit))) return undefined;
  const others = source ? objects.filter((o) => !(o.kind === source.document.kind && o.metadata.name === source.document.name && (o.metadata.namespace ?? '') === (pod.metadata.namespace ?? ''))) : objects;
  const manifest = source && { value: applyEdits(source.document.value, edits), isPod: source.prefix === '' };
  const node = confirm(found, { objects: others, pod, configuration, manifest });
  return node === undefined ? undefined : { kind: found.kind, title: found.title, detail: detailOf(found), ...(source?.document.file === undefined ? {} : { file: source.document.file }), edits, actions: found.actions, scheduledOn: node, victims: found.victims };
}

const detailOf = ({ detail, victims }: Found): string => (victims.length === 0 ? detail : `${detail} As things are, ${victims.length > 4 ? `${victims.length} pods are` : `${listText(victims)} ${victims.length === 1 ? 'is' : 'are'}`} evicted.`);

const isSame = (object: KubernetesObject, pod: Pod): boolean => object.kind === 'Pod' && object.metadata.name === pod.metadata.name && (object.metadata.namespace ?? '') === (pod.metadata.namespace ?? '');

interface Owner { readonly kind: string; readonly metadata: KubernetesObject['metadata'] }

export interface Source { readonly document: SourceDocument; readonly prefix: string }

/** The document that the pod comes from: its own, or that of the workload that owns it. */
export function sourceOf(pod: Pod, { documents = [], objects }: Pick<HelpContext, 'documents' | 'objects'>): Source | undefined {
  const namespace = pod.metadata.namespace ?? '';
  let owner: Owner | undefined = pod;
  for (let i = 0; i < 4 && owner; i++) {
    const { kind, metadata }: Owner = owner;
    const document = documents.find((d) => d.kind === kind && (d.namespace || 'default') === namespace && (d.name === metadata.name || (i === 0 && d.name !== '' && d.name === metadata.generateName)));
    const prefix = templatePrefix(kind);
    if (document && prefix !== undefined) return { document, prefix };
    const reference = metadata.ownerReferences?.find((o) => o.controller);
    owner = reference && objects.find((o) => o.kind === reference.kind && o.metadata.name === reference.name && (o.metadata.namespace ?? '') === namespace);
  }
  return undefined;
}

/** Whether the manifest has what the edit changes: a pod may have more in it than its manifest says. */
function isPossible(value: unknown, { fieldPath, operation }: Edit): boolean {
  let at: unknown = value;
  const steps = splitPath(fieldPath);
  for (const [i, step] of steps.entries()) {
    if (typeof at !== 'object' || at === null) return operation !== 'remove' && steps.slice(i).every((s) => !/^\d+$/.test(s));
    const next = (at as { readonly [field: string]: unknown })[step];
    if (next === undefined && (operation === 'remove' || Array.isArray(at))) return false;
    at = next;
  }
  return true;
}
