import type { Change, Distribution, Gauge, Mean, Proportion } from './check.ts';

/** What a stage is to find out, as its ladder says it: metrics by their names. */
export type TrialSpec = ExperimentSpec | ShadowSpec;

/** What follows from a verdict that names no winner. */
export type Follows = 'advance' | 'pause' | 'rollback';

export interface ExperimentSpec {
  readonly kind: 'experiment';
  /** The first decides. */
  readonly metrics: readonly string[];
  /** The metric of each segment, by the segment's name. */
  readonly segments: readonly (readonly [segment: string, metric: string])[];
  /** As it was written: what it means depends on the metric's unit. */
  readonly minEffect: number | string;
  readonly better?: 'more' | 'less';
  readonly confidence: number;
  readonly power: number;
  readonly onTie: Follows;
  readonly onInconclusive: Follows;
}

/** What a shadow has to keep to before it may take users. */
export interface ShadowRule {
  readonly minSamples: number;
  /** The least share of answers that agree. */
  readonly agreement: number;
  /** The shadow's p95 and error rate stay below so many times the control's. */
  readonly p95Ratio: number;
  readonly errorRatio: number;
}

export interface ShadowSpec {
  readonly kind: 'shadow';
  readonly agreement: string;
  readonly latency: string;
  readonly errors: string;
  /** Where the file differs from what holds by default. */
  readonly rule: Partial<ShadowRule>;
}

/** What a stage is to find out, with the metrics it asks. */
export type Trial = Experiment | ShadowTrial;

/** A metric that an experiment can compare. */
export type Comparable = Proportion | Mean;

/** A is the control, B the treatment. */
export interface Experiment {
  readonly kind: 'experiment';
  /** The one that decides. */
  readonly metric: Comparable;
  /** Told beside it. */
  readonly others: readonly Comparable[];
  readonly segments: readonly { readonly name: string; readonly metric: Comparable }[];
  readonly minEffect: Change;
  readonly better: 'more' | 'less';
  readonly confidence: number;
  readonly power: number;
  readonly onTie: Follows;
  readonly onInconclusive: Follows;
  /** Users in B for each one in A, by the stage's percentage. */
  readonly ratio: number;
}

export interface ShadowTrial {
  readonly kind: 'shadow';
  readonly agreement: Proportion;
  readonly errors: Proportion;
  readonly latency: Gauge | Distribution;
  readonly rule: Partial<ShadowRule>;
}
