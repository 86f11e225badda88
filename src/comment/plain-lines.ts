import type { Token } from 'markdown-it';
import { githubMarkdown } from './github-markdown.ts';
import { type OpenTags, openTags, swallowsRest, tagsIn } from './open-html.ts';

const MARKDOWN = githubMarkdown();

/**
 * The lines of a comment that GitHub shows as plain text, as they were written but without HTML
 * tags. Code, quotes, lists, tables, links, footnotes and formulas are not plain text, nor is what
 * nobody sees: HTML comments, what is inside a tag, the definition of a link.
 */
export function plainLines(comment: string): readonly string[] {
  const written = comment.split(/\r\n|\r|\n/);
  const tokens = MARKDOWN.parse(comment, {});
  const tags = openTags();
  let doubtful = 0;
  let swallowed = false;
  return tokens.flatMap((token, index) => {
    const before = tokens[index - 1];
    doubtful = Math.max(doubtful, doubtfulUntil(token, before, written));
    if (token.type === 'html_block') {
      if (token.level === 0) tagsIn(token.content).forEach(tags.read);
      swallowed ||= swallowsRest(token.content);
    }
    if (token.type !== 'inline' || before?.level !== 0) return [];
    const lines = linesOf(token, tags);
    const [line = 0] = before.map ?? [];
    // `--` below a line makes that a heading, and people sign with it. After `#` it was meant as one.
    return swallowed || before.markup.startsWith('#') || line < doubtful ? [] : lines;
  });
}

/** A stretch of a paragraph's text. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** The lines of a paragraph that begin as text. */
function linesOf({ content, children }: Token, open: OpenTags): readonly string[] {
  const starts = open.none() ? [0] : [];
  const tags: Range[] = [];
  let inside = 0;
  for (const { type, nesting, content: tag, meta } of children ?? []) {
    const from = Number(meta?.from);
    if (type.startsWith('link_') || type.startsWith('s_')) inside += nesting;
    if (type === 'html_inline') {
      open.read(tag);
      tags.push({ from, to: from + tag.length });
    }
    const isBreak = type === 'softbreak' || type === 'hardbreak';
    if (isBreak && inside === 0 && open.none()) starts.push(content.indexOf('\n', from) + 1);
  }
  const table = tableIn(content);
  return starts
    .filter((start) => start < table)
    .map((from) => {
      const end = content.indexOf('\n', from);
      return { from, to: end < 0 ? content.length : end };
    })
    .filter(({ from, to }) => !content.slice(from, to).trimStart().startsWith('<'))
    .map((line) => without(content, line, tags));
}

/** A line of a text, without the tags in it. */
function without(text: string, line: Range, tags: readonly Range[]): string {
  let left = '';
  let at = line.from;
  for (const { from, to } of tags) {
    if (to <= at || from >= line.to) continue;
    left += text.slice(at, from);
    at = to;
  }
  return left + text.slice(at, Math.max(at, line.to));
}

/** Where a table of one column begins in a paragraph; GitHub wants no `|` in its first line. */
function tableIn(paragraph: string): number {
  let before: number | undefined;
  let start = 0;
  for (const line of paragraph.split('\n')) {
    if (before !== undefined && isDelimiterRow(line)) return before;
    before = start;
    start += line.length + 1;
  }
  return paragraph.length;
}

/** `| --- |`, with one `|` at least. */
function isDelimiterRow(line: string): boolean {
  const cells = line.split('|').map((cell) => cell.trim());
  const [only = '', ...more] = cells.filter((cell) => cell !== '');
  return cells.length > 1 && more.length === 0 && /^:?-+:?$/.test(only);
}

const CONTAINERS = [
  'blockquote_close',
  'bullet_list_close',
  'ordered_list_close',
  'footnote_close',
];

/** A quote's mark that is indented like code, which is text to GitHub. */
const FAR_QUOTE = /^(?: {4}| {0,3}\t)[ \t]*>/;

/**
 * The line before which a paragraph may be part of a quote or list on GitHub, though the parser ends
 * that sooner. A blank line ends it for both.
 */
function doubtfulUntil(
  token: Token,
  before: Token | undefined,
  written: readonly string[],
): number {
  const isBlank = (line: number): boolean => (written[line] ?? '').trim() === '';
  let line = doubtfulFrom(token, before, written);
  if (line === undefined) return 0;
  while (!isBlank(line)) line += 1;
  return line;
}

/** The line of a quote or list that the parser reads otherwise than GitHub, if there is one. */
function doubtfulFrom(
  { type, level, map }: Token,
  before: Token | undefined,
  written: readonly string[],
): number | undefined {
  const [from, to] = map ?? [0, 0];
  switch (type) {
    // To GitHub the definition of a link ends with its paragraph, and that may go on below the quote.
    case 'reference_definition':
      return level > 0 ? to : undefined;
    // Text that goes on below a quote or list may be indented by any amount.
    case 'code_block':
      return CONTAINERS.includes(before?.type ?? '') && written[from - 1]?.trim()
        ? from
        : undefined;
    case 'blockquote_open': {
      const far = written.slice(from, to).findIndex((line) => FAR_QUOTE.test(line));
      return level > 0 || far < 0 ? undefined : from + far;
    }
    default:
      return undefined;
  }
}
