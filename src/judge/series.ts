import type { Answer, Point, Query, UnavailableReason } from '../metrics/provider.ts';
import type { SeriesQuery } from './plan.ts';

/** The values of one arm, a gauge's own or a proportion's events over total. */
export type Series =
  | {
      readonly kind: 'points';
      readonly points: readonly Point[];
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'no-traffic'; readonly warnings: readonly string[] }
  | { readonly kind: 'unavailable'; readonly reason: UnavailableReason; readonly detail: string };

/** Looks up what a provider answered to a query. */
export type Lookup = (query: Query) => Answer;

/** Puts the answers of one arm together. */
export function readSeries(query: SeriesQuery, answers: Lookup): Series {
  if (query.kind === 'gauge') {
    const answer = answers(query.value);
    return answer.kind === 'unavailable' ? answer : { ...answer, kind: 'points' };
  }
  const events = answers(query.events);
  const total = answers(query.total);
  if (total.kind === 'unavailable') return total;
  if (events.kind === 'unavailable') return events;
  const warnings = [...events.warnings, ...total.warnings];
  const counted = total.points.filter((point) => point.value > 0 || Number.isNaN(point.value));
  if (counted.length === 0) return { kind: 'no-traffic', warnings };
  const eventsAt = new Map(events.points.map((point) => [point.at, point.value]));
  // A counter that never counted has no series: no events found out of a total is zero events.
  const points = counted.map(({ at, value }) => ({
    at,
    value: share(eventsAt.get(at) ?? 0, value),
  }));
  return { kind: 'points', points, warnings };
}

/**
 * A share of a total above zero. Out of an infinite total is nothing known, where a division would
 * say zero; and nobody counts fewer than no events, which would look like the best of health.
 */
function share(events: number, total: number): number {
  if (!Number.isFinite(total)) return total;
  return events < 0 ? Number.NaN : events / total;
}

/** The one number of an instant query, or `undefined` where there is none that is finite. */
export function readNumber(query: Query | undefined, answers: Lookup): number | undefined {
  if (query === undefined) return undefined;
  const answer = answers(query);
  const value = answer.kind === 'series' ? answer.points.at(-1)?.value : undefined;
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** The newest value of a series, or `undefined`. */
export function latest(series: Series | undefined): number | undefined {
  return series?.kind === 'points' ? series.points.at(-1)?.value : undefined;
}
