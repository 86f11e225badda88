import { type Grid, type Growth, intervalCount } from '../../model/measurement.ts';
import type { Instant } from '../../time.ts';

/** What was counted in the interval that ends at a moment, a number for each part of a question. */
export interface Counted {
  readonly at: Instant;
  readonly by: readonly number[];
}

/** What was counted in every interval of a grid, as a column of its own: nothing in most of them. */
export function columnOf({ places, by }: Growth, grid: Grid): Float64Array {
  const column = new Float64Array(intervalCount(grid));
  for (let index = 0; index < places.length; index += 1) {
    column[places[index] ?? 0] = by[index] ?? 0;
  }
  return column;
}

/**
 * What the parts of a question counted, interval by interval.
 *
 * @param since what was counted before is not evidence
 */
export function countedSince(
  parts: readonly Growth[],
  grid: Grid,
  since: Instant,
): readonly Counted[] {
  const columns = parts.map((part) => columnOf(part, grid));
  const counted: Counted[] = [];
  for (let place = 0; place < intervalCount(grid); place += 1) {
    const at = grid.from + (place + 1) * grid.step;
    if (at - grid.step < since) continue;
    counted.push({ at, by: columns.map((column) => column[place] ?? 0) });
  }
  return counted;
}
