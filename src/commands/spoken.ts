import { withoutEnd } from '../text.ts';

/** Where a line of a comment stands, as far as it is not just said. */
type Inside =
  | { readonly kind: 'fence'; readonly opened: string }
  | { readonly kind: 'comment' }
  | { readonly kind: 'raw' }
  | undefined;

/** A fence of code, also as the first thing of a list item; after backticks there are no others. */
const FENCE = /^(?: {0,3}|\s*(?:[-*+]|\d{1,9}[.)])[ \t]+)(?:(`{3,})[^`]*$|(~{3,}))/;

/** HTML that is shown, or kept, as it is written. */
const RAW = /^ {0,3}<(?:pre|script|style|textarea)(?:[\s>]|$)/i;
const RAW_ENDS = /<\/(?:pre|script|style|textarea)>/i;

/** Four columns of indentation make code. */
const INDENTED = /^(?: {4}| {0,3}\t)/;

/**
 * The lines of a comment that its author says, rather than shows or hides: without code blocks and
 * HTML comments. One that is left open goes to the end
 * (https://spec.commonmark.org/0.31.2/#fenced-code-blocks, #html-blocks).
 */
export function spokenLines(text: string): readonly string[] {
  const said: string[] = [];
  let inside: Inside;
  for (const whole of text.split(/\r\n|\r|\n/)) {
    if (inside?.kind === 'fence') {
      if (closes(whole, inside.opened)) inside = undefined;
      continue;
    }
    if (inside?.kind === 'raw') {
      if (RAW_ENDS.test(whole)) inside = undefined;
      continue;
    }
    const { line, open } = withoutComments(whole, inside?.kind === 'comment');
    inside = open ? { kind: 'comment' } : undefined;
    const fence = FENCE.exec(line);
    if (fence) {
      const [, ticks, tildes = ''] = fence;
      inside = { kind: 'fence', opened: ticks ?? tildes };
    } else if (RAW.test(line)) {
      if (!RAW_ENDS.test(line)) inside = { kind: 'raw' };
    } else if (!INDENTED.test(line)) {
      said.push(line);
    }
  }
  return said;
}

/** A fence ends with one as long at least, and nothing after it. */
function closes(line: string, opened: string): boolean {
  const mark = line.trim();
  return mark.startsWith(opened) && withoutEnd(mark, opened.charAt(0)) === '';
}

/** A line without HTML comments, and whether one is open at its end. */
function withoutComments(
  whole: string,
  wasOpen: boolean,
): { readonly line: string; readonly open: boolean } {
  let line = '';
  let at = 0;
  let open = wasOpen;
  for (;;) {
    if (!open) {
      const start = whole.indexOf('<!--', at);
      if (start < 0) return { line: line + whole.slice(at), open };
      line += whole.slice(at, start);
      // `<!-->` is all of a comment.
      at = start + 2;
    }
    const end = whole.indexOf('-->', at);
    if (end < 0) return { line, open: true };
    open = false;
    at = end + 3;
  }
}
