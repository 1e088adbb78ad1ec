import type { Container, PodSpec, ResourceRequirements } from '../generated/types';
import { addQuantity, compareQuantity, parseQuantity, type Quantity } from '../quantity';

/**
 * Pod-level requests and limits that follow from those of the containers where spec.resources gives only a part
 * (KEP-2837). Nothing happens without spec.resources.
 */
type Amounts = Map<string, Quantity>;
type Kind = 'requests' | 'limits';

const isHugePage = (name: string): boolean => name.startsWith('hugepages-');
const isSupported = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePage(name);

export function defaultPodLevelResources(spec: PodSpec): ResourceRequirements | undefined {
  const given = spec.resources;
  if (!given || (!given.limits && !given.requests)) return given;
  const limits = { ...given.limits };
  for (const [name, amount] of aggregate(spec, 'limits')) if (isHugePage(name) && given.requests?.[name] === undefined) limits[name] ??= amount.text;
  const withLimits = Object.keys(limits).length > Object.keys(given.limits ?? {}).length ? { ...given, limits } : given;
  if (Object.keys(limits).length === 0) return withLimits;
  const requests = { ...given.requests };
  for (const [name, amount] of aggregate(spec, 'requests')) if (isSupported(name) && !isHugePage(name)) requests[name] ??= amount.text;
  for (const [name, amount] of Object.entries(limits)) if (isSupported(name)) requests[name] ??= amount;
  return Object.keys(requests).length > Object.keys(given.requests ?? {}).length ? { ...withLimits, requests } : withLimits;
}

/** What all containers together need: the sum of those that run side by side, or the largest step of initialisation. */
function aggregate(spec: PodSpec, kind: Kind): Amounts {
  const total: Amounts = new Map();
  for (const c of spec.containers ?? []) add(total, amountsOf(c, kind));
  const sidecars: Amounts = new Map();
  const initial: Amounts = new Map();
  for (const c of spec.initContainers ?? []) {
    const own = amountsOf(c, kind);
    if (c.restartPolicy === 'Always') {
      add(total, own);
      add(sidecars, own);
      raise(initial, sidecars);
    } else {
      const step = new Map(sidecars);
      add(step, own);
      raise(initial, step);
    }
  }
  raise(total, initial);
  return total;
}

function amountsOf(c: Container, kind: Kind): Amounts {
  const out: Amounts = new Map();
  for (const [name, text] of Object.entries(c.resources?.[kind] ?? {})) {
    const amount = parseQuantity(text);
    if (amount) out.set(name, amount);
  }
  return out;
}

function add(to: Amounts, from: Amounts): void {
  for (const [name, amount] of from) {
    const before = to.get(name);
    to.set(name, before ? addQuantity(before, amount) : amount);
  }
}

function raise(to: Amounts, from: Amounts): void {
  for (const [name, amount] of from) {
    const before = to.get(name);
    if (!before || compareQuantity(amount, before) > 0) to.set(name, amount);
  }
}
