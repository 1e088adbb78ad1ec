import * as vscode from 'vscode';
import { LEVELS, type Level } from '../diagram/model';
import { DEFAULT_SETTINGS, type WorldSettings } from '../worker/protocol';

export const SECTION = 'controlplane';

const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration(SECTION);

function number(name: string, fallback: number, least: number, most: number): number {
  const value = configuration().get<unknown>(name);
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(most, Math.max(least, Math.round(value))) : fallback;
}

/** The file that describes the cluster, or undefined for the default of three nodes. A path is relative to the first folder of the workspace. */
export const clusterFile = (): vscode.Uri | undefined => fileSetting('clusterFile');
/** The file that configures the scheduler, or undefined for its defaults. */
export const schedulerConfigurationFile = (): vscode.Uri | undefined => fileSetting('schedulerConfiguration');

function fileSetting(name: string): vscode.Uri | undefined {
  const text = configuration().get<unknown>(name);
  if (typeof text !== 'string' || text.trim() === '') return undefined;
  const path = text.trim();
  if (/^[a-z][\w+.-]+:/i.test(path) && !/^[a-z]:[\\/]/i.test(path)) return vscode.Uri.parse(path);
  if (path.startsWith('/') || /^[a-z]:[\\/]/i.test(path)) return vscode.Uri.file(path);
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return folder ? vscode.Uri.joinPath(folder.uri, path) : undefined;
}

/** How worlds are made, but for the texts of files. */
export function worldSettings(): Omit<WorldSettings, 'cluster' | 'schedulerConfiguration'> {
  const namespace = configuration().get<unknown>('namespace');
  return {
    seed: number('seed', DEFAULT_SETTINGS.seed, 0, 2 ** 32 - 1), refuseRemovedVersions: configuration().get('removedApiVersions') === 'refuse',
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : DEFAULT_SETTINGS.namespace,
    limits: { virtualMinutes: number('limits.virtualMinutes', 10, 1, 24 * 60), pods: number('limits.pods', 20_000, 1, 100_000) },
    etcdMembers: ([1, 3, 5] as const).find((n) => n === configuration().get<unknown>('etcd.members')) ?? DEFAULT_SETTINGS.etcdMembers,
  };
}

export function detailLevel(): Level {
  const wanted = configuration().get<unknown>('diagram.detail');
  return LEVELS.find((l) => l === wanted) ?? 'working';
}

export const diagnosticsEnabled = (): boolean => configuration().get('diagnostics.enabled', true);
export const codeLensEnabled = (): boolean => configuration().get('codeLens.enabled', true);
export const hoverEnabled = (): boolean => configuration().get('hover.enabled', true);
