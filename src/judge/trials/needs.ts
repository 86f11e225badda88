import type { Experiment, ShadowTrial, Trial } from '../../model/trial.ts';
import { formatValue, grouped, significant } from '../../model/units.ts';
import { planMeans, planProportions } from '../statistics/experiment.ts';
import type { ArmSizes } from '../statistics/sample-size.ts';
import { SHADOW_RULE } from '../statistics/shadow.ts';
import { distance, percent } from './words.ts';

/** What a trial takes, for those who review it before there is any traffic. */
export function describeNeeds(trial: Trial): string {
  return trial.kind === 'shadow' ? shadowNeeds(trial) : experimentNeeds(trial);
}

/** Levels for which a plan is shown where the metric's own is not known. */
const LEVELS = [0.01, 0.05, 0.2, 0.5];
/** How far samples may be spread, in differences that matter. */
const SPREADS = [1, 3, 10];

function experimentNeeds(trial: Experiment): string {
  const { metric, minEffect, power, confidence } = trial;
  const effect =
    minEffect.kind === 'relative'
      ? `${percent(minEffect.by)} of the control`
      : distance(minEffect.by, metric.unit);
  const sizes = metric.kind === 'proportion' ? ratesOf(trial) : spreadsOf(trial);
  return `asks whether ${metric.name} is ${trial.better === 'more' ? 'higher' : 'lower'} in B; to see ${effect}, ${percent(power)} of the time at ${percent(confidence)} confidence, takes ${sizes}`;
}

function ratesOf(trial: Experiment): string {
  const { metric, minEffect } = trial;
  const known = metric.baseline.kind === 'value' ? [metric.baseline.value] : LEVELS;
  const sizes = known.flatMap((level) => {
    const by = minEffect.kind === 'relative' ? minEffect.by * level : minEffect.by;
    const planned = by > 0 ? planProportions(level, { ...trial, minEffect: by }) : undefined;
    return planned ? [`${bothArms(planned)} where it is ${formatValue(level, 'ratio')}`] : [];
  });
  return sizes.length === 0 ? 'more than there can be' : sizes.join(', ');
}

function spreadsOf(trial: Experiment): string {
  return SPREADS.flatMap((spread) => {
    const planned = planMeans({ a: spread, b: spread }, { ...trial, minEffect: 1 });
    return planned ? [`${bothArms(planned)} where it varies by ${spread} × that`] : [];
  }).join(', ');
}

const bothArms = ({ a, b }: ArmSizes): string =>
  a === b ? `${grouped(a)} samples an arm` : `${grouped(a)} samples of A and ${grouped(b)} of B`;

function shadowNeeds(trial: ShadowTrial): string {
  const rule = { ...SHADOW_RULE, ...trial.rule };
  return `takes ${grouped(rule.minSamples)} answers on each side, of which ${percent(rule.agreement)} agree, with a p95 below ${significant(rule.p95Ratio)} × and errors below ${significant(rule.errorRatio)} × the control's`;
}
