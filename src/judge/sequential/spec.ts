import type { Duration, Instant } from '../../time.ts';

/**
 * The edge of a limit. `upper` is broken above the edge, `lower` below it.
 *
 * - `ratio`: treatment = ratio × control: `max_increase: 5%` is upper 1.05, `max_decrease: 10%`
 *   lower 0.9, `max_ratio: 2` upper 2. Where control is below zero the distance uses its size, so
 *   that "5 % worse" means the same there.
 * - `shift`: treatment = control + by: `max_increase: 0.5pp` is upper 0.005, `max_decrease: 0.5pp`
 *   lower −0.005.
 * - `level`: treatment = level: `max` and `min`, and relative limits against a fixed baseline.
 */
export type Edge = { readonly side: 'upper' | 'lower' } & (
  | { readonly against: 'ratio'; readonly ratio: number }
  | { readonly against: 'shift'; readonly by: number }
  | { readonly against: 'level'; readonly level: number }
);

/** What is asked of one metric in one entry, whatever its limits are. */
export interface TestedEntry {
  readonly metric: 'proportion' | 'mean';
  /** What this test may spend in this entry: `shareOf` of the rollout's α. */
  readonly alpha: number;
  /** Of the interval that is reported, and of the proof that treatment is inside: 0.95. */
  readonly confidence: number;
  /** When the entry's evidence begins. Intervals before it teach what is normal and judge nothing. */
  readonly from: Instant;
  /** How long the entry is meant to take: the stage's duration. It may take longer. */
  readonly planned: Duration;
}

/** What one sequential test asks. */
export interface Spec extends TestedEntry {
  readonly edge: Edge;
}

/** Events out of a total, in one interval. */
export interface EventCounts {
  readonly events: number;
  readonly total: number;
}

/** What a mean is made of, in one interval. */
export interface SampleSums {
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** What was counted in [from, to). An arm that was not there is left out. */
export interface CountedInterval<T extends EventCounts | SampleSums = EventCounts | SampleSums> {
  readonly from: Instant;
  readonly to: Instant;
  readonly treatment?: T;
  readonly control?: T;
}

/**
 * What counters say of both arms, interval by interval, in the columns that it was read in. One ends
 * where the next begins.
 */
export interface CountsColumns {
  /** How many intervals there are. */
  readonly length: number;
  /** When the first begins, and how long each is. */
  readonly from: Instant;
  readonly step: Duration;
  readonly treatment: ArmColumns;
  readonly control: ArmColumns;
  /** Up to this one the control is there. */
  readonly beside: number;
}

export interface ArmColumns {
  readonly events: Float64Array;
  readonly totals: Float64Array;
}

/** When a breach was first proven, and since when the evidence counted. */
export interface Breach {
  readonly at: Instant;
  readonly since: Instant;
}

/** One arm since some moment: how many were counted, and the proportion or mean among them. */
export interface ArmTally {
  readonly samples: number;
  readonly value: number;
}

/** Both arms since some moment. */
export interface ArmComparison {
  readonly since: Instant;
  readonly treatment?: ArmTally;
  readonly control?: ArmTally;
  readonly difference?: number;
  readonly ratio?: number;
}

/** What a test says after some intervals. */
export interface TestReading {
  /**
   * `breach`: past the edge, proven at α, at this moment or an earlier one of this entry.
   * `inside`: no breach, and the interval lies within the edge.
   */
  readonly verdict: 'breach' | 'inside' | 'undecided';
  /** The evidence now, as the natural logarithm of an e-value, and how much is a breach. */
  readonly logE: number;
  readonly needed: number;
  readonly alpha: number;
  readonly breach?: Breach;
  /** The entry so far, and since the restart that weighs most now. */
  readonly entry: ArmComparison;
  readonly recent: ArmComparison;
  /** Always-valid bounds over the entry of what the edge is about. */
  readonly interval?: Bounds;
  /** How many times the variance is that of independent samples: 1 or more. */
  readonly dispersion: number;
  /** Intervals left out: not finite, out of order, or more events than totals allow. */
  readonly ignored: number;
}

/** Bounds that hold at all moments at once, and what they bound. */
export interface Bounds {
  readonly of: 'ratio' | 'difference' | 'value';
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}
