import type { Lookup } from '../../src/judge/answers.ts';
import { judge } from '../../src/judge/judge.ts';
import { type CheckPlan, planCheck } from '../../src/judge/plan.ts';
import type { Check } from '../../src/model/check.ts';
import type {
  Answer,
  SeriesQuestion,
  UnavailableReason,
  ValueQuestion,
} from '../../src/model/measurement.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { HOUR, type Instant, MINUTE } from '../../src/time.ts';
import { answerByLevel, answering, momentsIn } from './answers.ts';
import { NOW, rollout } from './builders.ts';

/** What a provider tells of a series: a level, its looks from oldest to newest, or no series. */
export type Told = number | readonly (number | undefined)[] | UnavailableReason;

/** All that the provider would tell; what is left out is an empty result. */
export interface World {
  readonly treatment?: Told;
  readonly control?: Told;
  readonly baseline?: Told;
  readonly samples?: Told;
  readonly controlSamples?: Told;
}

export interface When {
  readonly now?: Instant;
  readonly entryStart?: Instant;
  readonly settle?: number;
}

/** Plans a check, answers what it asks from a world, and judges. */
export function judged(
  check: Check,
  world: World,
  subject: Rollout = rollout(),
  when: When = {},
): Verdict {
  const plan = planFor(check, subject, when);
  return judge(plan, answersFrom(plan, world), subject, BUDGET);
}

export function planFor(check: Check, subject: Rollout = rollout(), when: When = {}): CheckPlan {
  const { now = NOW, entryStart = now - 25 * HOUR, settle = 5 * MINUTE } = when;
  return planCheck(check, {
    rollout: subject,
    now,
    entryStart,
    settle,
    escapeValue: (value) => value,
  });
}

/** What a gauge is judged with: it spends nothing. */
export const BUDGET = { alpha: 0.05, confidence: 0.95 };

type NumberQuestion = ValueQuestion | SeriesQuestion;

function answersFrom(plan: CheckPlan, world: World): Lookup {
  const answers = new Map<unknown, Answer>();
  const tell = (question: NumberQuestion | undefined, told: Told = []) => {
    if (question) answers.set(question, answerTo(question, told));
  };
  if (plan.kind === 'gauge') {
    tell(plan.treatment, world.treatment);
    tell(plan.control, world.control);
    tell(plan.baseline, world.baseline);
    tell(plan.samples, world.samples);
    tell(plan.controlSamples, world.controlSamples);
  }
  return answering((question) => {
    const answer = answers.get(question);
    if (!answer) throw new Error('asked what was not planned');
    return answer;
  });
}

function answerTo(question: NumberQuestion, told: Told): Answer {
  if (typeof told === 'string') return { kind: 'unavailable', reason: told, detail: 'no answer' };
  if (typeof told === 'number') return answerByLevel(question, () => told);
  // The newest value is the newest look.
  const looks = momentsIn(question);
  const skipped = looks.length - told.length;
  return answerByLevel(question, (at) => told[looks.indexOf(at) - skipped]);
}
