/** Text from outside, as every room may have to show it. */

/**
 * Characters that do not show, or that change how others do: controls, line and paragraph
 * separators, zero-width and bidirectional marks, tags, halves of surrogate pairs.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** Text with its line feeds and nothing else that does not show: no terminal obeys it. */
export function visible(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(INVISIBLE, ' '))
    .join('\n');
}

/** More than is ever shown on a line: the rest is not looked at. */
const LOOKED_AT = 65_536;

/**
 * Text from outside on one line: what does not show becomes spaces, and it is cut to a length.
 *
 * @param longest in UTF-16 units; no character is cut in half.
 */
export function oneLine(text: string, longest = 500): string {
  const start = text.slice(0, Math.max(LOOKED_AT, longest + 1));
  const flat = start.replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim();
  if (flat.length <= longest) return flat;
  return `${flat.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The lines of a text that have something on them, as one: `; ` stands between them. */
export function joinedLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('; ');
}

/**
 * Text without certain characters at its end. An expression such as `/=+$/` would look for the end
 * from every one of them again.
 */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** The same text where all of it shows, as a path must be named; otherwise what {@link oneLine} makes of it. */
export function asWritten(text: string): string {
  return text.search(INVISIBLE) < 0 ? text : oneLine(text);
}

/** A value as JSON that a terminal may be shown: what does not show is written as an escape. */
export function visibleJson(value: unknown): string {
  const escaped = (text: string): string =>
    Array.from({ length: text.length }, (_, i) => {
      return `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`;
    }).join('');
  // Nor does a workflow's runner find one of its commands in it.
  return JSON.stringify(value).replace(INVISIBLE, escaped).replaceAll('##[', '#\\u0023[');
}
