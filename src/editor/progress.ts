import * as vscode from 'vscode';

/** Most runs are over before anything could be read: only longer ones show that they are under way. */
const DELAY = 500;

export interface Running {
  readonly token: vscode.CancellationToken;
  report(text: string): void;
}

/** Does something that may take long: then it is shown with a way to stop it. `also` hears of the progress and of how to stop, too. */
export async function withProgress<T>(title: string, task: (running: Running) => Promise<T>, also?: (text: string, cancel: () => void) => void): Promise<T> {
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => source.cancel();
  let shown: vscode.Progress<{ message?: string }> | undefined;
  let last = '';
  const done = task({ token: source.token, report: (text) => { last = text; if (shown) { shown.report({ message: text }); also?.(`${title}: ${text}`, cancel); } } });
  const timer = setTimeout(() => {
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (progress, token) => {
      shown = progress;
      if (last) progress.report({ message: last });
      token.onCancellationRequested(cancel);
      await done.then(() => undefined, () => undefined);
    });
  }, DELAY);
  try {
    return await done;
  } finally {
    clearTimeout(timer);
    source.dispose();
  }
}
