import { withoutStrings } from './strings.ts';

/** A stretch of a query, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A word with a placeholder in it that stands outside quotes, though its value is written for a string. */
export interface Unquoted extends Span {
  readonly as: 'value' | 'name';
}

/** A query in which every placeholder has become a legal token of its own length. */
export interface Filled {
  readonly query: string;
  readonly unquoted: readonly Unquoted[];
}

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/**
 * Fills in a query's placeholders so that it can be parsed: each with as many characters as it has, so
 * that all places hold. `{{window}}` becomes a duration. Others become text within quotes, and outside
 * of them a number, which a label of a rollout may be: `/ {{labels.capacity}}`.
 */
export function fillIn(query: string): Filled {
  const words = withoutStrings(query).replace(PLACEHOLDER, (whole) => 'x'.repeat(whole.length));
  const unquoted: Unquoted[] = [];
  const filled = query.replace(PLACEHOLDER, (whole: string, inside: string, start: number) => {
    if (words[start] === ' ') return 'x'.repeat(whole.length);
    if (inside.trim() === 'window') return `${'1'.repeat(whole.length - 1)}m`;
    const isNamed = start < (unquoted.at(-1)?.end ?? 0);
    const span = isNamed ? undefined : wordAround(words, { start, end: start + whole.length });
    if (span) {
      const as = standsAs(words, span, span.end - span.start === whole.length);
      if (as === 'number') return '1'.repeat(whole.length);
      unquoted.push({ ...span, as });
    }
    return 'x'.repeat(whole.length);
  });
  return { query: filled, unquoted };
}

/** What a word is, by the characters around it. */
function standsAs(
  words: string,
  { start, end }: Span,
  isWhole: boolean,
): 'number' | 'value' | 'name' {
  const [before, after] = [words.slice(0, start).trimEnd(), words.slice(end).trimStart()];
  const isInSelector = before.lastIndexOf('{') > before.lastIndexOf('}');
  if (isInSelector) return /[=~]$/.test(before) ? 'value' : 'name';
  const isOperand = /[-+*/%^<>=,]$/.test(before) || /^[-+*/%^<>=!,]/.test(after);
  return isWhole && isOperand && !/^[{[]/.test(after) ? 'number' : 'name';
}

function wordAround(words: string, { start, end }: Span): Span {
  const isPart = (at: number): boolean => /[\w:]/.test(words[at] ?? '');
  while (isPart(start - 1)) start -= 1;
  while (isPart(end)) end += 1;
  return { start, end };
}
