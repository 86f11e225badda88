import { describe, expect, it } from 'vitest';
import type { Seen } from '../../scripts/demo-live/load.ts';
import {
  astrayOf,
  type Journal,
  outcomeOf,
  shortcomings,
} from '../../scripts/demo-live/outcome.ts';

const NOTICED = 50_000;
const READ = 51_000;

/** What one user was answered, each ten seconds from the first on. */
const answers = (...variants: readonly (string | undefined)[]): readonly Seen[] =>
  variants.map((variant, place) => ({
    user: 7,
    sent: place * 10_000,
    at: place * 10_000 + 5,
    ...(variant === undefined ? {} : { variant }),
    failed: variant === undefined,
  }));

const journal = (seen: readonly Seen[]): Journal => ({
  began: 0,
  moves: [],
  faultOn: 45_000,
  noticed: NOTICED,
  reverted: 50_500,
  read: READ,
  seen,
  skipped: 0,
});

describe('a user of a rollout that goes up and back', () => {
  it.each<[string, readonly (string | undefined)[], string[]]>([
    ['never had it', ['off', 'off', 'off', 'off', 'off', 'off'], []],
    ['had it until it was taken back', ['off', 'off', 'on', 'on', 'on', 'on', 'off'], []],
    ['was not answered once', ['off', 'on', undefined, 'on', 'on', 'off'], []],
    ['lost it on the way up', ['off', 'on', 'off'], ['lost the treatment on the way up']],
    [
      'went back and forth',
      ['off', 'on', 'off', 'on'],
      ['lost the treatment on the way up', 'got the treatment a second time'],
    ],
    [
      'got it when it was taken back',
      ['off', 'off', 'off', 'off', 'off', 'off', 'on'],
      ['got the treatment after it was taken back'],
    ],
    ['was answered by no variant', ['off', 'none'], ['was answered by `none`']],
  ])('%s', (_, variants, what) => {
    expect(astrayOf(journal(answers(...variants))).map((each) => each.what)).toEqual(what);
  });
});

it('counts as hurt what failed in the treatment, from the fault until its last answer', () => {
  const seen = (at: number, variant: string, failed: boolean): Seen => ({
    user: at,
    sent: at,
    at,
    variant,
    failed,
  });
  const { hurt, safe, errorRate } = outcomeOf(
    journal([
      seen(44_000, 'on', true), // before the fault
      seen(46_000, 'on', true),
      seen(47_000, 'off', true), // of the control
      seen(48_000, 'on', false),
      seen(49_000, 'off', false),
      seen(52_000, 'off', false),
    ]),
  );
  expect(hurt).toEqual({ requests: 1, users: 1, ofIncident: 1 / 3, ofAll: 1 / 6 });
  expect(safe).toBe(48_000);
  expect(errorRate).toEqual({ before: 1, during: 2 / 3, after: 0 });
});

it('says what is wrong of a run in which nothing moved', () => {
  const { faultOn: _, noticed: __, reverted: ___, ...nothing } = journal(answers('off', undefined));
  expect(shortcomings(outcomeOf(nothing))).toEqual([
    'it climbed nowhere, not canary, early, quarter',
    'the fault was never switched on',
    'it was not rolled back',
    'nobody ever had the treatment',
    'the fault hurt nobody',
    'visits that nobody answered: 1',
  ]);
});
