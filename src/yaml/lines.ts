import type { Location } from '../model/problem.ts';

/** Lines end in LF, CRLF or a lone CR, as in YAML. A byte order mark is no part of line 1. */

const BYTE_ORDER_MARK = '\uFEFF';

function isBreak(character: string | undefined): boolean {
  return character === '\n' || character === '\r';
}

/** Where the line that holds `at` begins. */
export function lineStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && !isBreak(text[start - 1])) start--;
  return start === 0 && at > 0 && text[0] === BYTE_ORDER_MARK ? 1 : start;
}

/** Where the line that holds `at` ends, before its line break. */
export function lineEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && !isBreak(text[end])) end++;
  return end;
}

/** The offset after the line break at `at`; `at` itself when there is none. */
export function pastBreak(text: string, at: number): number {
  if (text[at] === '\r' && text[at + 1] === '\n') return at + 2;
  return isBreak(text[at]) ? at + 1 : at;
}

/** The offset before the line break that ends at `at`; `at` itself when there is none. */
export function beforeBreak(text: string, at: number): number {
  if (text[at - 1] === '\n' && text[at - 2] === '\r') return at - 2;
  return isBreak(text[at - 1]) ? at - 1 : at;
}

/** How far into its line `at` stands, from 0. */
export function indentAt(text: string, at: number): number {
  return at - lineStart(text, at);
}

/** The line break to write beside `at`: that line's own, else the file's first, else LF. */
export function lineBreakAt(text: string, at: number): string {
  const end = lineEnd(text, at);
  return text.slice(end, pastBreak(text, end)) || (/\r\n|\r|\n/.exec(text)?.[0] ?? '\n');
}

/** Offsets as a place that people can find: lines and columns from 1. */
export function locationOf(text: string, start: number, end: number): Location {
  let line = 1;
  for (let at = lineEnd(text, 0); at < start; at = lineEnd(text, at)) {
    at = pastBreak(text, at);
    if (at > start) break;
    line++;
  }
  return { line, column: start - lineStart(text, start) + 1, start, end };
}
