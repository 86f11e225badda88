import type { IncrementsAnswer, Unavailable } from '../../model/measurement.ts';
import { templatesOf } from '../../model/metric-queries.ts';
import type { Experiment } from '../../model/trial.ts';
import { intervalsOf } from '../counts/series.ts';
import { ENOUGH } from '../sequential/mean.ts';
import { judgeIntervals } from '../sequential/sequential.ts';
import type { CountedInterval, TestReading } from '../sequential/spec.ts';
import {
  type ExperimentPlan,
  type ExperimentVerdict,
  judgeExperiment,
  planMeans,
  planProportions,
} from '../statistics/experiment.ts';
import type { ArmSizes } from '../statistics/sample-size.ts';
import { compareSegments } from '../statistics/segments.ts';
import { compareWith, levelOf, sizesOf, type Tally, tallies } from './counted.ts';
import type { ExperimentQuestions, TrialLookup, TrialTime } from './plan.ts';
import type { ExperimentFigures, ExperimentResult } from './verdict.ts';
import { experimentNotes, experimentText, unavailableText } from './words.ts';

/** So many of the control must have been seen for a plan to rest on them. */
const LEAST = 100;

/**
 * Who wins, by the same data whenever a tick looks: the sample is planned by the control alone, and
 * tested once, as of the first moment at which it is as large as planned and the stage's duration is
 * over, or else its longest time. Before that only the sequential interval ends an experiment.
 */
export function judgeExperimentStage(
  plan: ExperimentQuestions,
  answers: TrialLookup,
): ExperimentResult {
  const { trial, time } = plan;
  const metric = trial.metric.name;
  const [own, before] = [answers(plan.metric), answers(plan.before)];
  for (const answer of [own, before]) {
    if (answer.kind === 'unavailable') {
      const text = unavailableText(metric, answer);
      return { kind: 'experiment', metric, says: 'unavailable', does: 'blind', text, notes: [] };
    }
  }
  const all = intervalsIn(plan.metric, own);
  const baseline = baselineOf(all, intervalsIn(plan.before, before), plan);
  const planned = (baseline && sizesFor(trial, baseline)) ?? NEVER;
  const due = dueAt(all, planned, time);
  const until = (intervals: readonly CountedInterval[]): readonly CountedInterval[] =>
    intervals.filter(({ from, to }) => from >= time.since && to <= due);
  const arms = tallies(trial.metric.kind, until(all));
  const minEffect = effectAt(trial, baseline ?? levelOf(arms.a));
  const reading = readAll(trial, time, until(all));
  const { dispersion } = reading;
  const compare = compareWith(dispersion);
  const comparison = compare(arms.a, arms.b, trial.confidence);
  const sequential = enough(arms.a) && enough(arms.b) ? reading.interval : undefined;
  const verdict: ExperimentVerdict = judgeExperiment({ ...trial, minEffect }, planned, {
    elapsed: Math.min(due, plan.metric.question.to) - time.entryStart,
    minDuration: time.duration,
    maxDuration: time.maxDuration,
    samples: sizesOf(arms),
    ...(comparison ? { comparison } : {}),
    ...(sequential ? { sequential } : {}),
  });
  const counted = (each: ExperimentQuestions['metric']) =>
    tallies(each.metric.kind, until(intervalsIn(each, answers(each))));
  const figures: ExperimentFigures = {
    verdict,
    samples: sizesOf(arms),
    dispersion,
    minEffect,
    baseline: baseline?.mean ?? Number.NaN,
    others: plan.others.map((each) => {
      const { a, b } = counted(each);
      const other = compareWith(1)(a, b, trial.confidence);
      return { metric: each.metric.name, ...(other ? { comparison: other } : {}) };
    }),
    ...(plan.segments.length === 0
      ? {}
      : {
          segments: compareSegments(
            arms,
            plan.segments.map((each) => ({ name: each.name, ...counted(each) })),
            trial.confidence,
            compare,
          ),
        }),
  };
  return {
    kind: 'experiment',
    metric,
    says: verdict.kind,
    does: doneBy(trial, figures),
    text: experimentText(trial, figures),
    notes: experimentNotes(trial, figures),
    figures,
  };
}

/** A size that is never reached: only time, or the sequential interval, ends such an experiment. */
const NEVER: ArmSizes = { a: Number.POSITIVE_INFINITY, b: Number.POSITIVE_INFINITY };

function intervalsIn(
  { metric, question }: ExperimentQuestions['metric'],
  answer: IncrementsAnswer | Unavailable,
): readonly CountedInterval[] {
  if (answer.kind === 'unavailable') return [];
  return intervalsOf(metric.kind, answer.found, question, templatesOf(metric).length);
}

/**
 * The control's level before the entry; where it was not counted then, of the stage's shortest time,
 * which is over before the plan is needed. Never the treatment's: looking at B must not move the plan.
 */
function baselineOf(
  ours: readonly CountedInterval[],
  earlier: readonly CountedInterval[],
  { trial, time }: ExperimentQuestions,
): Baseline | undefined {
  const { kind } = trial.metric;
  // Asked about alone, the control comes first.
  const past = tallies(kind, earlier).b;
  if (past.count >= LEAST) {
    const control = earlier.map(({ treatment, ...at }) =>
      treatment ? { ...at, control: treatment } : at,
    );
    return withDispersion(levelOf(past), readAll(trial, { ...time, since: 0 }, control));
  }
  const first = ours.filter(
    ({ from, to }) => from >= time.since && to <= time.entryStart + time.duration,
  );
  const { a } = tallies(kind, first);
  return a.count >= LEAST ? withDispersion(levelOf(a), readAll(trial, time, first)) : undefined;
}

interface Baseline {
  readonly mean: number;
  readonly sd: number;
  /** How many times more samples it takes than if they were independent. */
  readonly dispersion: number;
}

const withDispersion = (
  level: ReturnType<typeof levelOf>,
  { dispersion }: TestReading,
): Baseline | undefined => level && { ...level, dispersion };

/** The smallest difference that matters, in the metric's unit, at a level of the control. */
const effectAt = ({ minEffect }: Experiment, level?: { readonly mean: number }): number =>
  minEffect.kind === 'absolute' ? minEffect.by : minEffect.by * Math.abs(level?.mean ?? 0);

function sizesFor(trial: Experiment, baseline: Baseline): ArmSizes | undefined {
  const { mean, sd, dispersion } = baseline;
  const plan: ExperimentPlan = { ...trial, minEffect: effectAt(trial, baseline) };
  if (!(plan.minEffect > 0)) return undefined;
  const sizes =
    trial.metric.kind === 'proportion'
      ? planProportions(mean, plan)
      : planMeans({ a: sd, b: sd }, plan);
  return sizes && { a: Math.ceil(sizes.a * dispersion), b: Math.ceil(sizes.b * dispersion) };
}

/** As of when the test for a fixed sample is made; for ever, where that is not reached yet. */
function dueAt(
  intervals: readonly CountedInterval[],
  planned: ArmSizes,
  { since, entryStart, duration, maxDuration }: TrialTime,
): number {
  let [a, b] = [0, 0];
  for (const { from, to, treatment, control } of intervals) {
    if (from < since) continue;
    a += sizeOf(control);
    b += sizeOf(treatment);
    const large = a >= planned.a && b >= planned.b;
    if ((large && to >= entryStart + duration) || to >= entryStart + maxDuration) return to;
  }
  return Number.POSITIVE_INFINITY;
}

const sizeOf = (tally: CountedInterval['treatment']): number =>
  tally === undefined ? 0 : 'total' in tally ? tally.total : tally.count;

/** The interval of B − A that stays right however often one looks, and how the counts vary. */
function readAll(
  { metric, confidence }: Experiment,
  { since, duration }: TrialTime,
  intervals: readonly CountedInterval[],
): TestReading {
  const edge = { side: 'upper', against: 'shift', by: 0 } as const;
  const alpha = 1 - confidence;
  const spec = { metric: metric.kind, edge, alpha, confidence, from: since, planned: duration };
  return judgeIntervals(spec, intervals);
}

/** Of a few events the interval of a difference is rough, and an experiment has time. */
function enough({ kind, count, sum }: Tally): boolean {
  return kind === 'proportion' ? Math.min(sum, count - sum) >= ENOUGH : count >= ENOUGH;
}

function doneBy(
  { onTie, onInconclusive }: Experiment,
  { verdict, segments }: ExperimentFigures,
): ExperimentResult['does'] {
  const does = {
    collecting: 'wait',
    'b-wins': 'advance',
    'a-wins': 'rollback',
    tie: onTie,
    inconclusive: onInconclusive,
  } as const;
  // A total that a segment contradicts is for a person to look at before more users get B.
  return does[verdict.kind] === 'advance' && segments?.paradox ? 'pause' : does[verdict.kind];
}
