import { judge } from '../../src/judge/judge.ts';
import { budgetOf } from '../../src/judge/limits/budget.ts';
import { planCheck } from '../../src/judge/plan.ts';
import type { Check } from '../../src/model/check.ts';
import type { Counter, CountersAnswer, CountersQuery } from '../../src/model/measurement.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { counterOf } from '../../src/providers/counter.ts';
import { type Duration, HOUR, type Instant, MINUTE } from '../../src/time.ts';
import { NOW } from './builders.ts';

/** What an arm counts in a minute, as a function of the minutes since the entry began. */
export type PerMinute = (minute: number) => readonly number[];

/** Constantly so much. */
export const steady =
  (...by: readonly number[]): PerMinute =>
  () =>
    by;

export interface CountedWorld {
  readonly treatment?: PerMinute;
  readonly control?: PerMinute;
  /** The control in the history that a check is relative to. */
  readonly history?: PerMinute;
}

export interface CountedWhen {
  readonly age?: Duration;
  readonly confidence?: number;
}

/** Plans a check, answers with counters that count as the world says, and judges. */
export function counted(
  check: Check,
  world: CountedWorld,
  subject: Rollout,
  { age = 3 * HOUR, confidence = 0.95 }: CountedWhen = {},
): Verdict {
  const entryStart = NOW - age;
  const plan = planCheck(check, {
    rollout: subject,
    now: NOW,
    entryStart,
    settle: 0,
    escapeValue: (value) => value,
  });
  const width = plan.kind === 'counts' ? plan.width : 0;
  const counters = (query: CountersQuery): CountersAnswer => {
    const past = plan.kind === 'counts' && query === plan.baseline;
    const arms = past ? [world.history] : [world.treatment, world.control];
    return {
      kind: 'counters',
      warnings: [],
      found: query.expressions.map((_, part) => {
        const arm = arms[Math.floor(part / width)];
        return arm ? [counterIn(arm, part % width, query, entryStart)] : [];
      }),
    };
  };
  const of = () => {
    throw new Error('counts ask for no series');
  };
  return judge(plan, { of, counters }, subject, budgetOf(subject, check, confidence));
}

function counterIn(arm: PerMinute, part: number, query: CountersQuery, start: Instant): Counter {
  const points: { at: Instant; value: number }[] = [];
  let value = 1_000_000;
  let minute = Math.round((query.from - start) / MINUTE);
  for (let at = query.from; at <= query.to; at += query.step) {
    points.push({ at, value });
    for (let i = 0; i < query.step / MINUTE; i += 1, minute += 1) value += arm(minute)[part] ?? 0;
  }
  return counterOf({}, points, query);
}
