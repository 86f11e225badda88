import { describe, expect, it } from 'vitest';
import { planDrift, readDrift } from '../../src/judge/drift.ts';
import type { Check } from '../../src/model/check.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Drift } from '../../src/model/verdict.ts';
import { DAY, type Duration, HOUR } from '../../src/time.ts';
import { answerByCounts, answerByLevel, answering } from '../support/answers.ts';
import { check, gauge, NOW, proportion, rollout, status } from '../support/builders.ts';

const COMPLETED = (level: number): Rollout =>
  rollout({
    status: status({
      phase: 'completed',
      stage: 'full',
      levels: { latency: level, 'error-rate': level },
    }),
  });
const LAST = rollout({ status: status({ phase: 'progressing', stage: 'full' }) });

const looking = (more: Partial<Check> = {}): Check =>
  check({ drift: { by: 0.05, over: DAY }, ...more });

/** A level at each hour before now, or none. */
type Level = (hoursAgo: number) => number | undefined;

function drift(
  subject: Rollout,
  level: Level,
  of: Check = looking(),
  age: Duration = 9 * DAY,
): Drift | undefined {
  const plan = planDrift(of, {
    rollout: subject,
    now: NOW,
    entryStart: NOW - age,
    settle: 0,
    escapeValue: (value) => value,
  });
  if (plan === undefined) return undefined;
  const levelAt = (at: number) => level((NOW - at) / HOUR);
  const answers = answering((question) => {
    if (question.kind === 'series') return answerByLevel(question, levelAt);
    let [events, total] = [0, 0];
    const some = (at: number) => {
      events += 1000 * (levelAt(at) ?? 0);
      return events;
    };
    const all = () => {
      total += 1000;
      return total;
    };
    return answerByCounts(question, (_, part) => [{ count: part === 0 ? some : all }]);
  });
  return readDrift(plan, answers);
}

describe('drift', () => {
  it.each<[string, number, Level, string]>([
    ['6 % above its level all day', 1, () => 1.06, 'drift'],
    ['4 % above its level', 1, () => 1.04, 'steady'],
    ['better than it was', 1, () => 0.5, 'steady'],
    ['far above it, but for one good hour', 1, (ago) => (ago === 5 ? 1 : 9), 'steady'],
    [
      'far above it, but seen for a third of the day',
      1,
      (ago) => (ago < 8 ? 9 : undefined),
      'insufficient',
    ],
    ['not seen at all', 1, () => undefined, 'insufficient'],
  ])('of what is limited from above, and is %s', (_, pinned, level, kind) => {
    expect(drift(COMPLETED(pinned), level)?.against).toMatchObject({ kind, pinned });
  });

  it('of what is limited from below is a fall', () => {
    const satisfaction = looking({ limits: { min: 3 } });
    const kind = (level: number) => drift(COMPLETED(4), () => level, satisfaction)?.against?.kind;
    expect([kind(3.7), kind(3.9), kind(5)]).toEqual(['drift', 'steady', 'steady']);
  });

  it('of a proportion is that of what was counted in each hour', () => {
    const errors = looking({ metric: proportion() });
    const found = drift(COMPLETED(0.01), () => 0.02, errors);
    expect(found).toMatchObject({ points: 24, against: { kind: 'drift', threshold: 0.0105 } });
    expect(found?.level).toBeCloseTo(0.02, 9);
  });

  it('is not looked at before everybody is served, and only levelled in the last stage', () => {
    expect(drift(rollout(), () => 1)).toBeUndefined();
    expect(drift(COMPLETED(1), () => 1, check())).toBeUndefined();
    expect(drift(LAST, () => 0.7)).toEqual({
      over: DAY,
      points: 24,
      level: expect.closeTo(0.7, 9),
    });
    expect(drift(LAST, () => 0.7, looking(), 6 * HOUR)).toMatchObject({ points: 6 });
    expect(drift(LAST, () => 0.7, looking(), HOUR / 2)).toBeUndefined();
  });

  it('without a pinned level is none', () => {
    const other = looking({ metric: gauge({ name: 'other' }) });
    expect(drift(COMPLETED(1), () => 9, other)).not.toHaveProperty('against');
  });
});
