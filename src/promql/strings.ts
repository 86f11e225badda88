/** String literals and comments. One that is not closed ends with the query. */
const STRING_OR_COMMENT = /"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|`[^`]*`?|#[^\n]*/g;

/**
 * The query with every string literal and comment replaced by as many spaces, so that what is left
 * are its own words, and each of them is where it was.
 */
export const withoutStrings = (query: string): string =>
  query.replace(STRING_OR_COMMENT, (part) => ' '.repeat(part.length));
