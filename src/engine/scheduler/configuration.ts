import { argumentErrors } from './configurationArgs';
import type { PluginArgs } from './framework';

/** KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1) as data: profiles with their plugins, weights and arguments. */
export interface PluginRef { readonly name: string; readonly weight?: number }
export interface PluginSet { readonly enabled?: readonly PluginRef[]; readonly disabled?: readonly { readonly name: string }[] }

export const EXTENSION_POINTS = ['preEnqueue', 'queueSort', 'preFilter', 'filter', 'postFilter', 'preScore', 'score', 'reserve', 'permit', 'preBind', 'bind', 'postBind'] as const;
export type ExtensionPoint = (typeof EXTENSION_POINTS)[number];
export type Plugins = { readonly [point in ExtensionPoint | 'multiPoint']?: PluginSet };

export interface SchedulerProfile {
  readonly schedulerName: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins: Plugins;
  readonly pluginConfig: ReadonlyMap<string, PluginArgs>;
}

export interface SchedulerConfiguration {
  /** 0: adaptive. */
  readonly percentageOfNodesToScore: number;
  readonly podInitialBackoffSeconds: number;
  readonly podMaxBackoffSeconds: number;
  readonly profiles: readonly SchedulerProfile[];
}

/** getDefaultPlugins of v1.36: the order is that of every extension point. */
export const DEFAULT_PLUGINS: readonly PluginRef[] = [
  { name: 'SchedulingGates' }, { name: 'PrioritySort' }, { name: 'NodeUnschedulable' }, { name: 'NodeName' }, { name: 'TaintToleration', weight: 3 }, { name: 'NodeAffinity', weight: 2 },
  { name: 'NodePorts' }, { name: 'NodeResourcesFit', weight: 1 }, { name: 'VolumeRestrictions' }, { name: 'NodeVolumeLimits' }, { name: 'VolumeBinding' }, { name: 'VolumeZone' },
  { name: 'PodTopologySpread', weight: 2 }, { name: 'InterPodAffinity', weight: 2 }, { name: 'DynamicResources', weight: 2 }, { name: 'DefaultPreemption' },
  { name: 'NodeResourcesBalancedAllocation', weight: 1 }, { name: 'ImageLocality', weight: 1 }, { name: 'DefaultBinder' },
];

export const DEFAULT_SCHEDULER_NAME = 'default-scheduler';
const DEFAULT_PROFILE: SchedulerProfile = { schedulerName: DEFAULT_SCHEDULER_NAME, plugins: { multiPoint: { enabled: DEFAULT_PLUGINS } }, pluginConfig: new Map() };

export const DEFAULT_CONFIGURATION: SchedulerConfiguration = { percentageOfNodesToScore: 0, podInitialBackoffSeconds: 1, podMaxBackoffSeconds: 10, profiles: [DEFAULT_PROFILE] };

type Fields = { readonly [field: string]: unknown };
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads a parsed configuration file. Errors are sentences for a person; with any, the configuration is not to be used. */
export function parseConfiguration(document: unknown, knownPlugins: ReadonlySet<string>): { readonly configuration: SchedulerConfiguration; readonly errors: readonly string[] } {
  const errors: string[] = [];
  if (!isFields(document)) return { configuration: DEFAULT_CONFIGURATION, errors: ['a KubeSchedulerConfiguration must be an object'] };
  if (document['kind'] !== 'KubeSchedulerConfiguration') errors.push(`kind: Unsupported value: ${JSON.stringify(document['kind'] ?? '')}: supported values: "KubeSchedulerConfiguration"`);
  if (document['apiVersion'] !== 'kubescheduler.config.k8s.io/v1') errors.push(`apiVersion: Unsupported value: ${JSON.stringify(document['apiVersion'] ?? '')}: supported values: "kubescheduler.config.k8s.io/v1"`);
  unknownFields(document, FIELDS, '', errors);
  for (const field of ['percentageOfNodesToScore', 'podInitialBackoffSeconds', 'podMaxBackoffSeconds']) wholeNumber(document, field, '', errors);
  if (list(document['extenders']).length > 0) errors.push('extenders: Forbidden: this scheduler calls no extenders');
  if (document['profiles'] !== undefined && !Array.isArray(document['profiles'])) errors.push(`profiles: Invalid value: ${JSON.stringify(document['profiles'])}: must be a list`);
  const given = list(document['profiles']).filter(isFields);
  const profiles = given.length ? given.map((profile, i) => parseProfile(profile, `profiles[${i}]`, knownPlugins, errors)) : [DEFAULT_PROFILE];
  profiles.forEach((profile, i) => { if (profiles.findIndex((p) => p.schedulerName === profile.schedulerName) < i) errors.push(`profiles[${i}].schedulerName: Duplicate value: "${profile.schedulerName}"`); });
  const percentage = number(document['percentageOfNodesToScore']) ?? 0;
  if (percentage < 0 || percentage > 100) errors.push(`percentageOfNodesToScore: Invalid value: ${percentage}: not in valid range [0-100]`);
  const initial = number(document['podInitialBackoffSeconds']) ?? DEFAULT_CONFIGURATION.podInitialBackoffSeconds;
  const max = number(document['podMaxBackoffSeconds']) ?? DEFAULT_CONFIGURATION.podMaxBackoffSeconds;
  if (initial <= 0) errors.push(`podInitialBackoffSeconds: Invalid value: ${initial}: must be greater than 0`);
  if (max < initial) errors.push(`podMaxBackoffSeconds: Invalid value: ${max}: must be greater than or equal to PodInitialBackoffSeconds`);
  return { configuration: { percentageOfNodesToScore: percentage, podInitialBackoffSeconds: initial, podMaxBackoffSeconds: max, profiles }, errors };
}

/** What is read, and what a real file has besides: connections, leader election and such have no meaning here. */
const FIELDS = ['apiVersion', 'kind', 'profiles', 'percentageOfNodesToScore', 'podInitialBackoffSeconds', 'podMaxBackoffSeconds', 'extenders', 'parallelism', 'leaderElection', 'clientConnection', 'enableProfiling', 'enableContentionProfiling', 'delayCacheUntilActive'];
const PROFILE_FIELDS = ['schedulerName', 'percentageOfNodesToScore', 'plugins', 'pluginConfig'];

function unknownFields(value: Fields, known: readonly string[], path: string, errors: string[]): void {
  for (const name of Object.keys(value)) if (!known.includes(name)) errors.push(`unknown field "${path}${name}"`);
}

function wholeNumber(value: Fields, field: string, path: string, errors: string[]): void {
  if (value[field] !== undefined && !Number.isInteger(value[field])) errors.push(`${path}${field}: Invalid value: ${JSON.stringify(value[field])}: must be a whole number`);
}

function parseProfile(profile: Fields, path: string, known: ReadonlySet<string>, errors: string[]): SchedulerProfile {
  unknownFields(profile, PROFILE_FIELDS, `${path}.`, errors);
  wholeNumber(profile, 'percentageOfNodesToScore', `${path}.`, errors);
  if (isFields(profile['plugins'])) unknownFields(profile['plugins'], ['multiPoint', ...EXTENSION_POINTS], `${path}.plugins.`, errors);
  const schedulerName = text(profile['schedulerName']) || DEFAULT_SCHEDULER_NAME;
  const given = isFields(profile['plugins']) ? profile['plugins'] : {};
  const plugins: { [point in ExtensionPoint | 'multiPoint']?: PluginSet } = {};
  for (const point of ['multiPoint', ...EXTENSION_POINTS] as const) {
    const defaults: PluginSet = point === 'multiPoint' ? { enabled: DEFAULT_PLUGINS } : {};
    plugins[point] = mergePluginSet(defaults, parseSet(given[point], `${path}.plugins.${point}`, known, errors));
  }
  const pluginConfig = new Map<string, PluginArgs>();
  for (const [i, entry] of list(profile['pluginConfig']).filter(isFields).entries()) {
    const name = text(entry['name']);
    if (!known.has(name)) errors.push(`${path}.pluginConfig[${i}].name: Not found: "${name}"`);
    else if (isFields(entry['args'])) errors.push(...argumentErrors(name, entry['args'], `${path}.pluginConfig[${i}].args`));
    else if (entry['args'] !== undefined && entry['args'] !== null) errors.push(`${path}.pluginConfig[${i}].args: Invalid value: must be an object`);
    if (pluginConfig.has(name)) errors.push(`${path}.pluginConfig[${i}]: Duplicate value: "${name}"`);
    pluginConfig.set(name, isFields(entry['args']) ? entry['args'] : {});
  }
  const percentage = number(profile['percentageOfNodesToScore']);
  if (percentage !== undefined && (percentage < 0 || percentage > 100)) errors.push(`${path}.percentageOfNodesToScore: Invalid value: ${percentage}: not in valid range [0-100]`);
  return { schedulerName, plugins, pluginConfig, ...(percentage === undefined ? {} : { percentageOfNodesToScore: percentage }) };
}

function parseSet(value: unknown, path: string, known: ReadonlySet<string>, errors: string[]): PluginSet {
  if (!isFields(value)) return {};
  const enabled = list(value['enabled']).filter(isFields).map((p) => ({ name: text(p['name']), ...(number(p['weight']) ? { weight: number(p['weight']) } : {}) }));
  unknownFields(value, ['enabled', 'disabled'], `${path}.`, errors);
  list(value['enabled']).filter(isFields).forEach((p, i) => { unknownFields(p, ['name', 'weight'], `${path}.enabled[${i}].`, errors); wholeNumber(p, 'weight', `${path}.enabled[${i}].`, errors); });
  enabled.forEach((p, i) => { if (!known.has(p.name)) errors.push(`${path}.enabled[${i}].name: Not found: "${p.name}"`); });
  return { enabled, disabled: list(value['disabled']).filter(isFields).map((p) => ({ name: text(p['name']) })) };
}

/** mergePluginSet: defaults that are not disabled, replaced in place where named again, then what is new. */
function mergePluginSet(defaults: PluginSet, custom: PluginSet): PluginSet {
  const disabled = [...(defaults.disabled ?? []), ...(custom.disabled ?? [])];
  const off = new Set(custom.disabled?.map((p) => p.name));
  const again = new Map(custom.enabled?.map((p) => [p.name, p]));
  const kept = off.has('*') ? [] : (defaults.enabled ?? []).filter((p) => !off.has(p.name));
  const replaced = kept.map((p) => again.get(p.name) ?? p);
  const before = new Set(kept.map((p) => p.name));
  return { enabled: [...replaced, ...(custom.enabled ?? []).filter((p) => !before.has(p.name))], disabled };
}
