import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  farOver,
  holdAgainst,
  sharedWithControl,
  worseThanControl,
} from '../../src/judge/limits/limits.ts';
import type { Unit } from '../../src/model/check.ts';
import {
  hasLimits,
  isRelative,
  LimitError,
  parseChange,
  parseLimit,
  parseLimits,
} from '../../src/model/limits.ts';

const UNITS: readonly Unit[] = [
  'ratio',
  'seconds',
  'milliseconds',
  'count',
  'currency',
  'bytes',
  'score',
];

describe('an absolute limit', () => {
  it.each<[number | string, Unit, number]>([
    [0.01, 'ratio', 0.01],
    ['1%', 'ratio', 0.01],
    ['0.1%', 'ratio', 0.001],
    ['100%', 'ratio', 1],
    ['150%', 'ratio', 1.5],
    ['-5%', 'ratio', -0.05],
    [0.999, 'ratio', 0.999],
    ['250ms', 'seconds', 0.25],
    ['3s', 'seconds', 3],
    [3, 'seconds', 3],
    ['250ms', 'milliseconds', 250],
    ['3s', 'milliseconds', 3000],
    [200, 'milliseconds', 200],
    ['1.5', 'count', 1.5],
    [-3, 'score', -3],
    [1e-7, 'ratio', 1e-7],
    [0, 'currency', 0],
  ])('%s of a metric in %s is %d', (written, unit, value) => {
    expect(parseLimit(written, unit)).toBeCloseTo(value, 12);
  });

  it.each<[number | string, Unit, RegExp]>([
    ['1%', 'count', /needs a metric whose unit is ratio/],
    ['3s', 'ratio', /needs a metric in seconds or milliseconds/],
    ['250ms', 'bytes', /needs a metric in seconds or milliseconds/],
    [1, 'ratio', /1 on a ratio is 100 %; write 1% if that is meant/],
    [5, 'ratio', /5 on a ratio is 500 %; write 5% if that is meant/],
    ['5', 'ratio', /write 5%/],
    [-2, 'ratio', /-2 on a ratio is -200 %/],
  ])('%s does not fit a metric in %s', (written, unit, message) => {
    expect(() => parseLimit(written, unit)).toThrow(LimitError);
    expect(() => parseLimit(written, unit)).toThrow(message);
  });
});

describe('a change', () => {
  it.each<[number | string, Unit, string, number]>([
    ['5%', 'ratio', 'relative', 0.05],
    ['5%', 'currency', 'relative', 0.05],
    ['0.5pp', 'ratio', 'absolute', 0.005],
    ['250ms', 'seconds', 'absolute', 0.25],
    [0.1, 'score', 'absolute', 0.1],
  ])('of %s of a metric in %s is %s, by %d', (written, unit, kind, by) => {
    const change = parseChange(written, unit);
    expect(change.kind).toBe(kind);
    expect(change.by).toBeCloseTo(by, 12);
  });

  it('in percentage points needs a ratio', () => {
    expect(() => parseChange('1pp', 'seconds')).toThrow(/percentage points need/);
  });
});

it('reads what the schema lets through, or says that it does not fit', () => {
  const written = fc
    .tuple(fc.integer({ min: 0, max: 999_999 }), fc.constantFrom('', '%', 'ms', 's', 'pp'))
    .map(([number, suffix]) => `${number / 100}${suffix}`);
  fc.assert(
    fc.property(written, fc.constantFrom(...UNITS), (text, unit) => {
      for (const parse of [
        () => parseLimit(text.replace('pp', '%'), unit),
        () => parseChange(text, unit).by,
      ]) {
        try {
          expect(Number.isFinite(parse())).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(LimitError);
        }
      }
    }),
  );
});

it('reads the keys of a check, and names the one that does not fit', () => {
  expect(
    parseLimits(
      { max: '1%', min: 0, max_increase: '5%', max_decrease: '1pp', max_ratio: 2 },
      'ratio',
    ),
  ).toEqual({
    max: 0.01,
    min: 0,
    maxIncrease: { kind: 'relative', by: 0.05 },
    maxDecrease: { kind: 'absolute', by: 0.01 },
    maxRatio: 2,
  });
  expect(parseLimits({}, 'ratio')).toEqual({});
  expect(() => parseLimits({ max_decrease: '1pp' }, 'count')).toThrow(/^max_decrease: /);
});

it('knows what needs a baseline', () => {
  expect(isRelative({ max: 1, min: 0 })).toBe(false);
  expect(isRelative({ maxRatio: 2 })).toBe(true);
  expect(isRelative({ maxIncrease: { kind: 'absolute', by: 1 } })).toBe(true);
  expect(isRelative({ maxDecrease: { kind: 'relative', by: 1 } })).toBe(true);
  expect([{}, { max: 0 }, { min: 0 }, { maxRatio: 1 }].map(hasLimits)).toEqual([
    false,
    true,
    true,
    true,
  ]);
});

describe('a value held against limits', () => {
  const held = (value: number, limits: Parameters<typeof holdAgainst>[1], baseline?: number) =>
    holdAgainst(value, limits, 'breach', baseline).map(({ name, threshold, over }) => [
      name,
      threshold,
      over,
    ]);
  const all = {
    max: 10,
    min: 1,
    maxIncrease: { kind: 'relative', by: 0.5 },
    maxDecrease: { kind: 'absolute', by: 2 },
    maxRatio: 2,
  } as const;

  it('is held against each of them', () => {
    expect(held(9, all, 4)).toEqual([
      ['max', 10, false],
      ['min', 1, false],
      ['max_increase', 6, true],
      ['max_decrease', 2, false],
      ['max_ratio', 8, true],
    ]);
    expect(held(0.5, all, 4).filter(([, , over]) => over)).toEqual([
      ['min', 1, true],
      ['max_decrease', 2, true],
    ]);
  });

  it('is held against the absolute ones alone where there is no baseline', () => {
    expect(held(9, all).map(([name]) => name)).toEqual(['max', 'min']);
  });

  it('counts a distance by the size of the baseline', () => {
    expect(held(0, all, -4)).toEqual([
      ['max', 10, false],
      ['min', 1, true],
      ['max_increase', -2, true],
      ['max_decrease', -6, false],
      ['max_ratio', 0, false],
    ]);
  });
});

describe('against control', () => {
  const max = { name: 'max', level: 'breach', threshold: 10, over: true } as const;
  const min = { name: 'min', level: 'breach', threshold: 10, over: true } as const;
  const rise = { name: 'max_increase', level: 'breach', threshold: 10, over: true } as const;

  it('is no worse within a fifth', () => {
    expect(sharedWithControl(max, 14.4, 12)).toBe(true);
    expect(sharedWithControl(max, 14.5, 12)).toBe(false);
    expect(sharedWithControl(min, 6.4, 8)).toBe(true);
    expect(sharedWithControl(min, 6.3, 8)).toBe(false);
  });

  it('shares nothing with a control that keeps the limit', () => {
    expect(sharedWithControl(max, 10.5, 10)).toBe(false);
    expect(sharedWithControl(min, 9.5, 10)).toBe(false);
  });

  it('shares no limit that is relative', () => {
    expect(sharedWithControl(rise, 11, 12)).toBe(false);
  });

  it('is worse in the direction of the limit', () => {
    expect(worseThanControl(max, 13, 10)).toBe(true);
    expect(worseThanControl(max, 7, 10)).toBe(false);
    expect(worseThanControl(min, 7, 10)).toBe(true);
    expect(worseThanControl(min, 13, 10)).toBe(false);
    expect(worseThanControl({ ...rise, name: 'max_decrease' }, 7, 10)).toBe(true);
  });

  it('is far past a limit at twice it', () => {
    expect(farOver(max, 20)).toBe(true);
    expect(farOver(max, 19.9)).toBe(false);
    expect(farOver(min, 0)).toBe(true);
    expect(farOver(min, 1)).toBe(false);
    expect(farOver({ ...max, over: false }, 20)).toBe(false);
  });
});
