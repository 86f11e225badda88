import { judge } from '../../src/judge/judge.ts';
import { type CheckPlan, planCheck } from '../../src/judge/plan.ts';
import type { Check } from '../../src/model/check.ts';
import type { Answer, Query, UnavailableReason } from '../../src/model/measurement.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { HOUR, type Instant, MINUTE } from '../../src/time.ts';
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
  return judge(plan, { of: answersFrom(plan, world), counters: nothing }, subject, BUDGET);
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

/** What a gauge is judged with: it asks for no counters, and spends nothing. */
export const nothing = () => {
  throw new Error('a gauge asks for no counters');
};
export const BUDGET = { alpha: 0.05, confidence: 0.95 };

function answersFrom(plan: CheckPlan, world: World): (query: Query) => Answer {
  const answers = new Map<Query, Answer>();
  const tell = (query: Query | undefined, told: Told = []) => {
    if (query) answers.set(query, answerTo(query, told));
  };
  if (plan.kind === 'gauge') {
    tell(plan.treatment, world.treatment);
    tell(plan.control, world.control);
    tell(plan.baseline, world.baseline);
    tell(plan.samples, world.samples);
    tell(plan.controlSamples, world.controlSamples);
  }
  return (query) => {
    const answer = answers.get(query);
    if (!answer) throw new Error('asked what was not planned');
    return answer;
  };
}

function answerTo(query: Query, told: Told): Answer {
  if (typeof told === 'string') return { kind: 'unavailable', reason: told, detail: 'no answer' };
  const looks = momentsOf(query);
  const values = typeof told === 'number' ? looks.map(() => told) : told;
  // The newest value is the newest look.
  const points = values.flatMap((value, index) => {
    const at = looks[looks.length - values.length + index];
    return value === undefined || at === undefined ? [] : [{ at, value }];
  });
  return { kind: 'series', points, warnings: [] };
}

function momentsOf(query: Query): readonly Instant[] {
  if (query.kind === 'instant') return [query.at];
  const count = Math.round((query.to - query.from) / query.step) + 1;
  return Array.from({ length: count }, (_, index) => query.from + index * query.step);
}
