import { FieldSelector, type FieldTerm } from './fieldSelectors';
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from './generated/types';
import { newRequirement, Requirement, Selector, type SelectorOperator } from './selectors';

/** Node selectors, matched as k8s.io/component-helpers/scheduling/corev1/nodeaffinity does. */
/** What a node selector looks at. */
export interface SelectableNode { readonly metadata: { readonly name: string; readonly labels?: { readonly [key: string]: string } } }

const NODE_OPERATORS: ReadonlyMap<string, SelectorOperator> = new Map([['In', 'in'], ['NotIn', 'notin'], ['Exists', 'exists'], ['DoesNotExist', '!'], ['Gt', 'gt'], ['Lt', 'lt']]);

/** One term: its expressions and fields are ANDed. Empty or invalid terms match no node. */
export class NodeTermMatcher {
  readonly #labels: Selector | undefined;
  readonly #fields: FieldSelector | undefined;
  readonly #valid: boolean;
  constructor(term: NodeSelectorTerm) {
    const expressions = term.matchExpressions ?? [];
    const fields = term.matchFields ?? [];
    const labels = nodeLabelSelector(expressions);
    const names = nodeFieldSelector(fields);
    this.#valid = expressions.length + fields.length > 0 && labels !== undefined && names !== undefined;
    this.#labels = expressions.length ? labels : undefined;
    this.#fields = fields.length ? names : undefined;
  }
  matches(node: SelectableNode): boolean {
    if (!this.#valid || (this.#labels && !this.#labels.matches(node.metadata.labels))) return false;
    return this.#fields === undefined || this.#fields.matches((field) => (field === 'metadata.name' ? node.metadata.name : ''));
  }
}

function nodeLabelSelector(expressions: readonly NodeSelectorRequirement[]): Selector | undefined {
  const requirements: Requirement[] = [];
  for (const { key, operator, values } of expressions) {
    const known = NODE_OPERATORS.get(operator);
    const made = known && newRequirement(key, known, values ?? []);
    if (!(made instanceof Requirement)) return undefined;
    requirements.push(made);
  }
  return Selector.of(requirements);
}

function nodeFieldSelector(expressions: readonly NodeSelectorRequirement[]): FieldSelector | undefined {
  const terms: FieldTerm[] = [];
  for (const { key, operator, values } of expressions) {
    const [value, ...more] = values ?? [];
    if ((operator !== 'In' && operator !== 'NotIn') || value === undefined || more.length) return undefined;
    terms.push({ field: key, negated: operator === 'NotIn', value });
  }
  return new FieldSelector(terms);
}

/** A NodeSelector: its terms are ORed; without terms it matches no node. */
export class NodeSelectorMatcher {
  readonly #terms: readonly NodeTermMatcher[];
  constructor(selector: NodeSelector) { this.#terms = (selector.nodeSelectorTerms ?? []).map((term) => new NodeTermMatcher(term)); }
  matches(node: SelectableNode): boolean {
    for (const term of this.#terms) if (term.matches(node)) return true;
    return false;
  }
}

const compiledNodeSelectors = new WeakMap<NodeSelector, NodeSelectorMatcher>();

/** The compiled form, remembered by the object's identity. */
export function compileNodeSelector(selector: NodeSelector): NodeSelectorMatcher {
  const known = compiledNodeSelectors.get(selector);
  if (known) return known;
  const made = new NodeSelectorMatcher(selector);
  compiledNodeSelectors.set(selector, made);
  return made;
}
