/** What plugins may be told by pluginConfig: validation of their arguments, in the manner of kube-scheduler's own. */
type Fields = { readonly [field: string]: unknown };
type Complain = (path: string, problem: string) => void;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const said = (value: unknown): string => JSON.stringify(value ?? null);

/** Errors of a plugin's arguments as sentences that begin with the path of the field. Plugins without arguments take none. */
export function argumentErrors(plugin: string, args: Fields, path: string): readonly string[] {
  const errors: string[] = [];
  const complain: Complain = (field, problem) => { errors.push(`${path}${field ? `.${field}` : ''}: ${problem}`); };
  const { fields, check } = ARGUMENTS[plugin] ?? { fields: [], check: () => undefined };
  for (const name of Object.keys(args)) if (name !== 'kind' && name !== 'apiVersion' && !fields.includes(name)) complain('', `unknown field "${name}"`);
  if (typeof args['kind'] === 'string' && args['kind'] !== `${plugin}Args`) complain('kind', `Invalid value: ${said(args['kind'])}: must be ${plugin}Args`);
  check(args, complain);
  return errors;
}

const ARGUMENTS: { readonly [plugin: string]: { readonly fields: readonly string[]; readonly check: (args: Fields, complain: Complain) => void } } = {
  DefaultPreemption: {
    fields: ['minCandidateNodesPercentage', 'minCandidateNodesAbsolute'],
    check: (args, complain) => {
      range(args, 'minCandidateNodesPercentage', 0, 100, complain);
      range(args, 'minCandidateNodesAbsolute', 0, Infinity, complain);
      if (args['minCandidateNodesPercentage'] === 0 && args['minCandidateNodesAbsolute'] === 0) complain('', 'Invalid value: both minCandidateNodesPercentage and minCandidateNodesAbsolute cannot be zero');
    },
  },
  InterPodAffinity: { fields: ['hardPodAffinityWeight', 'ignorePreferredTermsOfExistingPods'], check: (args, complain) => range(args, 'hardPodAffinityWeight', 0, 100, complain) },
  NodeAffinity: { fields: ['addedAffinity'], check: addedAffinity },
  NodeResourcesBalancedAllocation: { fields: ['resources'], check: (args, complain) => resources(args['resources'], 'resources', 1, complain) },
  NodeResourcesFit: { fields: ['ignoredResources', 'ignoredResourceGroups', 'scoringStrategy'], check: scoringStrategy },
  PodTopologySpread: { fields: ['defaultConstraints', 'defaultingType'], check: defaultConstraints },
  VolumeBinding: { fields: ['bindTimeoutSeconds', 'shape'], check: (args, complain) => range(args, 'bindTimeoutSeconds', 0, Infinity, complain) },
  DynamicResources: { fields: ['filterTimeout', 'bindingTimeout'], check: () => undefined },
};

function range(args: Fields, field: string, least: number, most: number, complain: Complain): void {
  const value = args[field];
  if (value === undefined) return;
  if (!Number.isInteger(value)) complain(field, `Invalid value: ${said(value)}: must be a whole number`);
  else if ((value as number) < least || (value as number) > most) complain(field, `Invalid value: ${said(value)}: ${most === Infinity ? `must be greater than or equal to ${least}` : `not in valid range [${least}-${most}]`}`);
}

function resources(value: unknown, path: string, most: number, complain: Complain): void {
  if (value === undefined) return;
  if (!Array.isArray(value)) { complain(path, `Invalid value: ${said(value)}: must be a list`); return; }
  const seen = new Set<unknown>();
  (value as readonly unknown[]).forEach((resource, i) => {
    const { name, weight } = isFields(resource) ? resource : {};
    if (typeof name !== 'string' || name === '') complain(`${path}[${i}].name`, 'Required value');
    if (seen.has(name)) complain(`${path}[${i}].name`, `Duplicate value: ${said(name)}`);
    seen.add(name);
    if (weight !== undefined && (!Number.isInteger(weight) || (weight as number) < 1 || (weight as number) > (most === 1 ? 1 : 100))) complain(`${path}[${i}].weight`, `Invalid value: ${said(weight)}: resource weight of ${String(name)} ${most === 1 ? 'must be 1' : 'not in valid range [1-100]'}`);
  });
}

const STRATEGIES = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'];

function scoringStrategy(args: Fields, complain: Complain): void {
  for (const field of ['ignoredResources', 'ignoredResourceGroups']) if (args[field] !== undefined && !(Array.isArray(args[field]) && (args[field] as readonly unknown[]).every((r) => typeof r === 'string'))) complain(field, `Invalid value: ${said(args[field])}: must be a list of strings`);
  const strategy = args['scoringStrategy'];
  if (strategy === undefined) return;
  if (!isFields(strategy)) { complain('scoringStrategy', `Invalid value: ${said(strategy)}: must be an object`); return; }
  const type = strategy['type'] ?? 'LeastAllocated';
  if (!STRATEGIES.includes(type as string)) complain('scoringStrategy.type', `Unsupported value: ${said(type)}: supported values: ${STRATEGIES.map((s) => `"${s}"`).join(', ')}`);
  resources(strategy['resources'], 'scoringStrategy.resources', 100, complain);
  if (type === 'RequestedToCapacityRatio') shape(isFields(strategy['requestedToCapacityRatio']) ? strategy['requestedToCapacityRatio']['shape'] : undefined, 'scoringStrategy.shape', complain);
}

function shape(value: unknown, path: string, complain: Complain): void {
  const points = Array.isArray(value) ? (value as readonly unknown[]).filter(isFields) : [];
  if (points.length === 0) { complain(path, 'Required value: at least one point must be specified'); return; }
  points.forEach(({ utilization, score }, i) => {
    const [u, s] = [Number(utilization), Number(score)];
    if (!(u >= 0 && u <= 100)) complain(`${path}[${i}].utilization`, `Invalid value: ${said(utilization)}: not in valid range [0-100]`);
    if (!(s >= 0 && s <= 10)) complain(`${path}[${i}].score`, `Invalid value: ${said(score)}: not in valid range [0-10]`);
    if (i > 0 && u <= Number(points[i - 1]?.['utilization'])) complain(`${path}[${i}].utilization`, `Invalid value: ${said(utilization)}: utilization values must be sorted in increasing order`);
  });
}

function defaultConstraints(args: Fields, complain: Complain): void {
  const type = args['defaultingType'];
  const list = args['defaultConstraints'];
  if (type !== undefined && type !== 'List' && type !== 'System') complain('defaultingType', `Unsupported value: ${said(type)}: supported values: "System", "List"`);
  if (list === undefined) return;
  if (!Array.isArray(list)) { complain('defaultConstraints', `Invalid value: ${said(list)}: must be a list`); return; }
  if (list.length > 0 && type !== 'List') complain('defaultingType', 'Invalid value: when .defaultConstraints are specified, must be "List"');
  (list as readonly unknown[]).forEach((constraint, i) => {
    const path = `defaultConstraints[${i}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = isFields(constraint) ? constraint : {};
    if (!(Number.isInteger(maxSkew) && (maxSkew as number) > 0)) complain(`${path}.maxSkew`, `Invalid value: ${said(maxSkew)}: not in valid range (0, inf)`);
    if (typeof topologyKey !== 'string' || topologyKey === '') complain(`${path}.topologyKey`, 'Required value: can not be empty');
    if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway') complain(`${path}.whenUnsatisfiable`, `Unsupported value: ${said(whenUnsatisfiable)}: supported values: "DoNotSchedule", "ScheduleAnyway"`);
    if (labelSelector !== undefined) complain(`${path}.labelSelector`, 'Forbidden: constraint must not define a selector, as they deduced for each pod');
  });
}

function addedAffinity(args: Fields, complain: Complain): void {
  const affinity = args['addedAffinity'];
  if (affinity === undefined) return;
  if (!isFields(affinity)) { complain('addedAffinity', `Invalid value: ${said(affinity)}: must be a node affinity`); return; }
  const known = ['requiredDuringSchedulingIgnoredDuringExecution', 'preferredDuringSchedulingIgnoredDuringExecution'];
  for (const name of Object.keys(affinity)) if (!known.includes(name)) complain('addedAffinity', `unknown field "${name}"`);
  const required = affinity['requiredDuringSchedulingIgnoredDuringExecution'];
  if (required !== undefined && !(isFields(required) && Array.isArray(required['nodeSelectorTerms']) && required['nodeSelectorTerms'].length > 0)) complain('addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms', 'Required value: must have at least one node selector term');
}
