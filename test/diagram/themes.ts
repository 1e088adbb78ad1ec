/** The variables of VS Code's own themes that the page uses, as VS Code 1.99 sets them. */
export type ThemeName = 'light' | 'dark' | 'contrast';

const COMMON = { 'font-family': '"DejaVu Sans", "Segoe UI", sans-serif', 'font-size': '13px', 'editor-font-family': '"DejaVu Sans Mono", monospace' };

export const THEMES: { readonly [name in ThemeName]: { readonly bodyClass: string; readonly variables: { readonly [name: string]: string } } } = {
  light: {
    bodyClass: 'vscode-light', variables: {
      ...COMMON, 'editor-background': '#ffffff', 'editor-foreground': '#3b3b3b', 'descriptionForeground': '#3b3b3b', 'errorForeground': '#f85149', 'focusBorder': '#005fb8', 'editorWidget-background': '#f8f8f8', 'editorWidget-border': '#c8c8c8',
      'panel-border': '#e5e5e5', 'editorWarning-foreground': '#bf8803', 'testing-iconPassed': '#73c991', 'charts-green': '#388a34', 'textLink-foreground': '#005fb8', 'textLink-activeForeground': '#005fb8', 'button-background': '#005fb8',
      'button-foreground': '#ffffff', 'button-hoverBackground': '#0258a8', 'button-border': '#0000001a', 'toolbar-hoverBackground': '#b8b8b850', 'list-hoverBackground': '#f2f2f2', 'list-inactiveSelectionBackground': '#e4e6f1', 'sideBar-background': '#f8f8f8',
      'sideBar-foreground': '#3b3b3b', 'widget-border': '#e5e5e5', 'textCodeBlock-background': '#f8f8f8', 'diffEditor-insertedLineBackground': '#9bb95533', 'diffEditor-removedLineBackground': '#ff000033', 'progressBar-background': '#005fb8', 'keybindingLabel-background': '#dddddd66', 'keybindingLabel-foreground': '#555555', 'keybindingLabel-border': '#cccccc66', 'sash-hoverBorder': '#005fb8', 'checkbox-border': '#cecece',
    },
  },
  dark: {
    bodyClass: 'vscode-dark', variables: {
      ...COMMON, 'editor-background': '#1f1f1f', 'editor-foreground': '#cccccc', 'descriptionForeground': '#9d9d9d', 'errorForeground': '#f85149', 'focusBorder': '#0078d4', 'editorWidget-background': '#202020', 'editorWidget-border': '#454545',
      'panel-border': '#2b2b2b', 'editorWarning-foreground': '#cca700', 'testing-iconPassed': '#73c991', 'charts-green': '#89d185', 'textLink-foreground': '#4daafc', 'textLink-activeForeground': '#4daafc', 'button-background': '#0078d4',
      'button-foreground': '#ffffff', 'button-hoverBackground': '#026ec1', 'button-border': '#ffffff12', 'toolbar-hoverBackground': '#5a5d5e50', 'list-hoverBackground': '#2a2d2e', 'list-inactiveSelectionBackground': '#37373d', 'sideBar-background': '#181818',
      'sideBar-foreground': '#cccccc', 'widget-border': '#313131', 'textCodeBlock-background': '#2b2b2b', 'diffEditor-insertedLineBackground': '#9bb95533', 'diffEditor-removedLineBackground': '#ff000033', 'progressBar-background': '#0078d4', 'keybindingLabel-background': '#8080802b', 'keybindingLabel-foreground': '#cccccc', 'keybindingLabel-border': '#33333399', 'sash-hoverBorder': '#0078d4', 'checkbox-border': '#3c3c3c',
    },
  },
  contrast: {
    bodyClass: 'vscode-high-contrast', variables: {
      ...COMMON, 'editor-background': '#000000', 'editor-foreground': '#ffffff', 'descriptionForeground': '#ffffffb3', 'errorForeground': '#f48771', 'focusBorder': '#f38518', 'editorWidget-background': '#0c141f', 'editorWidget-border': '#6fc3df', 'contrastBorder': '#6fc3df', 'contrastActiveBorder': '#f38518',
      'panel-border': '#6fc3df', 'editorWarning-foreground': '#ffd370', 'testing-iconPassed': '#73c991', 'charts-green': '#89d185', 'textLink-foreground': '#21a6ff', 'textLink-activeForeground': '#21a6ff', 'button-background': '#000000', 'button-foreground': '#ffffff', 'button-hoverBackground': '#000000', 'button-border': '#6fc3df', 'sideBar-background': '#000000',
      'sideBar-foreground': '#ffffff', 'textCodeBlock-background': '#000000', 'diffEditor-insertedTextBorder': '#33ff2eff', 'diffEditor-removedTextBorder': '#ff008f', 'progressBar-background': '#6fc3df', 'keybindingLabel-foreground': '#ffffff', 'keybindingLabel-border': '#6fc3df', 'sash-hoverBorder': '#f38518',
    },
  },
};
