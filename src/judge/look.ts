import type { Check, Metric } from '../model/check.ts';
import type {
  BucketsQuestion,
  IncrementsQuestion,
  Question,
  UnavailableReason,
  ValueQuestion,
} from '../model/measurement.ts';
import { HOUR, MINUTE } from '../time.ts';
import type { Lookup } from './answers.ts';
import type { PlanContext } from './arms.ts';
import { questionOver } from './question.ts';

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
export function planLook(check: Check, context: PlanContext): LookPlan {
  const { metric, window } = check;
  const { now, rollout } = context;
  const over = { from: now - LOOK_BACK, to: now, step: STEP, window };
  const question = questionOver(metric, rollout.control, over, context);
  return {
    check,
    // A number is there now, or it is not.
    question:
      question.kind === 'series' ? { kind: 'value', query: question.query, at: now } : question,
  };
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
