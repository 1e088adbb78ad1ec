import * as vscode from 'vscode';
import type { ObjectRef } from '../../worker/protocol';
import { openObject } from '../objects';
import { perform, type CommandContext } from './context';
import { isEntry, objectOf } from './pick';

const MAX_REPLICAS = 2 ** 31 - 1;

/** Scale… asks for the number of pods. */
export function scale(context: CommandContext): (given?: unknown, replicas?: unknown) => Promise<void> {
  return async (given, replicas) => {
    const object = await objectOf(context, given, 'What is to be scaled?', (c) => c.includes('scalable'));
    if (!object) return;
    const wanted = typeof replicas === 'number' ? replicas : await askReplicas(context, object);
    if (wanted !== undefined) await perform(context, `Scaling ${object.name}`, 'operate', { type: 'scale', object, replicas: wanted });
  };
}

async function askReplicas({ engine }: CommandContext, object: ObjectRef): Promise<number | undefined> {
  const now = await engine.request('describe', object);
  const valid = (text: string): boolean => /^\d+$/.test(text.trim()) && Number(text) <= MAX_REPLICAS;
  const text = await vscode.window.showInputBox({ title: `Scale ${object.kind} ${object.name}`, prompt: 'How many pods?', value: String(now?.replicas ?? 1), validateInput: (t) => (valid(t) ? undefined : 'A whole number, 0 or more') });
  return text === undefined || !valid(text) ? undefined : Number(text);
}

export function deleteObject(context: CommandContext): (given?: unknown) => Promise<void> {
  return async (given) => {
    const object = await objectOf(context, given, 'What is to be deleted?', () => true);
    if (object) await perform(context, `Deleting ${object.name}`, 'operate', { type: 'deleteObject', object });
  };
}

/** How an object came to be what it is, as a diff for each revision. */
export function showHistory(context: CommandContext): (given?: unknown) => Promise<void> {
  return async (given) => {
    const object = await objectOf(context, given, 'Whose history is to be shown?', () => true);
    if (!object) return;
    const content = await context.engine.request('history', object);
    if (content === null) { void vscode.window.showInformationMessage(`etcd knows nothing of ${object.kind} ${object.name} any more.`); return; }
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'diff', content }), { preview: true });
  };
}

export function openYaml(context: CommandContext): (given?: unknown) => Promise<void> {
  return async (given) => {
    const object = await objectOf(context, given, 'Whose YAML is to be shown?', () => true);
    if (object) await openObject(object);
  };
}

/** The manifest that an object of the tree was created from. */
export function openManifest({ engine }: CommandContext): (given?: unknown) => Promise<void> {
  return async (given) => {
    if (!isEntry(given) || !given.object) return;
    const origin = await engine.request('origin', given.object);
    if (!origin) { void vscode.window.showInformationMessage(`${given.label} was not created from a manifest of this window.`); return; }
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(origin.file, true));
    const range = await engine.request('locate', { file: origin.file, text: document.getText(), document: origin.document, path: 'metadata.name' });
    await vscode.window.showTextDocument(document, range ? { selection: new vscode.Range(range.start.line, range.start.column, range.end.line, range.end.column) } : {});
  };
}
