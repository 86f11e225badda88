import type { Check, Limits } from '../model/check.ts';
import type { CountersQuery, Point, RangeQuery } from '../model/measurement.ts';
import { templatesOf } from '../model/metric-queries.ts';
import { currentStage, type Rollout } from '../model/rollout.ts';
import type { Drift } from '../model/verdict.ts';
import type { Duration } from '../time.ts';
import { fill, type PlanContext, variantsOf } from './arms.ts';
import { seriesOf } from './counts/series.ts';
import type { Answers } from './distribution/read.ts';
import { quantileOf } from './distribution/spread.ts';
import { stretchesOfBuckets } from './distribution/stretches.ts';
import { judgeDrift } from './statistics/drift.ts';

/** What to ask about a check's drift: looks over a while. */
export interface DriftPlan {
  readonly check: Check;
  readonly by: number;
  readonly over: Duration;
  readonly query: RangeQuery | CountersQuery;
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
  const { treatment } = variantsOf(rollout);
  const { metric } = check;
  const pinned =
    rollout.status.phase === 'completed' ? rollout.status.levels?.[metric.name] : undefined;
  const grid = { from: now - looks * step, to: now, step };
  const raw =
    metric.kind !== 'gauge' && !(metric.kind === 'distribution' && metric.from.kind === 'samples');
  const [template = '', ...others] = templatesOf(metric);
  const query: DriftPlan['query'] = raw
    ? {
        kind: 'counters',
        expressions: [template, ...others].map((each) => fill(each, context, treatment)),
        ...grid,
      }
    : {
        kind: 'range',
        expression: fill(template, context, treatment, step),
        ...grid,
        from: grid.from + step,
      };
  return { check, by, over, query, ...(pinned === undefined ? {} : { pinned }) };
}

function isServedToAll(rollout: Rollout): boolean {
  const { phase, serving } = rollout.status;
  if (serving !== 'treatment') return false;
  const last = currentStage(rollout)?.index === rollout.stages.length - 1;
  return phase === 'completed' || (phase === 'progressing' && last);
}

/** Reads the looks; nothing where the provider cannot answer, which the check itself tells. */
export function readDrift(plan: DriftPlan, answers: Answers): Drift | undefined {
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

function valuesOf({ check: { metric }, query }: DriftPlan, answers: Answers): number[] | undefined {
  if (query.kind === 'range') {
    const answer = answers.of(query);
    return answer.kind === 'unavailable' ? undefined : finite(answer.points);
  }
  const answer = answers.counters(query);
  if (answer.kind === 'unavailable') return undefined;
  switch (metric.kind) {
    case 'proportion':
    case 'mean': {
      const { length, total } = seriesOf(
        metric.kind,
        answer.found,
        query,
        query.expressions.length,
      );
      return Array.from({ length }, (_, index) => total('treatment', index, index + 1)).flatMap(
        (each) => each?.value ?? [],
      );
    }
    case 'distribution':
      return (stretchesOfBuckets(answer.found, query) ?? []).flatMap(
        ({ treatment }) => (treatment && quantileOf(treatment, metric.quantile)) ?? [],
      );
    case 'gauge':
      return [];
  }
}

const finite = (points: readonly Point[]): number[] =>
  points.map(({ value }) => value).filter(Number.isFinite);
