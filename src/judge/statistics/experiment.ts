import { defined } from '../../defined.ts';
import type { Duration } from '../../time.ts';
import type { ConfidenceInterval } from './interval.ts';
import type { MeanComparison } from './means.ts';
import type { ProportionComparison } from './proportions.ts';
import {
  type ArmSizes,
  type Design,
  type Spread,
  samplesForMeans,
  samplesForProportions,
} from './sample-size.ts';

/** What an experiment is to find out. A is the control, B the treatment. */
export interface ExperimentPlan {
  /** The smallest difference that matters, in the metric's unit: 0.02 is two percentage points. */
  readonly minEffect: number;
  readonly better: 'more' | 'less';
  /** 0.95: of experiments without a difference, one in twenty names a winner. */
  readonly confidence: number;
  /** 0.8: of experiments with a difference that just matters, four in five name the winner. */
  readonly power: number;
  /** Samples in B for each one in A. 1 unless given. */
  readonly ratio?: number;
}

/** What is known of an experiment so far. */
export interface ExperimentState {
  /** The arms held against each other at the plan's confidence; none while an arm is empty. */
  readonly comparison?: ProportionComparison | MeanComparison;
  /** All that was counted, where the comparison was made as if of fewer. */
  readonly samples?: ArmSizes;
  readonly elapsed: Duration;
  /** The planned size alone decides nothing before so long: a day is not like a week. */
  readonly minDuration?: Duration;
  readonly maxDuration?: Duration;
  /** An interval of B − A that stays right however often one looks (a confidence sequence). */
  readonly sequential?: ConfidenceInterval;
}

export interface ExperimentVerdict {
  readonly kind: 'collecting' | 'a-wins' | 'b-wins' | 'tie' | 'inconclusive';
  readonly why:
    | 'too-few-samples' // collecting: neither the planned size nor the longest time is reached
    | 'early' // the sequential interval allows no other answer
    | 'significant' // at the planned size, and as large as matters
    | 'smaller-than-matters' // there is a difference, and it does not matter
    | 'within-margin' // no difference that matters is left in the interval
    | 'not-significant'
    | 'no-data';
  readonly comparison?: ProportionComparison | MeanComparison;
  /** The interval that decided: the sequential one where the verdict is early, or none is yet. */
  readonly interval?: ConfidenceInterval;
  readonly planned: ArmSizes;
  /** How much of the planned size is there, in the arm that has least of it: from 0 to 1. */
  readonly progress: number;
}

/**
 * Samples an arm needs to see a rate move from its baseline by the effect that matters, whichever
 * way takes more.
 *
 * @returns `undefined` where the baseline cannot move so far
 */
export function planProportions(baseline: number, plan: ExperimentPlan): ArmSizes | undefined {
  const rates = [baseline - plan.minEffect, baseline + plan.minEffect];
  const sizes = rates
    .filter((rate) => rate >= 0 && rate <= 1)
    .flatMap((rate) => samplesForProportions(baseline, rate, designOf(plan)) ?? []);
  return sizes.toSorted((x, y) => y.a - x.a)[0];
}

/** Samples an arm needs to see a mean move by the effect that matters. */
export const planMeans = (spread: Spread, plan: ExperimentPlan): ArmSizes | undefined =>
  samplesForMeans(plan.minEffect, spread, designOf(plan));

/**
 * Who wins. A test for a fixed sample is asked once the sample is as large as planned, or time is
 * up; before that, only an interval that allows for every look may end an experiment.
 */
export function judgeExperiment(
  plan: ExperimentPlan,
  planned: ArmSizes,
  state: ExperimentState,
): ExperimentVerdict {
  const { comparison, sequential } = state;
  const samples = state.samples ?? comparison?.samples;
  const progress = samples ? progressOf(samples, planned) : 0;
  const verdict = (
    kind: ExperimentVerdict['kind'],
    why: ExperimentVerdict['why'],
    interval?: ConfidenceInterval,
  ): ExperimentVerdict => ({
    kind,
    why,
    ...(comparison ? { comparison } : {}),
    ...(interval ? { interval } : {}),
    planned,
    progress,
  });
  const over = state.maxDuration !== undefined && state.elapsed >= state.maxDuration;
  if (!comparison)
    return over ? verdict('inconclusive', 'no-data') : verdict('collecting', 'too-few-samples');

  const { difference, interval, p } = comparison;
  const matters = Math.abs(difference) >= plan.minEffect;
  const winner = difference > 0 === (plan.better === 'more') ? 'b-wins' : 'a-wins';
  const ripe = progress >= 1 && state.elapsed >= (state.minDuration ?? 0);
  if (ripe || over) {
    const significant = p.twoSided < 1 - plan.confidence;
    if (significant && matters) return verdict(winner, 'significant', interval);
    if (significant) return verdict('tie', 'smaller-than-matters', interval);
    if (within(interval, plan.minEffect)) return verdict('tie', 'within-margin', interval);
    return verdict('inconclusive', 'not-significant', interval);
  }
  if (sequential) {
    if (within(sequential, plan.minEffect)) return verdict('tie', 'early', sequential);
    const oneSided = difference > 0 ? sequential.low > 0 : sequential.high < 0;
    if (oneSided && matters) return verdict(winner, 'early', sequential);
  }
  // The interval for a fixed sample would promise more than it keeps while one looks again and again.
  return verdict('collecting', 'too-few-samples', sequential);
}

const designOf = ({ confidence, power, ratio }: ExperimentPlan): Design => ({
  alpha: 1 - confidence,
  power,
  ...defined({ ratio }),
});

const progressOf = (samples: ArmSizes, planned: ArmSizes): number =>
  Math.min(1, samples.a / planned.a, samples.b / planned.b);

const within = ({ low, high }: ConfidenceInterval, margin: number): boolean =>
  low > -margin && high < margin;
