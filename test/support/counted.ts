import { judge } from '../../src/judge/judge.ts';
import { budgetOf } from '../../src/judge/limits/budget.ts';
import { planCheck } from '../../src/judge/plan.ts';
import type { Check } from '../../src/model/check.ts';
import type { Grid } from '../../src/model/measurement.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { type Duration, HOUR, type Instant, MINUTE } from '../../src/time.ts';
import { answerByCounts, answering, type Counting } from './answers.ts';
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
  const answers = answering((question) => {
    const past = plan.kind === 'counts' && question === plan.baseline;
    const arms = past ? [world.history] : [world.treatment, world.control];
    return answerByCounts(question, (_, part) => {
      const arm = arms[Math.floor(part / width)];
      return arm && question.kind !== 'value' && question.kind !== 'matched'
        ? [counterIn(arm, part % width, question, entryStart)]
        : [];
    });
  });
  return judge(plan, answers, subject, budgetOf(subject, check, confidence));
}

function counterIn(arm: PerMinute, part: number, grid: Grid, start: Instant): Counting {
  let value = 1_000_000;
  let minute = Math.round((grid.from - start) / MINUTE);
  return {
    count: () => {
      const now = value;
      for (let i = 0; i < grid.step / MINUTE; i += 1, minute += 1) value += arm(minute)[part] ?? 0;
      return now;
    },
  };
}
