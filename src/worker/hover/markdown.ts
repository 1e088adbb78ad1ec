/** Text that Markdown takes as text, on one line. */
export const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>|~#]/g, (c) => `\\${c}`);

/** Text as code, on one line. */
export const code = (text: string): string => `\`${text.replace(/[`\s]+/g, ' ').replace(/\|/g, '\\|')}\``;

/** Cells must be Markdown already. With numbers, all columns but the first are set to the right. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[], content: 'text' | 'numbers' = 'text'): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map((_, i) => (content === 'numbers' && i > 0 ? '--:' : ':--'))), ...rows.map(line)].join('\n');
}

export const paragraphs = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join('\n\n');
