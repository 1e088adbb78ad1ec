/**
 * The picture's own style sheet. All colours are variables of VS Code's theme, so that another theme needs no new drawing and a saved
 * picture takes the colours with it. Tones colour lines; words and marks say the same.
 */
const FOREGROUND = 'var(--vscode-editor-foreground)';
const BACKGROUND = 'var(--vscode-editor-background)';
const MUTED = 'var(--vscode-descriptionForeground)';
const EDGE = 'var(--vscode-contrastBorder, var(--vscode-editorWidget-border, var(--vscode-panel-border)))';
const SURFACE = 'var(--vscode-editorWidget-background)';
const FOCUS = 'var(--vscode-focusBorder)';
const TONES = {
  refused: 'var(--vscode-errorForeground)', waiting: 'var(--vscode-editorWarning-foreground)', good: 'var(--vscode-testing-iconPassed, var(--vscode-charts-green))', chosen: 'var(--vscode-textLink-foreground)',
};

const tones = Object.entries(TONES).map(([tone, colour]) => `
  .tone-${tone} .messageLine0, .tone-${tone} .messageLine1 { stroke: ${colour}; stroke-width: 1.75px; }
  .tone-${tone} .note { stroke: ${colour}; stroke-width: 1.75px; }
`).join('');

export const THEME_CSS = `
  rect.actor { fill: ${SURFACE}; stroke: ${EDGE}; stroke-width: 1px; filter: none; }
  text.actor > tspan { fill: ${FOREGROUND}; font-weight: 600; }
  .actor-line { stroke: ${MUTED}; stroke-width: 1px; stroke-opacity: 0.35; }
  rect.rect, g rect.rect { filter: none; fill: transparent; stroke: ${MUTED}; stroke-opacity: 0.5; stroke-dasharray: 2 3; }
  text.text > tspan { fill: ${MUTED}; font-size: 11px; }
  .messageText { fill: ${FOREGROUND}; stroke: ${BACKGROUND}; stroke-width: 5px; stroke-linejoin: round; paint-order: stroke; }
  .messageLine0, .messageLine1 { stroke: ${FOREGROUND}; stroke-width: 1px; }
  .kind-answer .messageText, .kind-watch .messageText, .kind-storage .messageText { fill: ${MUTED}; }
  .kind-answer .messageLine1 { stroke: ${MUTED}; stroke-dasharray: 6 4 !important; }
  .kind-watch .messageLine1 { stroke: ${MUTED}; stroke-dasharray: 1 4 !important; stroke-linecap: round; stroke-width: 1.4px; }
  .kind-storage .messageLine0 { stroke: ${MUTED}; }
  [id$="-arrowhead"] path { fill: ${FOREGROUND}; fill: context-stroke; stroke: none; }
  [id$="-filled-head"] path { fill: none; stroke: ${FOREGROUND}; stroke: context-stroke; stroke-width: 1.5px; stroke-dasharray: none; }
  .note { fill: ${SURFACE}; stroke: ${EDGE}; stroke-width: 1px; rx: 3px; }
  .noteText, .noteText > tspan { fill: ${FOREGROUND}; }
  .kind-gap .note { fill: transparent; stroke: none; }
  .kind-gap .noteText { stroke: ${BACKGROUND}; stroke-width: 12px; stroke-linejoin: round; paint-order: stroke; }
  .kind-gap .noteText, .kind-gap .noteText > tspan { fill: ${MUTED}; font-style: italic; stroke: inherit; }
  .kind-fold .note { fill: transparent; stroke: ${MUTED}; stroke-dasharray: 4 3; }
  .kind-fold .noteText > tspan { fill: var(--vscode-textLink-foreground); }
  ${tones}
  .tone-refused .messageText, .tone-refused.kind-answer .messageText { fill: ${TONES.refused}; }
  .evidence-hidden .messageText { font-style: italic; }
  .time { fill: ${MUTED}; font-size: 9.5px; text-anchor: end; }
  .wave { stroke: ${MUTED}; stroke-width: 1px; stroke-dasharray: 2 5; stroke-opacity: 0.7; fill: none; }
  .hit { fill: transparent; stroke: none; pointer-events: all; cursor: pointer; }
  .item { outline: none; }
  .item.dim { opacity: 0.28; }
  .item.selected .messageText, .item:hover .messageText { stroke: none; }
  .item.selected .note { stroke: ${FOCUS}; stroke-width: 1.75px; }
  .item:hover .hit { fill: var(--vscode-list-hoverBackground); }
  .item.selected .hit { fill: var(--vscode-list-inactiveSelectionBackground); stroke: ${FOCUS}; stroke-width: 1px; }
  .item:focus-visible .hit { stroke: ${FOCUS}; stroke-width: 1.75px; }
`;
