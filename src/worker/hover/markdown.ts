/** Text that Markdown takes as text, on one line. */
export const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>|~#]/g, (c) => `\\${c}`);

/** Text as code, on one line. */
export const code = (text: string): string => `\`${text.replace(/[`\s]+/g, ' ').replace(/\|/g, '\\|')}\``;

/** Cells must be Markdown already. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => ':--')), ...rows.map(line)].join('\n');
}

export const paragraphs = (...parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join('\n\n');
