import type { Duration } from '../time.ts';

/** What a metric must keep to. Absolute limits are in the metric's unit. */
export interface Limits {
  readonly max?: number;
  readonly min?: number;
  readonly maxIncrease?: Change;
  readonly maxDecrease?: Change;
  readonly maxRatio?: number;
}

/** A distance from the baseline: `relative` 0.05 is 5 % of it, `absolute` is in the metric's unit. */
export interface Change {
  readonly kind: 'relative' | 'absolute';
  readonly by: number;
}

export type Baseline =
  | { readonly kind: 'control' }
  | { readonly kind: 'offset'; readonly by: Duration }
  | { readonly kind: 'before-start'; readonly over: Duration }
  | { readonly kind: 'value'; readonly value: number };

export type OnBreach = 'rollback' | 'degrade' | 'pause' | 'warn';

/** A metric with the limits this rollout holds it to. */
export interface Check {
  readonly metric: Metric;
  readonly limits: Limits;
  readonly warn: Limits;
  /** How long a breach must last; 0 means it counts at once. */
  readonly for: Duration;
  readonly window: Duration;
  readonly baseline: Baseline;
  /** The least observations of the treatment, and after how long fewer will do. */
  readonly minSamples?: { readonly count: number; readonly orAfter?: Duration };
  /** No advance before the treatment is proven to keep to the limits. */
  readonly proof: boolean;
  readonly required: boolean;
  readonly onBreach: OnBreach;
  /** How far the metric may fall behind its level on completion (0.05 is 5 % of it), all of a while. */
  readonly drift?: { readonly by: number; readonly over: Duration };
}

export type Unit = 'ratio' | 'seconds' | 'milliseconds' | 'count' | 'currency' | 'bytes' | 'score';

interface MetricBase {
  readonly name: string;
  /** A provider of the config. */
  readonly provider: string;
  readonly category: 'technical' | 'business' | 'experience';
  readonly unit: Unit;
  readonly window: Duration;
  readonly for: Duration;
  readonly limits: Limits;
  readonly warn: Limits;
  readonly baseline: Baseline;
}

export interface Gauge extends MetricBase {
  readonly kind: 'gauge';
  readonly query: string;
  readonly samples?: string;
}

/** Events out of a total, both counted by counters. */
export interface Proportion extends MetricBase {
  readonly kind: 'proportion';
  readonly events: string;
  readonly total: string;
  /** No events for a month are as they should be. */
  readonly zeroIsNormal?: boolean;
}

/** A mean, by the counters that its variance can be told from. */
export interface Mean extends MetricBase {
  readonly kind: 'mean';
  readonly count: string;
  readonly sum: string;
  readonly sumOfSquares: string;
}

/** How something is spread out: by a histogram's buckets, or by a number looked at over time. */
export interface Distribution extends MetricBase {
  readonly kind: 'distribution';
  /** Which of its quantiles the limits are about: 0.99 is the level that one in a hundred is above. */
  readonly quantile: number;
  readonly from:
    | { readonly kind: 'buckets'; readonly buckets: string }
    | { readonly kind: 'samples'; readonly query: string };
}

export type Metric = Gauge | Proportion | Mean | Distribution;
