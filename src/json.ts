/** JSON from outside: a metrics host, a file that services read, an event. */

/** As deep as honest JSON of these kinds ever is, several times over. */
const MAX_DEPTH = 64;

/**
 * Reads JSON, or answers `undefined` where it is none, or is nested too deeply: millions of opening
 * brackets take `JSON.parse` seconds, and whatever walks through the result by calling itself, as
 * `JSON.stringify` does, runs out of stack.
 */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Characters, which are compared as numbers: an answer may have millions of them. */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = { opens: 0x5b, closes: 0x5d } as const;
const BRACE = { opens: 0x7b, closes: 0x7d } as const;

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at);
    else if (character === BRACKET.opens || character === BRACE.opens) depth += 1;
    else if (character === BRACKET.closes || character === BRACE.closes) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Where the string that begins at a quote ends. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) return at;
    if (character === BACKSLASH) at += 1;
  }
  return text.length;
}
