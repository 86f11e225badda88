import type { Metric } from '../../model/check.ts';
import type {
  AnswerTo,
  BucketsQuestion,
  Grid,
  IncrementsQuestion,
  Question,
  ValueQuestion,
} from '../../model/measurement.ts';
import { templatesOf } from '../../model/metric-queries.ts';
import { currentStage, type Rollout } from '../../model/rollout.ts';
import type { Comparable, Experiment, ShadowTrial, Trial } from '../../model/trial.ts';
import { DAY, type Duration, type Instant, MINUTE, SECOND, WEEK } from '../../time.ts';
import { fill, type PlanContext, variantsOf } from '../arms.ts';
import { gridOver, MOST_MOMENTS, STEPS } from '../counts/plan.ts';

/** A question about one metric. */
export interface TrialQuestion<Q extends Question = Question> {
  readonly metric: Metric;
  readonly question: Q;
}

/** Looks up what providers answered. */
export type TrialLookup = <Q extends Question>(asked: TrialQuestion<Q>) => AnswerTo<Q>;

type Counting<M extends Metric = Comparable> = TrialQuestion<IncrementsQuestion> & {
  readonly metric: M;
};

/** The entry that a trial is about. */
export interface TrialTime {
  readonly entryStart: Instant;
  /** The first moment that counts as evidence. */
  readonly since: Instant;
  readonly now: Instant;
  /** The least and the longest it takes, from the start of the entry. */
  readonly duration: Duration;
  readonly maxDuration: Duration;
}

/** Everything to ask before a trial can be judged. */
export type TrialPlan = SettlingTrial | ExperimentQuestions | ShadowQuestions;

export interface SettlingTrial {
  readonly kind: 'settling';
  readonly trial: Trial;
}

export interface ExperimentQuestions {
  readonly kind: 'experiment';
  readonly trial: Experiment;
  readonly time: TrialTime;
  /** Both arms of each metric: B's counts, then A's. */
  readonly metric: Counting;
  readonly others: readonly Counting[];
  readonly segments: readonly (Counting & { readonly name: string })[];
  /** A alone, before the entry: what the sample is planned by. */
  readonly before: Counting;
}

export interface ShadowQuestions {
  readonly kind: 'shadow';
  readonly trial: ShadowTrial;
  readonly time: TrialTime;
  /** The shadow's alone. */
  readonly agreement: Counting<Metric>;
  /** The shadow's, then the control's. */
  readonly errors: Counting<Metric>;
  readonly latency:
    | { readonly from: 'buckets'; readonly both: TrialQuestion<BucketsQuestion> }
    | {
        readonly from: 'gauge';
        readonly shadow: TrialQuestion<ValueQuestion>;
        readonly control: TrialQuestion<ValueQuestion>;
      };
}

export interface TrialContext extends Omit<PlanContext, 'escapeValue'> {
  /** How the provider of a metric writes a value into a query. */
  readonly escapeFor: (metric: Metric) => (value: string) => string;
}

/** How far back the control is looked at to plan by: whole weeks, for weekends are not like weekdays. */
const LOOK_BACK: Duration = WEEK;
const LOOK_BACK_STEP: Duration = 15 * MINUTE;

/** Says what to ask about the trial of a rollout's stage; nothing where it has none that runs. */
export function planTrial(context: TrialContext): TrialPlan | undefined {
  const { rollout, now, entryStart, settle } = context;
  const trial = trialOf(rollout);
  if (!trial) return undefined;
  const since = entryStart + settle;
  if (now - since < MINUTE) return { kind: 'settling', trial };
  const stage = currentStage(rollout)?.stage;
  const duration = stage?.duration ?? DAY;
  const time = { entryStart, since, now, duration, maxDuration: stage?.maxDuration ?? 2 * DAY };
  return trial.kind === 'experiment'
    ? planExperiment(trial, time, context)
    : planShadow(trial, time, context);
}

/** What the stage of a rollout is to find out, while users are given the treatment for that. */
export function trialOf({ status, kill, trials }: Rollout): Trial | undefined {
  const runs = status.phase === 'progressing' && status.serving === 'treatment' && !kill;
  return runs && status.stage !== undefined ? trials.get(status.stage) : undefined;
}

function planExperiment(
  trial: Experiment,
  time: TrialTime,
  context: TrialContext,
): ExperimentQuestions {
  const { treatment, control } = variantsOf(context.rollout);
  const grid = gridOf(time);
  const both = <M extends Metric>(metric: M): Counting<M> => ({
    metric,
    question: counting(metric, [treatment, control], grid, context),
  });
  const { entryStart } = time;
  const before = { from: entryStart - LOOK_BACK, to: entryStart, step: LOOK_BACK_STEP };
  return {
    kind: 'experiment',
    trial,
    time,
    metric: both(trial.metric),
    others: trial.others.map(both),
    segments: trial.segments.map(({ name, metric }) => ({ ...both(metric), name })),
    before: { metric: trial.metric, question: counting(trial.metric, [control], before, context) },
  };
}

/**
 * Moments that are the same for every tick of the entry, so that what is found as of one of them is
 * found again by the next tick; the longest time is one of them.
 */
function gridOf({ entryStart, now, maxDuration }: TrialTime): Grid {
  const usual = STEPS.find((each) => maxDuration / each <= MOST_MOMENTS);
  const parts = usual === undefined ? MOST_MOMENTS : Math.ceil(maxDuration / usual);
  const step = maxDuration / parts;
  const passed = Math.min(parts, Math.max(0, Math.floor((now - entryStart) / step)));
  return { from: entryStart - step, to: entryStart + passed * step, step };
}

function planShadow(trial: ShadowTrial, time: TrialTime, context: TrialContext): ShadowQuestions {
  const { treatment, control } = variantsOf(context.rollout);
  const grid = gridOver(time.since, time.now);
  const count = (metric: Metric, variants: readonly string[]): Counting<Metric> => ({
    metric,
    question: counting(metric, variants, grid, context),
  });
  const { agreement, errors, latency } = trial;
  const gauge = (variant: string): TrialQuestion<ValueQuestion> => ({
    metric: latency,
    question: { kind: 'value', query: level(latency, variant, time, context), at: time.now },
  });
  return {
    kind: 'shadow',
    trial,
    time,
    agreement: count(agreement, [treatment]),
    errors: count(errors, [treatment, control]),
    latency:
      latency.kind === 'gauge'
        ? { from: 'gauge', shadow: gauge(treatment), control: gauge(control) }
        : {
            from: 'buckets',
            both: {
              metric: latency,
              question: {
                kind: 'buckets',
                queries: queriesOf(latency, [treatment, control], context),
                ...grid,
              },
            },
          },
  };
}

/** What a metric counts, variant after variant. */
const counting = (
  metric: Metric,
  variants: readonly string[],
  grid: Grid,
  context: TrialContext,
): IncrementsQuestion => ({
  kind: 'increments',
  queries: queriesOf(metric, variants, context),
  ...grid,
});

/** A metric's queries, variant after variant. */
function queriesOf(
  metric: Metric,
  variants: readonly string[],
  context: TrialContext,
): readonly string[] {
  const within = { ...context, escapeValue: context.escapeFor(metric) };
  return variants.flatMap((variant) =>
    templatesOf(metric).map((template) => fill(template, within, variant)),
  );
}

/** A gauge over all of the evidence. */
function level(metric: Metric, variant: string, time: TrialTime, context: TrialContext): string {
  const window = Math.floor((time.now - time.since) / SECOND) * SECOND;
  const within = { ...context, escapeValue: context.escapeFor(metric) };
  return fill(templatesOf(metric)[0] ?? '', within, variant, window);
}

/** What a plan asks. */
export function trialQuestions(plan: TrialPlan): readonly TrialQuestion[] {
  switch (plan.kind) {
    case 'settling':
      return [];
    case 'experiment':
      return [plan.metric, ...plan.others, ...plan.segments, plan.before];
    case 'shadow': {
      const { agreement, errors, latency } = plan;
      const asked = latency.from === 'gauge' ? [latency.shadow, latency.control] : [latency.both];
      return [agreement, errors, ...asked];
    }
  }
}
