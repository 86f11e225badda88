import type { Counter } from '../../model/measurement.ts';
import type { Duration, Instant } from '../../time.ts';

/** The moments at which counters were read. */
export interface Grid {
  readonly from: Instant;
  readonly to: Instant;
  readonly step: Duration;
}

/** How many moments a grid has. */
export const momentsOf = ({ from, to, step }: Grid): number => Math.floor((to - from) / step) + 1;

/** What was counted between the moment before and this one, a number for each part of the query. */
export interface Counted {
  readonly at: Instant;
  readonly by: readonly number[];
}

/**
 * How much each part of a query grew between one moment and the next: the sum over its counters, a
 * column a part, a place a moment of the grid. Nothing is known of the first.
 *
 * A counter that falls was restarted and has counted from zero since, as in PromQL's `increase`.
 * Unlike there, nothing is extrapolated, and what a new counter has when it is first seen was
 * counted since the moment before: the first twenty failures of a new variant are twenty. Where
 * nothing at all was seen at the moment before, it was monitoring that was down, and how much of a
 * counter is new nobody can say.
 *
 * @param found the counters of each part
 */
export function growth(
  found: readonly (readonly Counter[])[],
  grid: Grid,
): readonly Float64Array[] {
  const moments = momentsOf(grid);
  return found.map((counters) => {
    const by = new Float64Array(moments);
    for (const { places, values } of counters) {
      let last = -1;
      for (let index = 0; index < places.length; index += 1) {
        const place = places[index] ?? 0;
        const value = values[index] ?? 0;
        // No counter has counted less than nothing.
        if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) continue;
        const before = last >= 0 ? last : isSeen(found, place - 1) ? 0 : value;
        by[place] = (by[place] ?? 0) + (value >= before ? value - before : value);
        last = value;
      }
    }
    return by;
  });
}

/** Whether any counter was seen at a moment. */
function isSeen(found: readonly (readonly Counter[])[], place: number): boolean {
  const has = ({ places }: Counter): boolean => {
    let [low, high] = [0, places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle] ?? place) < place) low = middle + 1;
      else high = middle;
    }
    return places[low] === place;
  };
  return found.some((counters) => counters.some(has));
}

/**
 * The same, moment by moment.
 *
 * @param since what was counted before is not evidence; the moments before it only tell how far the
 *   counters were
 */
export function increases(
  found: readonly (readonly Counter[])[],
  grid: Grid,
  since: Instant,
): readonly Counted[] {
  const { from, step } = grid;
  const grown = growth(found, grid);
  const moments = momentsOf(grid);
  const counted: Counted[] = [];
  for (let place = 1; place < moments; place += 1) {
    const at = from + place * step;
    if (at - step < since) continue;
    counted.push({ at, by: grown.map((by) => by[place] ?? 0) });
  }
  return counted;
}
