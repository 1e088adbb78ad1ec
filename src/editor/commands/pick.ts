import * as vscode from 'vscode';
import type { ObjectRef, TreeEntry } from '../../worker/protocol';
import type { CommandContext } from './context';

/** A line of a tree that a menu was opened on. */
export const isEntry = (value: unknown): value is TreeEntry => typeof value === 'object' && value !== null && 'context' in value && 'label' in value;

/** The node that a command was called on, or the one that a person picks. */
export async function nodeOf(context: CommandContext, given: unknown, placeHolder: string, fits: (context: string) => boolean = () => true): Promise<string | undefined> {
  if (typeof given === 'string') return given;
  if (isEntry(given)) return given.label;
  const { entries } = await context.engine.request('children', { view: 'nodes', parent: '', limit: 1000 });
  const nodes = entries.filter((e) => e.context.startsWith('node ') && fits(e.context));
  if (nodes.length === 0) { void vscode.window.showInformationMessage('There is no such node now.'); return undefined; }
  const picked = await vscode.window.showQuickPick(nodes.map((n) => ({ label: n.label, description: n.description })), { placeHolder });
  return picked?.label;
}

/** The object that a command was called on, or the one that a person picks among the workloads. */
export async function objectOf(context: CommandContext, given: unknown, placeHolder: string, fits: (context: string) => boolean): Promise<ObjectRef | undefined> {
  if (isEntry(given)) return given.object;
  const { entries } = await context.engine.request('children', { view: 'workloads', parent: '', limit: 1000 });
  const objects = entries.filter((e) => e.object && fits(e.context));
  if (objects.length === 0) { void vscode.window.showInformationMessage('There is no such object in the cluster yet: create a manifest first.'); return undefined; }
  const picked = await vscode.window.showQuickPick(objects.map((e) => ({ label: e.label, description: e.description, object: e.object })), { placeHolder });
  return picked?.object;
}
