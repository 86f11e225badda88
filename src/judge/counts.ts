import type { Counter } from '../metrics/provider.ts';
import type { Duration, Instant } from '../time.ts';

/** The moments at which counters were read. */
export interface Grid {
  readonly from: Instant;
  readonly to: Instant;
  readonly step: Duration;
}

/** What was counted between the moment before and this one, a number for each part of the query. */
export interface Counted {
  readonly at: Instant;
  readonly by: readonly number[];
}

/**
 * How much each part of a query grew between one moment and the next: the sum over its counters.
 *
 * A counter that falls was restarted and has counted from zero since, as in PromQL's `increase`.
 * Unlike there, nothing is extrapolated, and what a new counter has when it is first seen was
 * counted since the moment before: the first twenty failures of a new variant are twenty. Where
 * nothing at all was seen at the moment before, it was monitoring that was down, and how much of a
 * counter is new nobody can say.
 *
 * @param found the counters of each part
 * @param since what was counted before is not evidence; the moments before it only tell how far the
 *   counters were
 */
export function increases(
  found: readonly (readonly Counter[])[],
  { from, to, step }: Grid,
  since: Instant,
): readonly Counted[] {
  const moments = Math.floor((to - from) / step) + 1;
  const placeOf = (at: Instant): number => Math.round((at - from) / step);
  const seen = new Set(
    found.flatMap((counters) =>
      counters.flatMap(({ points }) => points.map(({ at }) => placeOf(at))),
    ),
  );
  const grown = found.map((counters) => {
    const by = new Array<number>(moments).fill(0);
    for (const { points } of counters) {
      let last: number | undefined;
      for (const { at, value } of points) {
        // No counter has counted less than nothing.
        if (!Number.isFinite(value) || value < 0) continue;
        const place = placeOf(at);
        const before = last ?? (seen.has(place - 1) ? 0 : value);
        by[place] = (by[place] ?? 0) + (value >= before ? value - before : value);
        last = value;
      }
    }
    return by;
  });
  const counted: Counted[] = [];
  for (let place = 1; place < moments; place += 1) {
    const at = from + place * step;
    if (at - step < since) continue;
    counted.push({ at, by: grown.map((by) => by[place] ?? 0) });
  }
  return counted;
}
