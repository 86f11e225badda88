import type { Grid, Point, ValueQuestion } from '../model/measurement.ts';
import { MINUTE } from '../time.ts';

/**
 * How far a sample may be from the moment asked about. Servers that wait for late samples answer
 * for half a minute ago (VictoriaMetrics' `-search.latencyOffset` is 30 s).
 */
const SLACK = MINUTE;

/** The moment or moments that a question asks about. */
export type Moments = Pick<ValueQuestion, 'at'> | Grid;

/**
 * Puts samples onto the moments that were asked about, so that the answers to two questions about
 * one moment belong together, whatever either server's clock and rounding made of it.
 *
 * @param points in order of time
 * @returns `elsewhere` where a sample is of another time, as from a cache that looks at no
 *   parameters; `crowded` where two samples are of one moment.
 */
export function placeOn(
  moments: Moments,
  points: readonly Point[],
): readonly Point[] | 'elsewhere' | 'crowded' {
  const placed: Point[] = [];
  for (const point of points) {
    const at = momentOf(moments, point.at);
    if (at === undefined) return 'elsewhere';
    if (placed.at(-1)?.at === at) return 'crowded';
    placed.push({ ...point, at });
  }
  return placed;
}

/** The moment asked about that a sample is of. */
function momentOf(moments: Moments, at: number): number | undefined {
  if ('at' in moments) return Math.abs(at - moments.at) <= SLACK ? moments.at : undefined;
  const { from, to, step } = moments;
  // Servers that cache round both ends of a range down to a multiple of its step.
  if (at < from - step || at > to + step / 2) return undefined;
  return Math.round(from + Math.round((at - from) / step) * step);
}
