import type { Detail, ManifestLink, PodHelp } from '../diagram/detailModel';
import type { DiagramModel, View } from '../diagram/model';

/**
 * What the extension and the diagram's page say to each other. The page asks for what it needs: a view (level, open folds,
 * page) at a time, and the detail of one item at a time, so that large runs stay small.
 *
 * Order: page → ready; extension → show or empty (or restore nothing and say `gone`). Then each side speaks when it has something to say.
 */

/** From the extension to the page. */
export type ToPage =
  /** Draw this. `run` names the run: answers that come for another one are dropped by the page. `select` steps to an item. */
  | { readonly type: 'show'; readonly run: string; readonly model: DiagramModel; readonly select?: string }
  /** Answer to `detail`; undefined when the run or the item is no longer known. */
  | { readonly type: 'detail'; readonly run: string; readonly item: string; readonly detail: Detail | undefined }
  /** Select an item of the diagram shown (from the tree or the manifest); does nothing when it is not drawn. */
  | { readonly type: 'select'; readonly item: string }
  /** A run is under way. `done` between 0 and 1 where it is known. Over with the next `show`, `empty` or `failed`. */
  | { readonly type: 'progress'; readonly text: string; readonly done?: number }
  /** Nothing has been run yet. */
  | { readonly type: 'empty' }
  /** The command "Save Diagram as SVG": answered by `saveSvg`. */
  | { readonly type: 'save' }
  /** The world of the restored diagram is gone (the window was reloaded): the picture stays, details are no longer to be had. */
  | { readonly type: 'gone' }
  /** A run could not be made, in words for a person. */
  | { readonly type: 'failed'; readonly message: string };

/** From the page to the extension. */
export type FromPage =
  /** The page can receive. What it restored by itself after a reload, if anything. */
  | { readonly type: 'ready'; readonly restored?: { readonly run: string; readonly view: View } }
  /** Another level, page or set of open folds is wanted; answered by `show`. */
  | { readonly type: 'view'; readonly run: string; readonly view: View }
  | { readonly type: 'detail'; readonly run: string; readonly item: string }
  /** A person stepped to an item ('' for none): tree and manifest follow. `message` is its trace message, 0 for gaps and folds. */
  | { readonly type: 'selected'; readonly run: string; readonly item: string; readonly message: number }
  /** The trees are to show the cluster as it was at the selected step (`message`; 0 for none), or as it is. */
  | { readonly type: 'travel'; readonly on: boolean; readonly run: string; readonly message: number }
  /** Show this place in the manifest's editor. */
  | { readonly type: 'reveal'; readonly link: ManifestLink }
  /** Follow a suggestion of that title for a pod. */
  | { readonly type: 'apply'; readonly pod: PodHelp['pod']; readonly title: string }
  /** To the clipboard. */
  | { readonly type: 'copyMermaid'; readonly text: string }
  /** To a file that the person chooses. */
  | { readonly type: 'saveSvg'; readonly svg: string; readonly suggestedName: string }
  /** Stop the run under way. */
  | { readonly type: 'cancel' }
  /** The button of the empty page: create the manifest in the active editor. */
  | { readonly type: 'create' }
  /** A fault of the page itself, for the log. */
  | { readonly type: 'fault'; readonly message: string };

/**
 * The page's HTML. `nonce` is fresh for each page; `script` and `style` are URIs of dist/webview/main.js and main.css as the
 * webview may load them, `cspSource` is Webview.cspSource.
 */
export function pageHtml(options: { readonly nonce: string; readonly script: string; readonly style: string; readonly cspSource: string }): string {
  const { nonce, script, style, cspSource } = options;
  // Mermaid puts <style> into its picture, hence 'unsafe-inline' for styles; scripts need the nonce, or to be imported by one that has it.
  const policy = `default-src 'none'; img-src ${cspSource} data:; font-src ${cspSource}; style-src ${cspSource} 'unsafe-inline'; script-src 'nonce-${nonce}' ${cspSource};`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Control plane</title>
</head>
<body>
<div id="app"></div>
<script type="module" nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
