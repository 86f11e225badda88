import type { Answer, Query } from '../model/measurement.ts';

/** Looks up what a provider answered to a query. */
export type Lookup = (query: Query) => Answer;

/** The one number of an instant query, or `undefined` where there is none that is finite. */
export function readNumber(query: Query | undefined, answers: Lookup): number | undefined {
  if (query === undefined) return undefined;
  const answer = answers(query);
  const value = answer.kind === 'series' ? answer.points.at(-1)?.value : undefined;
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** The newest value of a series, or `undefined`. */
export function latest(series: Answer | undefined): number | undefined {
  return series?.kind === 'series' ? series.points.at(-1)?.value : undefined;
}
