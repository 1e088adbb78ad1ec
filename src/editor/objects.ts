import * as vscode from 'vscode';
import type { ObjectRef } from '../worker/protocol';
import { failureText, type EngineService } from './engineService';

export const SCHEME = 'controlplane';

/** "controlplane:/default/Pod/web-1.yaml?…": what a person reads, and all that is needed to find the object. */
export function objectUri(ref: ObjectRef): vscode.Uri {
  const path = ['', ...(ref.namespace ? [ref.namespace] : []), ref.kind, `${ref.name}.yaml`].join('/');
  return vscode.Uri.from({ scheme: SCHEME, path, query: JSON.stringify([ref.group, ref.version, ref.resource, ref.kind, ref.namespace, ref.name]) });
}

export function refOf(uri: vscode.Uri): ObjectRef | undefined {
  try {
    const parts = JSON.parse(uri.query) as unknown;
    if (!Array.isArray(parts) || parts.length !== 6 || !parts.every((p) => typeof p === 'string')) return undefined;
    const [group, version, resource, kind, namespace, name] = parts as [string, string, string, string, string, string];
    return { group, version, resource, kind, namespace, name };
  } catch {
    return undefined;
  }
}

/** Objects of the cluster as read-only documents, which follow their objects. */
export function registerObjectDocuments(engine: EngineService): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri) {
      const ref = refOf(uri);
      if (!ref) return '# This address names no object.\n';
      try {
        return (await engine.request('yaml', ref)) ?? `# ${ref.kind} ${ref.name} is not in the cluster (any more).\n`;
      } catch (thrown) {
        return `# ${failureText(thrown) ?? 'The control plane was restarted.'}\n`;
      }
    },
  };
  const refresh = (): void => { for (const document of vscode.workspace.textDocuments) if (document.uri.scheme === SCHEME) changed.fire(document.uri); };
  return vscode.Disposable.from(changed, vscode.workspace.registerTextDocumentContentProvider(SCHEME, provider), engine.onDidChange(refresh));
}

/** Opens an object's YAML. */
export async function openObject(ref: ObjectRef): Promise<void> {
  const document = await vscode.workspace.openTextDocument(objectUri(ref));
  await vscode.window.showTextDocument(document, { preview: true });
}
