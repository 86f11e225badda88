import type { Duration, Instant } from '../../time.ts';
import type { Budget } from '../limits/budget.ts';
import { judgeIntervals } from '../sequential/sequential.ts';
import type { CountedInterval, EventCounts, TestReading } from '../sequential/spec.ts';
import { countAbove, type Spread, type Stretch, sizeOf } from './spread.ts';

/** A limit on a quantile, as a question about shares. */
export interface QuantileLimit {
  readonly side: 'upper' | 'lower';
  readonly quantile: number;
  /** In the metric's unit: what the treatment's quantile must keep to. */
  readonly threshold: number;
  /** The control's own quantile, where the limit is relative to the arm beside. */
  readonly control?: number;
}

/**
 * Judges a limit on a quantile by the share of what lies beyond it. "p99 at most 3 s" says that at
 * most one in a hundred takes longer than 3 s: a proportion, of which a test holds however often and
 * at however few requests one looks.
 *
 * Against control, "p99 at most half above control's" asks whether more of the treatment is above
 * 1.5 times control's quantile than of control above its own. Were the treatment just control half as
 * slow again, both shares would be one, at any hour of the day; and where the arms are alike, no share
 * above a higher level is the larger, however roughly buckets are cut.
 */
export function judgeExceedance(
  limit: QuantileLimit,
  stretches: readonly Stretch[],
  spec: Budget & { readonly from: Instant; readonly planned: Duration },
): TestReading {
  // The rarer side tells more: of a p99 what is above it, of a p1 what is below.
  const above = limit.quantile >= 0.5;
  const count = (spread: Spread, level: number): EventCounts => {
    const total = sizeOf(spread);
    const over = Math.min(total, countAbove(spread, level, limit.side === 'lower'));
    return { events: above ? over : total - over, total };
  };
  const { threshold, control: level = threshold } = limit;
  const intervals = stretches.map(
    ({ from, to, treatment, control }): CountedInterval<EventCounts> => ({
      from,
      to,
      ...(treatment ? { treatment: count(treatment, threshold) } : {}),
      ...(control ? { control: count(control, level) } : {}),
    }),
  );
  const side = (limit.side === 'upper') === above ? 'upper' : 'lower';
  const { quantile } = limit;
  return judgeIntervals(
    {
      metric: 'proportion',
      edge:
        limit.control === undefined
          ? { side, against: 'level', level: above ? 1 - quantile : quantile }
          : { side, against: 'ratio', ratio: 1 },
      ...spec,
    },
    intervals,
  );
}
