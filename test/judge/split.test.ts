import { describe, expect, it } from 'vitest';
import { describeMismatch } from '../../src/decide/reasons.ts';
import { judgeSplit, planSplit, type SplitVerdict } from '../../src/judge/split.ts';
import type { Rollout, Stage } from '../../src/model/rollout.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { answerByCounts, answering } from '../support/answers.ts';
import { NOW, rollout, stage, status } from '../support/builders.ts';

const COUNTED = { users: 'users_total{variant="{{variant}}"}', randomisedOnly: false };
const AGE = 3 * HOUR;

const inStage = (name: string, stages: readonly Stage[]): Rollout =>
  rollout({ stages, status: status({ phase: 'progressing', stage: name }) });

const FIVE = [stage('early', { percentage: 5 }), stage('full', { percentage: 100 })];

/** So many users a minute in each arm, and so many before the change had settled. */
function split(
  subject: Rollout,
  treatment: number,
  control: number,
  { counted = COUNTED, before = [treatment, control] as readonly [number, number], age = AGE } = {},
): SplitVerdict {
  const plan = planSplit(counted, {
    rollout: subject,
    now: NOW,
    entryStart: NOW - age,
    settle: 5 * MINUTE,
    escapeValue: (value) => value,
  });
  const settled = NOW - age + 5 * MINUTE;
  const answers = answering((question) => {
    const minutes = 'step' in question ? question.step / MINUTE : 0;
    const counter = (usual: number, early: number) => {
      let value = 0;
      return {
        count: (at: number) => {
          value += (at <= settled ? early : usual) * minutes;
          return value;
        },
      };
    };
    return answerByCounts(question, (_, part) => [
      part === 0 ? counter(treatment, before[0]) : counter(control, before[1]),
    ]);
  });
  return judgeSplit(plan, answers);
}

describe('the split of users', () => {
  it.each([
    ['as asked', 5, 95, 'match'],
    ['twice as many as asked', 10, 95, 'mismatch'],
    ['half as many as asked', 2.5, 97.5, 'mismatch'],
    ['nobody in the treatment', 0, 100, 'mismatch'],
    ['too few users to tell', 0.01, 0.1, 'insufficient'],
  ])('is looked at in a stage by percentage: %s', (_, treatment, control, kind) => {
    expect(split(inStage('early', FIVE), treatment, control).kind).toBe(kind);
  });

  it('is counted after the change has reached users', () => {
    const verdict = split(inStage('early', FIVE), 5, 95, { before: [0, 1000] });
    expect(verdict).toMatchObject({ kind: 'match', users: [5 * 175, 95 * 175] });
  });

  it('is that of the largest share that was entered', () => {
    const stages = [stage('wide', { percentage: 20 }), stage('narrow', { percentage: 5 })];
    expect(split(inStage('narrow', stages), 20, 80).kind).toBe('match');
  });

  const LISTED = [stage('internal', { segments: ['employees'] }), ...FIVE];
  const REGIONS = [stage('early', { percentage: 5, regions: ['au'] })];
  it.each([
    ['everyone is exposed', 'full', FIVE, false, 'not-randomised'],
    ['users are picked by a list', 'internal', LISTED, false, 'not-randomised'],
    ['listed users are counted too', 'early', LISTED, false, 'mixed'],
    ['a share of a region is exposed', 'early', REGIONS, true, 'mixed'],
  ] as const)('is not looked at where %s', (_, name, stages, randomisedOnly, reason) => {
    const counted = { ...COUNTED, randomisedOnly };
    expect(split(inStage(name, stages), 50, 50, { counted })).toEqual({ kind: 'skipped', reason });
  });

  it('is looked at where the counters leave out users of a list', () => {
    const counted = { ...COUNTED, randomisedOnly: true };
    expect(split(inStage('early', LISTED), 5, 95, { counted }).kind).toBe('match');
  });

  it('is not looked at before the change has settled', () => {
    expect(split(inStage('early', FIVE), 50, 50, { age: 4 * MINUTE })).toEqual({
      kind: 'skipped',
      reason: 'settling',
    });
  });

  it('holds its alarm through days of looks at a fair split', () => {
    for (let age = HOUR; age <= 3 * DAY; age += 6 * HOUR) {
      expect(split(inStage('early', FIVE), 5, 95, { age }).kind).toBe('match');
    }
  });

  it('is told with what was to be expected', () => {
    const verdict = split(inStage('early', FIVE), 10, 90);
    if (!('users' in verdict)) throw new Error('not counted');
    expect(describeMismatch(inStage('early', FIVE), verdict)).toMatch(
      /^users are not split as asked: 1,750 got on and 15,750 off, where 875 and 16,625 were to be expected \(p \S+\)$/,
    );
  });
});
