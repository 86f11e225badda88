import { oneLine, withoutEnd } from '../text.ts';

/**
 * Text from outside, safe in Markdown: on one line, no markup, no mention, no hidden marker.
 * Characters are escaped rather than dropped, so that what was written can still be read.
 */
export function escapeMarkdown(text: string, longest?: number): string {
  return (
    oneLine(text, longest)
      .replace(/[\\`*_{}[\]()#+!|~>-]/g, '\\$&')
      // An entity such as &commat; would become a mention after all.
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      // A word joiner keeps @name, #12, GH-12 and an address readable, and makes them no mention
      // and no link: GitHub looks for those in what the Markdown became.
      .replace(/[@#](?=[A-Za-z0-9])|:(?=\/\/)|\bwww(?=\.)|\bGH(?=\\-\d)/gi, '$&\u2060')
  );
}

/** Text from outside in a code span: nothing in it can end the span, or the cell of a table. */
export function code(text: string, longest?: number): string {
  const [last = '', ...others] = oneLine(text, longest).replaceAll('`', 'ˋ').split('|').reverse();
  // A table takes escapes away in pairs: one more backslash than before has to be odd.
  const flat = others.reduce((after, part) => {
    const backslashes = part.slice(withoutEnd(part, '\\').length);
    return `${part}${backslashes}\\|${after}`;
  }, last);
  return flat === '' ? '' : `\`${flat}\``;
}

/** A sentence of ours about things from outside: what it puts in backticks is shown as code. */
export function prose(text: string, longest?: number): string {
  return oneLine(text, longest)
    .split(/(`[^`]+`)/)
    .map((part, index) => {
      if (index % 2 === 1) return code(part.slice(1, -1));
      if (part.trim() === '') return part;
      // Spaces around a code span stay.
      const before = part.slice(0, part.length - part.trimStart().length);
      const after = part.slice(part.trimEnd().length);
      return `${before}${escapeMarkdown(part, longest)}${after}`;
    })
    .join('');
}

/** A Markdown table. Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
