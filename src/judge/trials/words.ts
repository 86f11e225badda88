import type { Unit } from '../../model/check.ts';
import type { Unavailable } from '../../model/measurement.ts';
import type { Experiment } from '../../model/trial.ts';
import { formatValue, grouped, significant } from '../../model/units.ts';
import type { ConfidenceInterval } from '../statistics/interval.ts';
import type { ShadowVerdict } from '../statistics/shadow.ts';
import type { Comparison, ExperimentFigures } from './verdict.ts';

/**
 * `B wins: conversion is 5.8 % in B against 5.2 % in A, +0.2 to +1 points, 95 % sure; of the samples
 * planned A has 12,400 of 9,806, B 12,310 of 9,806`.
 */
export function experimentText(trial: Experiment, figures: ExperimentFigures): string {
  const { verdict, samples, minEffect, dispersion } = figures;
  const { comparison, planned, interval } = verdict;
  const { name, unit } = trial.metric;
  const why = {
    'too-few-samples': '',
    early: ', shown early by an interval that allows for every look',
    significant: '',
    'smaller-than-matters': `, less than the ${distance(minEffect, unit)} that matter`,
    'within-margin': `, no difference of ${distance(minEffect, unit)} left`,
    'not-significant': ', too little to tell A from B',
    'no-data': '',
  }[verdict.why];
  const size = (arm: 'a' | 'b'): string =>
    Number.isFinite(planned[arm])
      ? `${count(samples[arm])} of ${count(planned[arm])}`
      : count(samples[arm]);
  const sizes = Number.isFinite(planned.a)
    ? `of the samples planned A has ${size('a')}, B ${size('b')}`
    : `A has ${size('a')} samples, B ${size('b')}, and no size is planned: ${unplanned(figures)}`;
  if (!comparison) return `${SAYS[verdict.kind]}: ${name} was not counted in both arms; ${sizes}`;
  const { a, b } = levels(comparison);
  const range = interval ? `, ${describeRange(interval, unit)}` : '';
  const sure = interval ? `, ${percent(trial.confidence)} sure` : '';
  const vary =
    dispersion > 1.05 ? `; counts vary ${significant(dispersion)} times as much as by chance` : '';
  return `${SAYS[verdict.kind]}: ${name} is ${formatValue(b, unit)} in B against ${formatValue(a, unit)} in A${range}${sure}${why}; ${sizes}${vary}`;
}

const SAYS = {
  collecting: 'no verdict yet',
  'a-wins': 'A wins',
  'b-wins': 'B wins',
  tie: 'tie',
  inconclusive: 'inconclusive',
} as const;

function unplanned({ baseline }: ExperimentFigures): string {
  return Number.isNaN(baseline)
    ? 'the control has counted too little to plan by'
    : 'the control cannot move by what matters';
}

/** Other metrics and segments, a sentence each, and what contradicts the verdict. */
export function experimentNotes(
  trial: Experiment,
  { others, segments }: ExperimentFigures,
): readonly string[] {
  const notes = trial.others.flatMap(({ name, unit }) => {
    const comparison = others.find(({ metric }) => metric === name)?.comparison;
    return [`${name}, which decides nothing: ${describeArms(comparison, unit)}`];
  });
  for (const { name, comparison, opposed } of segments?.segments ?? []) {
    const said = describeArms(comparison, trial.metric.unit);
    notes.push(`${name}: ${said}${opposed ? ', the other way than the total' : ''}`);
  }
  if (segments?.paradox) {
    notes.push(
      'segments contradict the total (Simpson’s paradox): look at who is in each arm before you believe it',
    );
  }
  return notes;
}

function describeArms(comparison: Comparison | undefined, unit: Unit): string {
  if (!comparison) return 'not counted in both arms';
  const { a, b } = levels(comparison);
  return `${formatValue(b, unit)} in B against ${formatValue(a, unit)} in A, ${describeRange(comparison.interval, unit)}, ${percent(comparison.confidence)} sure`;
}

const levels = (comparison: Comparison): { readonly a: number; readonly b: number } =>
  comparison.kind === 'proportions' ? comparison.rates : comparison.means;

/** `+0.2 to +1 points`; of a ratio in percentage points, otherwise in the metric's unit. */
function describeRange({ low, high }: ConfidenceInterval, unit: Unit): string {
  const show = (value: number): string =>
    `${value > 0 ? '+' : ''}${unit === 'ratio' ? significant(value * 100) : formatValue(value, unit)}`;
  return `${show(low)} to ${show(high)}${unit === 'ratio' ? ' points' : ''}`;
}

/** `2 points`, or a difference in the metric's unit. */
export const distance = (value: number, unit: Unit): string =>
  unit === 'ratio' ? `${significant(value * 100)} points` : formatValue(value, unit);

export const percent = (share: number): string => `${significant(share * 100)} %`;
const count = (samples: number): string => grouped(Math.floor(samples));

/** `optimise latency: p95 1.8 × control, 1.5 × allowed; …`: what to fix first, then the rest. */
export function shadowText(verdict: ShadowVerdict): string {
  const { kind, rule, samples, agreement, errorRatio, p95Ratio } = verdict;
  const times = (value: number | undefined): string =>
    value === undefined ? 'unknown against' : `${significant(value)} ×`;
  const agreed = `${percent(agreement.rate)} of answers agree, ${percent(rule.agreement)} needed`;
  const slow = `p95 ${times(p95Ratio)} control, ${significant(rule.p95Ratio)} × allowed`;
  const failing = `errors ${times(errorRatio)} control, ${significant(rule.errorRatio)} × allowed`;
  const counted = `${count(samples)} answers, ${grouped(rule.minSamples)} needed`;
  switch (kind) {
    case 'promote-to-canary':
      return `fit for a canary: ${agreed}; ${slow}; ${failing}; ${counted}`;
    case 'fix-errors':
      return `fix errors: ${failing}; ${agreed}; ${slow}; ${counted}`;
    case 'investigate-disagreement':
      return `investigate disagreement: ${agreed}; ${slow}; ${failing}; ${counted}`;
    case 'optimise-latency':
      return `optimise latency: ${slow}; ${agreed}; ${failing}; ${counted}`;
    case 'insufficient-data':
      return `too little data: ${counted}; ${agreed}; ${slow}; ${failing}`;
  }
}

export const unavailableText = (metric: string, { reason, detail }: Unavailable): string =>
  `${metric}: no answer (${reason}): ${detail}`;
