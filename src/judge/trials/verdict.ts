import type { Follows } from '../../model/trial.ts';
import type { ExperimentVerdict } from '../statistics/experiment.ts';
import type { MeanComparison } from '../statistics/means.ts';
import type { ProportionComparison } from '../statistics/proportions.ts';
import type { ArmSizes } from '../statistics/sample-size.ts';
import type { SegmentsVerdict } from '../statistics/segments.ts';
import type { ShadowVerdict } from '../statistics/shadow.ts';

/** What an experiment or a shadow run says of its stage. */
export type TrialVerdict = ExperimentResult | ShadowResult;

interface Result {
  /** The verdict with its figures, in words that a person can check. */
  readonly text: string;
  /** What is told beside it, a sentence each: other metrics, segments, warnings. */
  readonly notes: readonly string[];
  /**
   * What follows. `wait`: there is no verdict yet. `blind`: the provider does not answer, and that
   * moves nothing.
   */
  readonly does: 'wait' | 'blind' | Follows;
}

/** Why there is no verdict at all yet. */
export type NoVerdict = 'settling' | 'unavailable';

export type Comparison = ProportionComparison | MeanComparison;

export interface ExperimentResult extends Result {
  readonly kind: 'experiment';
  readonly metric: string;
  readonly says: NoVerdict | ExperimentVerdict['kind'];
  readonly figures?: ExperimentFigures;
}

/** What the verdict rests on; values are in the metric's unit. */
export interface ExperimentFigures {
  readonly verdict: ExperimentVerdict;
  /** All that was counted; the comparison allows for how much its counts vary together. */
  readonly samples: ArmSizes;
  /** How many times the variance is that of independent samples. */
  readonly dispersion: number;
  readonly minEffect: number;
  /** What the plan rests on: the control's level, from before the entry or from its first days. */
  readonly baseline: number;
  readonly others: readonly { readonly metric: string; readonly comparison?: Comparison }[];
  readonly segments?: SegmentsVerdict<Comparison>;
}

export interface ShadowResult extends Result {
  readonly kind: 'shadow';
  readonly says: NoVerdict | ShadowVerdict['kind'];
  readonly figures?: ShadowVerdict;
}
