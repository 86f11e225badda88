import { defined } from '../defined.ts';
import type { Check, Limits, Metric } from '../model/check.ts';
import type {
  BucketsQuestion,
  Grid,
  IncrementsQuestion,
  Point,
  SeriesQuestion,
} from '../model/measurement.ts';
import { templatesOf } from '../model/metric-queries.ts';
import { currentStage, type Rollout } from '../model/rollout.ts';
import type { Drift } from '../model/verdict.ts';
import type { Duration } from '../time.ts';
import type { Lookup } from './answers.ts';
import { fill, type PlanContext, variantsOf } from './arms.ts';
import { type Sequential, seriesOf } from './counts/series.ts';
import { quantileOf } from './distribution/spread.ts';
import { stretchesOfBuckets } from './distribution/stretches.ts';
import { judgeDrift } from './statistics/drift.ts';

/** What to ask about a check's drift: looks over a while. */
export interface DriftPlan {
  readonly check: Check;
  readonly by: number;
  readonly over: Duration;
  readonly asked:
    | { readonly of: 'looks'; readonly question: SeriesQuestion }
    | { readonly of: 'quantile'; readonly quantile: number; readonly question: BucketsQuestion }
    | { readonly of: Sequential; readonly question: IncrementsQuestion };
  /** The level on completion; absent until then. */
  readonly pinned?: number;
}

/** So many looks over the while, and so many of them at least: half. */
const LOOKS = 24;
const LEAST = 12;

/**
 * Says what to ask about drift: of a completed rollout, to hold it against the level that was
 * pinned, and in the last stage, to know the level to pin.
 */
export function planDrift(check: Check, context: PlanContext): DriftPlan | undefined {
  const { rollout, now, entryStart, settle } = context;
  if (check.drift === undefined || !isServedToAll(rollout)) return undefined;
  const { by, over } = check.drift;
  const step = over / LOOKS;
  const looks = Math.floor(Math.min(over, now - entryStart - settle) / step);
  if (looks < 1) return undefined;
  const { metric } = check;
  const pinned =
    rollout.status.phase === 'completed' ? rollout.status.levels?.[metric.name] : undefined;
  const grid = { from: now - looks * step, to: now, step };
  const asked = questionAbout(metric, grid, context);
  return { check, by, over, asked, ...defined({ pinned }) };
}

/** What to ask about a metric: what was counted, or a number at the end of each interval. */
function questionAbout(metric: Metric, grid: Grid, context: PlanContext): DriftPlan['asked'] {
  const { treatment } = variantsOf(context.rollout);
  const [template = '', ...others] = templatesOf(metric);
  const queries = [template, ...others].map((each) => fill(each, context, treatment));
  const series = (): DriftPlan['asked'] => {
    const query = fill(template, context, treatment, grid.step);
    return {
      of: 'looks',
      question: { kind: 'series', query, ...grid, from: grid.from + grid.step },
    };
  };
  switch (metric.kind) {
    case 'gauge':
      return series();
    case 'distribution': {
      if (metric.from.kind === 'samples') return series();
      const { quantile } = metric;
      return { of: 'quantile', quantile, question: { kind: 'buckets', queries, ...grid } };
    }
    case 'proportion':
    case 'mean':
      return { of: metric.kind, question: { kind: 'increments', queries, ...grid } };
  }
}

function isServedToAll(rollout: Rollout): boolean {
  const { phase, serving } = rollout.status;
  if (serving !== 'treatment') return false;
  const last = currentStage(rollout)?.index === rollout.stages.length - 1;
  return phase === 'completed' || (phase === 'progressing' && last);
}

/** Reads the looks; nothing where the provider cannot answer, which the check itself tells. */
export function readDrift(plan: DriftPlan, answers: Lookup): Drift | undefined {
  const { check, by, over, pinned } = plan;
  const values = valuesOf(plan, answers);
  if (values === undefined) return undefined;
  const level = values.reduce((sum, value) => sum + value / values.length, 0);
  const told = {
    over,
    points: values.length,
    ...(values.length === 0 ? {} : { level }),
  };
  if (pinned === undefined) return told;
  const better = isLessBetter(check) ? 'less' : 'more';
  const { kind, threshold } = judgeDrift(pinned, values, {
    better,
    keep: 1 - by,
    minPoints: LEAST,
  });
  return { ...told, against: { pinned, threshold, kind } };
}

/** What is limited from above is better when it is less. */
function isLessBetter({ limits, warn }: Check): boolean {
  const above = ({ max, maxIncrease, maxRatio }: Limits): boolean =>
    max !== undefined || maxIncrease !== undefined || maxRatio !== undefined;
  return above(limits) || above(warn);
}

function valuesOf({ asked }: DriftPlan, answers: Lookup): readonly number[] | undefined {
  switch (asked.of) {
    case 'looks': {
      const answer = answers(asked.question);
      return answer.kind === 'unavailable' ? undefined : finite(answer.points);
    }
    case 'quantile': {
      const { question, quantile } = asked;
      const answer = answers(question);
      if (answer.kind === 'unavailable') return undefined;
      return (stretchesOfBuckets(answer.found, question) ?? []).flatMap(
        ({ treatment }) => (treatment && quantileOf(treatment, quantile)) ?? [],
      );
    }
    case 'proportion':
    case 'mean': {
      const { question, of } = asked;
      const answer = answers(question);
      if (answer.kind === 'unavailable') return undefined;
      const { length, total } = seriesOf(of, answer.found, question, question.queries.length);
      return Array.from({ length }, (_, index) => total('treatment', index, index + 1)).flatMap(
        (each) => each?.value ?? [],
      );
    }
  }
}

const finite = (points: readonly Point[]): number[] =>
  points.map(({ value }) => value).filter(Number.isFinite);
