import { describe, expect, it } from 'vitest';
import { BUILT_IN_LADDERS } from '../../src/files/rollout/ladders.ts';
import { weightOf } from '../../src/model/exposure.ts';
import { kindOf, type Stage } from '../../src/model/rollout.ts';
import { DAY, type Duration, formatDuration, HOUR } from '../../src/time.ts';

const ladders = Object.entries(BUILT_IN_LADDERS);

function ladder(name: string): readonly Stage[] {
  const stages = BUILT_IN_LADDERS[name];
  if (!stages) throw new Error(`no ladder ${name}`);
  return stages;
}

/** The stages in a line: `internal 2d, 1 % 1d, …`. */
const inWords = (name: string): string =>
  ladder(name)
    .map(({ percentage, segments, duration, shadow }) => {
      const who = shadow
        ? 'shadow'
        : percentage === undefined
          ? segments.join()
          : `${percentage} %`;
      return `${who} ${formatDuration(duration)}`;
    })
    .join(', ');

/** When each stage begins, counted from the start. */
function begins(name: string): readonly Duration[] {
  let at = 0;
  return ladder(name).map(({ duration }) => {
    at += duration;
    return at - duration;
  });
}

describe('the ladders of the mission (A1, A2)', () => {
  it.each([
    ['standard', 'employees 2d, 1 % 1d, 5 % 2d, 25 % 3d, 50 % 3d, 100 % 2d'],
    ['quick', '5 % 16h, 25 % 16h, 50 % 16h, 100 % 1d'],
    ['conservative', '5 % 7d, 10 % 7d, 25 % 7d, 50 % 7d, 75 % 7d, 100 % 7d'],
    ['model', 'shadow 1d, 5 % 2h, 25 % 6h, 50 % 1d, 100 % 2d'],
    ['strangler', '10 % 30d, 30 % 30d, 60 % 30d, 100 % 30d'],
    ['rings', 'employees 2d, early-adopters 5d, standard 7d, conservative 16d, 100 % 2d'],
  ])('%s is %s', (name, words) => {
    expect(inWords(name)).toBe(words);
  });

  it('are these and no others', () => {
    expect(ladders.map(([name]) => name).toSorted()).toEqual([
      'conservative',
      'model',
      'quick',
      'rings',
      'standard',
      'strangler',
    ]);
  });

  it('quick reaches everyone within 48 hours', () => {
    expect(begins('quick').at(-1)).toBe(48 * HOUR);
  });

  it('rings begin on days 0, 2, 7, 14 and 30', () => {
    expect(begins('rings').map((at) => at / DAY)).toEqual([0, 2, 7, 14, 30]);
  });

  it('a model is compared at 50 % for one day, or two where there is too little data', () => {
    const test = ladder('model').find(({ percentage }) => percentage === 50);
    expect([test?.duration, test?.maxDuration]).toEqual([DAY, 2 * DAY]);
  });
});

describe.each(ladders)('%s', (_, stages) => {
  it('only grows, and ends with everyone', () => {
    const shares = stages
      .filter((stage) => kindOf(stage) !== 'cohort' && !stage.shadow)
      .map(weightOf);
    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
    const last = stages.at(-1);
    expect(last && kindOf(last)).toBe('everyone');
  });

  it('names its stages once, and waits for data at least as long as it dwells', () => {
    expect(new Set(stages.map(({ name }) => name)).size).toBe(stages.length);
    for (const { duration, maxDuration } of stages) {
      expect(duration).toBeGreaterThan(0);
      expect(maxDuration).toBeGreaterThanOrEqual(duration);
    }
  });
});
