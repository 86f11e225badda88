import type { Found } from '../model/review-rule.ts';
import type { Span } from '../promql/placeholders.ts';
import type { Query } from './definitions.ts';

/** The text of part of a query. */
export const textAt = ({ text }: Pick<Query, 'text'>, { start, end }: Span): string =>
  text.slice(start, end);

/** The place of part of a query. */
export const within = (
  { path }: Pick<Query, 'path'>,
  { start, end }: Span,
): Pick<Found, 'path' | 'within'> => ({ path, within: { start, end } });

/** The counters in part of a query, as they are to be written. */
export function selectorsIn(
  query: Pick<Query, 'text'>,
  { counters }: { readonly counters: readonly Span[] },
): string {
  const selectors = [...new Set(counters.map((counter) => textAt(query, counter)))];
  return selectors.length === 0 ? 'the counter alone' : selectors.join(' or ');
}
