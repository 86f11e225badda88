import createParser, { type MarkdownIt, type StateBlock, type StateInline } from 'markdown-it';

/**
 * Markdown as GitHub reads it, as far as that decides what is text: with HTML, footnotes and
 * formulas. Tokens of line breaks and of tags carry where in their paragraph they begin: `meta.from`.
 */
export function githubMarkdown(): MarkdownIt {
  const parser = createParser({ html: true });
  // A definition is hidden whatever it links to.
  parser.validateLink = () => true;
  parser.core.ruler.disable('strip_references');
  for (const rule of ['newline', 'escape', 'html_inline']) noteStarts(parser, rule);
  parser.inline.ruler.before('escape', 'formula', formula);
  parser.inline.ruler.after('html_inline', 'open_comment', openComment);
  parser.block.ruler.before('reference', 'footnote', footnote, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  });
  return parser;
}

/** Makes a rule note in its token where it begins. The parser keeps no positions inside a paragraph. */
function noteStarts({ inline: { ruler } }: MarkdownIt, name: string): void {
  const all = ruler.getRules('');
  ruler.disable(name);
  const others = new Set(ruler.getRules(''));
  const rule = all.find((each) => !others.has(each));
  ruler.at(name, (state, silent) => {
    const from = state.pos;
    if (!rule?.(state, silent)) return false;
    const token = state.tokens.at(-1);
    if (!silent && token) token.meta = { from };
    return true;
  });
  ruler.enable(name);
}

/** `$$…$$`, which GitHub draws as a formula. */
function formula(state: StateInline, silent: boolean): boolean {
  if (!state.src.startsWith('$$', state.pos)) return false;
  const end = state.src.indexOf('$$', state.pos + 2);
  if (end < 0 || end + 2 > state.posMax) return false;
  if (!silent) state.push('formula', '', 0);
  state.pos = end + 2;
  return true;
}

/** `<!--` without an end. GitHub shows what follows; it was meant to be hidden all the same. */
function openComment(state: StateInline, silent: boolean): boolean {
  if (!state.src.startsWith('<!--', state.pos)) return false;
  if (!silent) state.push('open_comment', '', 0);
  state.pos = state.posMax;
  return true;
}

const FOOTNOTE = /^\[\^[^\] \t]+\]:/;

/**
 * `[^1]: …`, with what is indented below it. GitHub shows a footnote at the end of the comment, and
 * only if the text refers to it.
 */
function footnote(state: StateBlock, line: number, end: number, silent: boolean): boolean {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  const indent = state.sCount[line] ?? 0;
  if (indent - state.blkIndent >= 4) return false;
  const [marker] = FOOTNOTE.exec(state.src.slice(start, state.eMarks[line])) ?? [];
  if (marker === undefined) return false;
  if (silent) return true;

  const { parentType, blkIndent } = state;
  const before = [state.bMarks[line] ?? 0, state.tShift[line] ?? 0, indent] as const;
  const afterMarker = start + marker.length;
  const spaces = state.skipSpaces(afterMarker) - afterMarker;
  // The parser goes by where each line begins: for this one, that is after the marker.
  state.bMarks[line] = afterMarker;
  state.tShift[line] = spaces;
  state.blkIndent += 4;
  state.sCount[line] = state.blkIndent + Math.max(0, spaces - 1);
  state.parentType = 'footnote';
  state.push('footnote_open', '', 1);
  state.md.block.tokenize(state, line, end);
  state.push('footnote_close', '', -1);

  state.parentType = parentType;
  state.blkIndent = blkIndent;
  [state.bMarks[line], state.tShift[line], state.sCount[line]] = before;
  return true;
}
