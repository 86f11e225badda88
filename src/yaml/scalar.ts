import { CORE_SCHEMA, constructFromEvents, parseEvents, YAML11_SCHEMA } from 'js-yaml';

/** A value that is written on its own, without brackets or lines. */
export type Scalar = null | boolean | number | string;

/** How a string is written where it can be. */
export type Quotes = 'plain' | 'single' | 'double';

/** Where a scalar stands: between brackets more characters mean something. */
export type Surroundings = 'block' | 'flow';

/** Characters that do not show, or that some reader takes for a line break. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to keep out
  /[\x00-\x1F\x7F-\x9F\xA0\u2028\u2029\uFEFF\uFFFD-\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** What cannot begin a plain scalar, or looks as if it could not. */
const NOT_AT_START = /^[-?:,[\]{}#&*!|>'"%@`=~\s]|^\.\.\./;

const NOT_INSIDE = { block: /:(?:\s|$)|\s#|\s$/, flow: /[,[\]{}:]|\s#|\s$/ } as const;

/** YAML 1.1 reads some of these as booleans, and which ones depends on the reader. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** Readers of YAML 1.1 take it for a date; the schema asks for a date, and people write it so. */
const TIMESTAMP = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?$/;

/**
 * Writes a scalar on one line, so that readers of YAML 1.2 and 1.1 take it for the same value.
 *
 * @param quotes how a string is to be quoted, if that style can hold it.
 */
export function writeScalar(value: Scalar, quotes: Quotes, surroundings: Surroundings): string {
  if (typeof value === 'string') return writeString(value, quotes, surroundings);
  // YAML 1.1 wants a point in a number with an exponent.
  if (typeof value === 'number') return String(value).replace(/^(-?\d+)e/, '$1.0e');
  return String(value);
}

function writeString(value: string, quotes: Quotes, surroundings: Surroundings): string {
  if (quotes === 'double' || value.search(INVISIBLE) >= 0) return doubleQuoted(value);
  if (quotes === 'plain' && canBePlain(value, surroundings)) return value;
  return `'${value.replaceAll("'", "''")}'`;
}

function canBePlain(value: string, surroundings: Surroundings): boolean {
  if (value === '' || NOT_AT_START.test(value) || WORDS.test(value)) return false;
  if (NOT_INSIDE[surroundings].test(value)) return false;
  if (TIMESTAMP.test(value)) return true;
  const events = parseEvents(value, {});
  return [CORE_SCHEMA, YAML11_SCHEMA].every(
    (schema) => constructFromEvents(events, { source: value, schema })[0] === value,
  );
}

/** JSON's escapes are YAML's too; JSON just escapes fewer of the characters that do not show. */
function doubleQuoted(value: string): string {
  return JSON.stringify(value).replace(INVISIBLE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
