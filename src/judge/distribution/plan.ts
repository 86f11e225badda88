import type { Check, Distribution } from '../../model/check.ts';
import type { BucketsQuestion, Grid, SeriesQuestion } from '../../model/measurement.ts';
import { currentStage } from '../../model/rollout.ts';
import { DAY, type Duration, type Instant, MINUTE } from '../../time.ts';
import { armsOf, fill, type PlanContext, variantsOf } from '../arms.ts';
import { gridOver, historyOf, stepFor } from '../counts/plan.ts';
import { finestStep, hearingOf } from '../sampling.ts';
import type { HearsArms } from '../silence.ts';

export type DistributionCheck = Check & { readonly metric: Distribution };

/** How both arms were spread out since the entry began. */
export interface DistributionPlan {
  readonly kind: 'distribution';
  readonly check: DistributionCheck;
  readonly ask: BucketsAsked | SamplesAsked;
  /** The first moment that counts as evidence. */
  readonly since: Instant;
  readonly now: Instant;
  readonly elapsed: Duration;
  readonly planned: Duration;
  /** Whether the control is there to be compared with. */
  readonly comparable: boolean;
  readonly hears: HearsArms;
}

/** Buckets: the treatment's, then the control's where there is one. */
export interface BucketsAsked {
  readonly kind: 'buckets';
  readonly question: BucketsQuestion;
  readonly baseline?: BucketsQuestion;
}

/** A number looked at again and again. */
export interface SamplesAsked {
  readonly kind: 'samples';
  readonly treatment: SeriesQuestion;
  readonly control?: SeriesQuestion;
  readonly baseline?: SeriesQuestion;
}

/** A number is looked at this many times over an entry, at most. */
const MOST_LOOKS = 1_000;

/** A histogram has a series a bucket: fewer moments, so that an answer stays one that servers give. */
const REACH = { most: 300, before: 10 * MINUTE };

/** Says what to ask about how both arms are spread out. */
export function planDistribution(
  check: DistributionCheck,
  since: Instant,
  context: PlanContext,
): DistributionPlan {
  const { rollout, now } = context;
  const arms = armsOf(rollout, check);
  return {
    kind: 'distribution',
    check,
    ask:
      check.metric.from.kind === 'buckets'
        ? askBuckets(check, check.metric.from.buckets, since, context, arms.control)
        : askSamples(check, check.metric.from.query, since, context, arms.control),
    since,
    now,
    elapsed: now - since,
    planned: currentStage(rollout)?.stage.duration ?? DAY,
    comparable: arms.comparable,
    hears: hearingOf(context),
  };
}

function askBuckets(
  check: Check,
  template: string,
  since: Instant,
  context: PlanContext,
  withControl: boolean,
): BucketsAsked {
  const { treatment, control } = variantsOf(context.rollout);
  const of = (variant: string): string => fill(template, context, variant);
  const reach = { ...REACH, finest: finestStep(context) };
  const grid = gridOver(since, context.now, reach);
  const history = historyOf(check, context, grid, reach);
  return {
    kind: 'buckets',
    question: {
      kind: 'buckets',
      queries: [of(treatment), ...(withControl ? [of(control)] : [])],
      ...grid,
    },
    ...(history === undefined
      ? {}
      : { baseline: { kind: 'buckets', queries: [of(context.rollout.control)], ...history } }),
  };
}

function askSamples(
  check: Check,
  template: string,
  since: Instant,
  context: PlanContext,
  withControl: boolean,
): SamplesAsked {
  const { treatment, control } = variantsOf(context.rollout);
  const step = stepFor(context.now - since, MOST_LOOKS, finestStep(context));
  const looks = Math.floor((context.now - since) / step);
  const grid = { from: context.now - looks * step, to: context.now, step };
  const history = historyOf(check, context, grid);
  const look = (variant: string, { from, to, step }: Grid): SeriesQuestion => ({
    kind: 'series',
    query: fill(template, context, variant),
    from,
    to,
    step,
  });
  return {
    kind: 'samples',
    treatment: look(treatment, grid),
    ...(withControl ? { control: look(control, grid) } : {}),
    ...(history === undefined ? {} : { baseline: look(context.rollout.control, history) }),
  };
}
