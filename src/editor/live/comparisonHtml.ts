import type { ComparedRow, Comparison } from '../../live/protocol';

const MARKS: { readonly [V in ComparedRow['verdict']]: readonly [mark: string, words: string] } = { equal: ['✓', 'as foretold'], different: ['≠', 'different'], unknown: ['·', 'not compared'] };

/** Other people's text becomes part of the page here and nowhere else. */
const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c] ?? c);

/** A page without any script: what was foretold beside what came. */
export function comparisonHtml(comparison: Comparison, nonce: string): string {
  const link = (run: string, words: string): string => `<a href="command:controlplane.showRun?${escape(encodeURIComponent(JSON.stringify([run])))}">${escape(words)}</a>`;
  const good = comparison.differences === 0;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Predicted and actual</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<header>
<h1><span class="mark ${good ? 'equal' : 'different'}" aria-hidden="true">${good ? '✓' : '≠'}</span> ${escape(comparison.summary)}</h1>
<p>${escape(comparison.title)}</p>
<p class="links">${link(comparison.predictedRun, 'Diagram of what was foretold')} ${link(comparison.actualRun, 'Diagram of what came')}</p>
</header>
<table>
<thead><tr><th class="verdict"><span class="sr">Verdict</span></th><th scope="col">What</th><th scope="col">Predicted</th><th scope="col">Actual</th></tr></thead>
${comparison.sections.map((s) => `<tbody><tr class="section"><th colspan="4" scope="rowgroup">${escape(s.title)}</th></tr>${s.rows.map(rowHtml).join('')}</tbody>`).join('\n')}
</table>
${comparison.assumptions.length > 0 ? `<section><h2>What the prediction took for granted</h2><ul>${comparison.assumptions.map((a) => `<li>${escape(a)}</li>`).join('')}</ul></section>` : ''}
</body>
</html>`;
}

function rowHtml({ what, predicted, actual, verdict, note }: ComparedRow): string {
  const [mark, words] = MARKS[verdict];
  const noted = note ? `<div class="note">${escape(note)}</div>` : '';
  return `<tr class="${verdict}"><td class="verdict"><span class="mark ${verdict}" title="${words}" aria-hidden="true">${mark}</span><span class="sr">${words}</span></td><td>${escape(what)}${noted}</td><td>${escape(predicted)}</td><td>${escape(actual)}</td></tr>`;
}

const STYLE = `
body { margin: 0; padding: 14px 20px 28px; color: var(--vscode-editor-foreground); background: var(--vscode-editor-background); font-family: var(--vscode-font-family), sans-serif; font-size: var(--vscode-font-size, 13px); line-height: 1.45; }
h1 { font-size: 16px; font-weight: 600; margin: 0 0 4px; } h2 { font-size: 13px; font-weight: 600; margin: 24px 0 4px; }
p { margin: 0 0 4px; color: var(--vscode-descriptionForeground); overflow-wrap: anywhere; }
.links a { margin-right: 18px; } a { color: var(--vscode-textLink-foreground); } a:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
table { width: 100%; margin-top: 14px; border-collapse: collapse; table-layout: fixed; }
th { text-align: left; font-weight: 600; } thead th { padding: 4px 10px; border-bottom: 1px solid var(--vscode-contrastBorder, var(--vscode-panel-border)); position: sticky; top: 0; background: var(--vscode-editor-background); }
.section th { padding: 16px 10px 4px; font-size: 11px; letter-spacing: 0.04em; text-transform: uppercase; color: var(--vscode-descriptionForeground); }
td { padding: 4px 10px; vertical-align: top; overflow-wrap: anywhere; border-bottom: 1px solid var(--vscode-contrastBorder, var(--vscode-editorWidget-border, var(--vscode-panel-border))); }
.verdict { width: 28px; padding-right: 0; text-align: center; }
tr.different td { background: var(--vscode-diffEditor-removedLineBackground, transparent); }
.mark.equal { color: var(--vscode-testing-iconPassed); } .mark.different { color: var(--vscode-editorWarning-foreground); font-weight: 700; } .mark.unknown { color: var(--vscode-descriptionForeground); }
.note { color: var(--vscode-descriptionForeground); font-size: 12px; }
ul { margin: 0; padding-left: 18px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;
