import type { Check, Metric } from '../model/check.ts';
import type {
  BucketsQuestion,
  IncrementsQuestion,
  Question,
  UnavailableReason,
  ValueQuestion,
} from '../model/measurement.ts';
import { templatesOf } from '../model/metric-queries.ts';
import { HOUR, MINUTE } from '../time.ts';
import type { Lookup } from './answers.ts';
import { fill, type PlanContext } from './arms.ts';

/** What is asked of a check before anyone is exposed: whether it can be answered for control. */
export interface LookPlan {
  readonly check: Check;
  readonly question: ValueQuestion | IncrementsQuestion | BucketsQuestion;
}

/** Why a check could not protect anyone who is exposed now. */
export interface Unmeasured {
  readonly metric: string;
  readonly reason: UnavailableReason | 'no-data';
  /** One sentence without a full stop. */
  readonly detail: string;
}

/** Counters that were there a little while ago: at night they stand still, and are there all the same. */
const LOOK_BACK = HOUR;
const STEP = MINUTE;

/** Says what to ask of a check before its rollout has a stage. */
export const planLook = (check: Check, context: PlanContext): LookPlan => ({
  check,
  question: questionAbout(check, context),
});

function questionAbout({ metric, window }: Check, context: PlanContext): LookPlan['question'] {
  const { now, rollout } = context;
  const [first = '', ...others] = templatesOf(metric);
  const of = (template: string): string => fill(template, context, rollout.control, window);
  const grid = { from: now - LOOK_BACK, to: now, step: STEP };
  switch (metric.kind) {
    case 'gauge':
      return { kind: 'value', query: of(first), at: now };
    case 'distribution':
      return metric.from.kind === 'samples'
        ? { kind: 'value', query: of(first), at: now }
        : { kind: 'buckets', queries: [of(first)], ...grid };
    case 'proportion':
    case 'mean':
      return { kind: 'increments', queries: [first, ...others].map(of), ...grid };
  }
}

/** Why a check is not measured, or `undefined` where it is. */
export function readLook({ check, question }: LookPlan, answers: Lookup): Unmeasured | undefined {
  const { name: metric } = check.metric;
  const answer = answers<Question>(question);
  if (answer.kind === 'unavailable') {
    const { reason, detail } = answer;
    return { metric, reason, detail };
  }
  return hasData(answer, check.metric)
    ? undefined
    : {
        metric,
        reason: 'no-data',
        detail: 'control, which everybody has, reports nothing; check the query and its labels',
      };
}

function hasData(
  answer: Exclude<ReturnType<Lookup>, { kind: 'unavailable' }>,
  { kind }: Metric,
): boolean {
  switch (answer.kind) {
    case 'value':
      return answer.value !== undefined && Number.isFinite(answer.value);
    case 'series':
      return answer.points.length > 0;
    case 'matched':
      return answer.matched;
    case 'increments':
      // Of a proportion there may be no events, which come first; what they are a share of must be there.
      return answer.found.slice(kind === 'proportion' ? 1 : 0).every(({ seen }) => seen);
    case 'buckets':
      return answer.found.every((buckets) => buckets.length > 0);
  }
}
