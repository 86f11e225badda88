import type { Check } from '../model/check.ts';
import type { Answer, Point, UnavailableReason } from '../model/measurement.ts';
import { currentStage, isExposed, kindOf, type Stage } from '../model/rollout.ts';
import { DAY, type Duration, HOUR, type Instant, MINUTE } from '../time.ts';
import type { Lookup } from './answers.ts';
import { armsOf, type PlanContext, variantsOf } from './arms.ts';
import { seriesOf } from './counts/series.ts';
import { armOf, quantileOf, type Stretch, sizeOf } from './distribution/spread.ts';
import { stretchesOfBuckets } from './distribution/stretches.ts';
import { type OverTime, questionOver } from './question.ts';

/** One arm of one check, and what to ask about its last day. */
export interface InspectPlan {
  readonly check: Check;
  readonly arm: 'treatment' | 'control';
  readonly variant: string;
  readonly question: OverTime;
}

/** How much there is, and what it comes to. */
export interface Level {
  /** In the metric's unit; absent if it is not a number. */
  readonly value?: number;
  /** Samples, of a metric that counts them. */
  readonly samples?: number;
}

/** What a provider has of one arm. */
export type ArmInspected = Pick<InspectPlan, 'arm' | 'variant'> & {
  /** As they were sent. */
  readonly queries: readonly string[];
} & (
    | { readonly kind: 'unavailable'; readonly reason: UnavailableReason; readonly detail: string }
    /** The provider answered, and has nothing. */
    | { readonly kind: 'empty' }
    | {
        readonly kind: 'seen';
        readonly day: Level;
        readonly hour: Level;
        /** Since when there is nothing more. */
        readonly newest: Instant;
        /** Queries that matched no series: events that nobody ever counted, say. */
        readonly unmatched: readonly string[];
      }
  );

const STEP = 5 * MINUTE;
/** Numbers that a window is taken over are asked for less often: each look costs the server that window. */
const LOOK_STEP = 15 * MINUTE;

/** Says what to ask about a check's last day: of each arm that somebody has, or would have. */
export function planInspection(check: Check, context: PlanContext): readonly InspectPlan[] {
  const { rollout } = context;
  const { treatment, control } = variantsOf(rollout);
  const { told } = armsOf(rollout, check);
  const exposed = isExposed(rollout);
  const { metric, window } = check;
  const { now } = context;
  const over = { from: now - DAY, to: now, step: STEP, window };
  const ask = (variant: string): OverTime => {
    const question = questionOver(metric, variant, over, context);
    return question.kind === 'series' ? { ...question, step: LOOK_STEP } : question;
  };
  const plan = (arm: InspectPlan['arm'], variant: string): InspectPlan => ({
    check,
    arm,
    variant,
    question: ask(variant),
  });
  return [
    ...(exposed ? [plan('treatment', treatment)] : []),
    ...(told || !exposed ? [plan('control', control)] : []),
  ];
}

/** Reads what was answered about an arm. */
export function readInspection(plan: InspectPlan, answers: Lookup): ArmInspected {
  const { check, arm, variant, question } = plan;
  const queries = 'queries' in question ? question.queries : [question.query];
  const about = { arm, variant, queries };
  const answer: Answer = answers(question);
  if (answer.kind === 'unavailable') return { ...about, ...answer };
  const found = contentsOf(check, question, answer);
  return found ? { ...about, kind: 'seen', ...found } : { ...about, kind: 'empty' };
}

type Contents = Pick<
  Extract<ArmInspected, { kind: 'seen' }>,
  'day' | 'hour' | 'newest' | 'unmatched'
>;

function contentsOf(
  { metric }: Check,
  question: InspectPlan['question'],
  answer: Exclude<Answer, { kind: 'unavailable' }>,
): Contents | undefined {
  switch (answer.kind) {
    case 'value':
      return undefined;
    case 'series':
      return ofPoints(answer.points);
    case 'increments': {
      if (question.kind !== 'increments') return undefined;
      const kind = metric.kind === 'mean' ? 'mean' : 'proportion';
      const series = seriesOf(kind, answer.found, question, question.queries.length);
      const from = (length: Duration): Level => ({
        ...series.total(
          'treatment',
          Math.max(0, series.length - Math.round(length / question.step)),
        ),
      });
      const { last } = series.reports('treatment', question.from);
      if (last === undefined) return undefined;
      const unmatched = question.queries.filter((_, index) => answer.found[index]?.seen === false);
      return { day: from(DAY), hour: from(HOUR), newest: last, unmatched };
    }
    case 'buckets': {
      if (question.kind !== 'buckets' || metric.kind !== 'distribution') return undefined;
      const stretches = stretchesOfBuckets(answer.found, question) ?? [];
      const { quantile } = metric;
      const newest = stretches.findLast(({ treatment }) => treatment && sizeOf(treatment) > 0)?.to;
      if (newest === undefined) return undefined;
      const level = (those: readonly Stretch[]): Level => {
        const spread = armOf(those, 'treatment');
        const value = spread && quantileOf(spread, quantile);
        return {
          ...(value === undefined ? {} : { value }),
          samples: spread ? sizeOf(spread) : 0,
        };
      };
      const recent = stretches.filter(({ from }) => from >= question.to - HOUR);
      return { day: level(stretches), hour: level(recent), newest, unmatched: [] };
    }
  }
}

/** Of a number over time: its mean over the day and over the last hour. */
function ofPoints(points: readonly Point[]): Contents | undefined {
  const newest = points.at(-1);
  if (newest === undefined) return undefined;
  const mean = (those: readonly Point[]): Level => {
    const values = those.map(({ value }) => value).filter(Number.isFinite);
    return values.length === 0
      ? {}
      : { value: values.reduce((sum, value) => sum + value, 0) / values.length };
  };
  const recent = points.filter(({ at }) => at > newest.at - HOUR);
  return { day: mean(points), hour: mean(recent), newest: newest.at, unmatched: [] };
}

/** How long a check's least samples take in a stage, by the last day's traffic. */
export interface Traffic {
  readonly stage: string;
  readonly samples: number;
  /** `undefined`: there is no traffic to go by. */
  readonly takes: Duration | undefined;
}

/** What the check needs in the stage that a rollout is in, or begins with; nothing if it is over. */
export function trafficFor(
  { minSamples, metric }: Check,
  { rollout }: Pick<PlanContext, 'rollout'>,
  arms: readonly ArmInspected[],
): Traffic | undefined {
  const stage = currentStage(rollout)?.stage ?? rollout.stages[0];
  const isOver = rollout.kill || rollout.status.phase === 'completed';
  if (!minSamples || !stage || isOver || metric.kind === 'gauge') return undefined;
  const aDay = arms
    .map((each) => (each.kind === 'seen' ? inStage(each, stage) : undefined))
    .find((samples) => samples !== undefined && samples > 0);
  return {
    stage: stage.name,
    samples: minSamples.count,
    takes: aDay === undefined ? undefined : (minSamples.count / aDay) * DAY,
  };
}

/** Samples a day of the treatment in a stage: as counted, or its share of what control counted. */
function inStage(
  { arm, day }: Extract<ArmInspected, { kind: 'seen' }>,
  stage: Stage,
): number | undefined {
  if (day.samples === undefined || arm === 'treatment') return day.samples;
  return kindOf(stage) === 'randomised'
    ? (day.samples * (stage.percentage ?? 100)) / 100
    : undefined;
}
