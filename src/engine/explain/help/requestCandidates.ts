import type { Container, Pod } from '../../api/generated/types';
import { quantityMilliValue, quantityValue } from '../../api/quantity';
import type { NodeInfo } from '../../scheduler/nodeInfo';
import { isExtendedResourceName, podRequests, toResource } from '../../scheduler/resources';
import { amountText, listText, resourceWord } from '../amounts';
import type { Candidate } from './candidate';
import { applyEdits, pathStep, type Edit } from './edits';

/** A place where a request stands. */
interface Place { readonly path: string; readonly owner: string; readonly resources: Container['resources'] }

function placesOf({ spec }: Pod): readonly Place[] {
  const inside = (list: readonly Container[] | undefined, field: string): readonly Place[] => (list ?? []).map((c, i) => ({ path: `spec.${field}[${i}].resources`, owner: `container ${c.name}`, resources: c.resources }));
  const pod: readonly Place[] = spec.resources ? [{ path: 'spec.resources', owner: 'the pod', resources: spec.resources as Container['resources'] }] : [];
  return [...pod, ...inside(spec.containers, 'containers'), ...inside(spec.initContainers, 'initContainers')];
}

const amountOf = (resource: string, text: string | undefined): number => (text === undefined ? 0 : resource === 'cpu' ? quantityMilliValue(text) : quantityValue(text));
const total = (pod: Pod, resource: string): number => toResource(podRequests(pod)).get(resource);
const MEBI = 2 ** 20;

/** A round amount that is not larger, or the amount itself where rounding leaves nothing. In the words of a manifest. */
export function roundDown(resource: string, amount: number): string {
  if (resource === 'cpu') {
    const step = amount >= 500 ? 50 : amount >= 50 ? 10 : 1;
    const value = Math.floor(amount / step) * step;
    return value % 1000 === 0 ? String(value / 1000) : `${value}m`;
  }
  if (isExtendedResourceName(resource) || amount < MEBI) return String(amount);
  const step = amount >= 4096 * MEBI ? 256 * MEBI : amount >= 1024 * MEBI ? 64 * MEBI : amount >= 128 * MEBI ? 16 * MEBI : MEBI;
  const value = Math.floor(amount / step) * step;
  return value % (1024 * MEBI) === 0 ? `${value / (1024 * MEBI)}Gi` : `${value / MEBI}Mi`;
}

/** Requests must equal limits for these. */
const isExact = (resource: string): boolean => isExtendedResourceName(resource) || resource.startsWith('hugepages-');

function setRequest({ path, resources }: Place, resource: string, text: string): readonly Edit[] {
  const request: Edit = { fieldPath: `${path}.requests${pathStep(resource)}`, operation: 'set', value: text };
  const limit: Edit = { fieldPath: `${path}.limits${pathStep(resource)}`, operation: 'set', value: text };
  if (!isExact(resource)) return [request];
  return [...(resources?.limits?.[resource] === undefined ? [] : [limit]), request];
}

interface Lowering { readonly edits: readonly Edit[]; readonly words: readonly string[]; readonly share: number }

/** Lowers one resource so that the pod asks for no more than `free`. */
function lower(pod: Pod, resource: string, free: number): Lowering | undefined {
  const asked = total(pod, resource);
  if (asked <= free) return { edits: [], words: [], share: 0 };
  if (free <= 0) return undefined;
  const places = placesOf(pod).filter((place) => amountOf(resource, place.resources?.requests?.[resource]) > 0);
  const single = places.flatMap((place) => oneLowered(pod, place, resource, free, asked) ?? []).sort((a, b) => a.share - b.share)[0];
  return single ?? allLowered(pod, places, resource, free, asked);
}

function oneLowered(pod: Pod, place: Place, resource: string, free: number, asked: number): Lowering | undefined {
  const own = amountOf(resource, place.resources?.requests?.[resource]);
  const rest = total(applyEdits(pod, setRequest(place, resource, '0')), resource);
  for (const target of [own - (asked - free), free - rest]) {
    if (target <= 0) continue;
    const text = roundDown(resource, target);
    const value = amountOf(resource, text);
    const edits = setRequest(place, resource, text);
    if (value > 0 && value < own && total(applyEdits(pod, edits), resource) <= free) return { edits, words: [`the ${resourceWord(resource)} request of ${place.owner} from ${amountText(resource, own)} to ${text}`], share: 1 - value / own };
  }
  return undefined;
}

function allLowered(pod: Pod, places: readonly Place[], resource: string, free: number, asked: number): Lowering | undefined {
  const edits: Edit[] = [];
  const words: string[] = [];
  for (const place of places) {
    const own = amountOf(resource, place.resources?.requests?.[resource]);
    const text = roundDown(resource, Math.floor((own * free) / asked));
    if (amountOf(resource, text) <= 0) return undefined;
    edits.push(...setRequest(place, resource, text));
    words.push(`the ${resourceWord(resource)} request of ${place.owner} from ${amountText(resource, own)} to ${text}`);
  }
  return edits.length > 0 && total(applyEdits(pod, edits), resource) <= free ? { edits, words, share: 1 - free / asked } : undefined;
}

/** Lower what the pod asks for to what the node has free. */
export function requestCandidate(pod: Pod, node: NodeInfo): Candidate | undefined {
  if (node.pods.length + 1 > node.allocatable.allowedPodNumber) return undefined;
  const asked = toResource(podRequests(pod));
  const lowerings: Lowering[] = [];
  for (const resource of ['cpu', 'memory', 'ephemeral-storage', ...(asked.scalar?.keys() ?? [])]) {
    if (asked.get(resource) === 0) continue;
    const made = lower(pod, resource, node.allocatable.get(resource) - node.requested.get(resource));
    if (!made) return undefined;
    if (made.edits.length > 0) lowerings.push(made);
  }
  if (lowerings.length === 0) return undefined;
  const share = Math.max(...lowerings.map((l) => l.share));
  return {
    kind: 'lowerRequest', title: `Lower ${listText(lowerings.flatMap((l) => l.words))}`, detail: `That much is free on ${node.name}.`, size: lowerings.length - 1 + 0.5 + share * 3,
    edits: lowerings.flatMap((l) => l.edits), actions: [],
  };
}
