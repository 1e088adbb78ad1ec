import * as vscode from 'vscode';
import type { ObjectRef } from '../../worker/protocol';
import { failureText } from '../engineService';
import { objectUri, refOf } from '../objects';
import type { LiveMode } from './service';

/** Its own scheme: nobody is to take an object of a real cluster for a simulated one. */
export const LIVE_SCHEME = 'controlplane-live';

/** Objects of the live cluster as read-only documents, read when they are opened, with their secrets hidden. */
export function registerLiveDocuments(live: LiveMode): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(LIVE_SCHEME, {
    async provideTextDocumentContent(uri) {
      const ref = refOf(uri);
      if (!ref) return '# This address names no object.\n';
      if (!live.isConnected) return '# No live cluster is connected.\n';
      try {
        const text = await live.request('yaml', ref);
        return text === null ? `# ${ref.kind} ${ref.name} is not in the cluster (any more).\n` : `# ${live.state.context}, read ${new Date().toLocaleTimeString('en-GB')}. Secret data and environment values are hidden.\n${text}`;
      } catch (thrown) {
        return `# ${failureText(thrown) ?? 'Canceled.'}\n`;
      }
    },
  });
}

export async function openLiveObject(ref: ObjectRef): Promise<void> {
  const document = await vscode.workspace.openTextDocument(objectUri(ref).with({ scheme: LIVE_SCHEME }));
  await vscode.languages.setTextDocumentLanguage(document, 'yaml').then(undefined, () => undefined);
  await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.One });
}
