/**
 * Writes a value so that it can stand inside a PromQL string literal and cannot leave it.
 *
 * PromQL's literals follow Go's escapes (https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals).
 * All three quotes are written as code points, so that the result is safe between double and
 * between single quotes; between backticks, which know no escapes, it stays inside but matches
 * something else. Outside quotes nothing can be made safe: write placeholders inside them.
 *
 * Inside a regular expression (`=~"{{labels.team}}"`) the value stays one string, but its `.`, `*`
 * and `|` mean what they mean in a regular expression: use `=` unless that is intended.
 */
export function escapePromql(value: string): string {
  return value.replace(/[\\"'`\p{Cc}\p{Cs}\u2028\u2029]/gu, (character) => {
    if (character === '\\') return '\\\\';
    if (character === '\n') return '\\n';
    const code = character.codePointAt(0) ?? 0;
    // Half of a surrogate pair is no character: no label can hold it, and Go refuses it.
    if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
