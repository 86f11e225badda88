import { defined } from '../defined.ts';
import type { Grid, Point } from '../model/measurement.ts';

/**
 * One counter: how far it had counted at each moment it was seen. It falls when it is restarted. Days
 * of a check are thousands of moments, so they are kept in columns.
 */
export interface Counter {
  /** The bound of the bucket that it counts, as its server writes it; absent when it names none. */
  readonly le?: string;
  /** Which of the moments asked about, in order of time; those at which it was not seen are missing. */
  readonly places: Int32Array;
  readonly values: Float64Array;
}

/** A counter by the points at which it was seen, each on a moment that was asked about. */
export function counterOf(
  points: readonly Point[],
  { from, step }: Pick<Grid, 'from' | 'step'>,
  le?: string,
): Counter {
  return {
    ...defined({ le }),
    places: Int32Array.from(points, ({ at }) => Math.round((at - from) / step)),
    values: Float64Array.from(points, ({ value }) => value),
  };
}
