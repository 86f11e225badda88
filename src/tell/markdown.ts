import { oneLine } from './text.ts';

/**
 * Text from outside, safe in Markdown: on one line, no markup, no mention, no hidden marker.
 * Characters are escaped rather than dropped, so that what was written can still be read.
 */
export function escapeMarkdown(text: string, longest?: number): string {
  return (
    oneLine(text, longest)
      .replace(/[\\`*_{}[\]()#+!|~>-]/g, '\\$&')
      .replace(/</g, '&lt;')
      // A word joiner keeps @name and #12 readable and makes them no mention and no reference.
      .replace(/@(?=[A-Za-z0-9])/g, '@\u2060')
  );
}

/** Text from outside in a code span: nothing in it can end the span. */
export function code(text: string, longest?: number): string {
  const flat = oneLine(text, longest).replaceAll('`', 'ˋ').replaceAll('|', '\\|');
  return flat === '' ? '' : `\`${flat}\``;
}

/** A Markdown table. Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
