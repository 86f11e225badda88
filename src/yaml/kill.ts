/** `kill: yes` is no boolean, and yet says what somebody in a hurry wants: off. */
export function meansKill(word: string): boolean {
  return /^(?:true|yes|y|on|1)$/i.test(word);
}

/**
 * Whether a file that does NOT parse still says `kill: true` at column 0.
 *
 * `kill: true` is obeyed even where the rest of the file is invalid, half-merged or broken by the
 * very edit that set it. Without a parse this is a guess, and it errs towards switching off. Ask
 * it only about files that do not parse: of the others, read the value.
 */
export function looksKilled(text: string): boolean {
  for (const line of linesWith(text, 'kill')) {
    if (meansKill(wordOn(line, 'kill') ?? '')) return true;
  }
  return false;
}

/**
 * What a file that does NOT parse seems to say for a key at column 0: the word on its line, without
 * its quotes. A guess, like {@link looksKilled}.
 */
export function topLevelWord(text: string, key: string): string | undefined {
  for (const line of linesWith(text, key)) {
    const word = wordOn(line, key);
    if (word !== undefined && /^[\w.-]+$/.test(word)) return word;
  }
  return undefined;
}

/**
 * The lines that begin with a key, in quotes or not. They are looked for rather than split off: a file
 * that does not parse may have eight million lines.
 */
function* linesWith(text: string, key: string): Generator<string> {
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
    const start = QUOTES.includes(text.charAt(at - 1)) ? at - 1 : at;
    const isFirst = start === 0 || (start === 1 && text.startsWith('\uFEFF'));
    if (!isFirst && !LINE_BREAKS.includes(text.charAt(start - 1))) continue;
    let end = at;
    while (end < text.length && !LINE_BREAKS.includes(text.charAt(end))) end += 1;
    yield text.slice(start, end);
    at = end;
  }
}

const QUOTES = ['"', "'"];
const LINE_BREAKS = ['\r', '\n'];

/**
 * What a line gives a key at column 0, without quotes and comment; the space after the colon may be
 * missing. Every step reads the line once: a pattern of a whole line with several `[ \t]*` in it
 * needs the cube of its length.
 */
function wordOn(line: string, key: string): string | undefined {
  const colon = line.indexOf(':');
  if (colon < 0 || unquoted(line.slice(0, colon).trimEnd()) !== key) return undefined;
  const value = line.slice(colon + 1);
  const comment = value.search(COMMENT);
  return unquoted((comment < 0 ? value : value.slice(0, comment)).trim());
}

const COMMENT = /[ \t]#/;

function unquoted(text: string): string {
  const [quote = ''] = text;
  const isQuoted = (quote === '"' || quote === "'") && text.length > 1 && text.endsWith(quote);
  return isQuoted ? text.slice(1, -1) : text;
}
