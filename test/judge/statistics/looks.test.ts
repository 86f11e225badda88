import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockLength, blockMeans } from '../../../src/judge/statistics/blocks.ts';
import { looksAt } from '../../../src/judge/statistics/looks.ts';
import { mannWhitney } from '../../../src/judge/statistics/mann-whitney.ts';
import { sampleOf } from '../../../src/judge/statistics/sample.ts';
import { normalNumbers } from './numbers.ts';

describe('looks', () => {
  it('judge the series so far at each doubling, and its recent past in between', () => {
    expect(looksAt(3, 4, 0.02)).toEqual([]);
    expect(looksAt(4, 4, 0.02)).toEqual([{ from: 0, to: 4, alpha: 0.02 / 4 }]);
    expect(looksAt(9, 4, 0.12).map(({ from, to }) => [from, to])).toEqual([
      [4, 8],
      [0, 8],
    ]);
    expect(looksAt(17, 4, 0.12).map(({ from, to }) => [from, to])).toEqual([
      [12, 16],
      [8, 16],
      [0, 16],
    ]);
  });

  it('never spend more than there is, however long they go on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 4000 }),
        (first, ticks) => {
          const spent = new Map<string, number>();
          for (let points = 1; points <= ticks; points += 1) {
            for (const { from, to, alpha } of looksAt(points, first, 0.05)) {
              spent.set(`${from}-${to}`, alpha);
            }
          }
          expect([...spent.values()].reduce((sum, alpha) => sum + alpha, 0)).toBeLessThan(0.05);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('always have a window that began after a change, if it is not too recent', () => {
    for (const points of [100, 577, 4032]) {
      for (const changed of [0, 50, 300, 2000].filter((at) => at < points - 48)) {
        const fresh = looksAt(points, 16, 0.02).filter(({ from }) => from >= changed);
        const longest = Math.max(...fresh.map(({ from, to }) => to - from));
        expect(longest).toBeGreaterThanOrEqual((points - changed) / 4);
      }
    }
  });
});

/** A series whose points resemble the one before: an AR(1) process of variance one. */
function correlated(seed: number, length: number, memory: number): number[] {
  const normal = normalNumbers(seed);
  let last = normal();
  return Array.from({ length }, () => {
    last = memory * last + Math.sqrt(1 - memory * memory) * normal();
    return last;
  });
}

describe('blocks', () => {
  it('are single points where points do not resemble one another', () => {
    expect(blockLength(correlated(1, 500, 0))).toBe(1);
    expect(blockLength(Array.from({ length: 500 }, () => 7.3))).toBe(1);
  });

  it('are long enough that their means do not', () => {
    for (const [memory, atLeast] of [
      [0.5, 4],
      [0.9, 16],
      [0.97, 64],
    ] as const) {
      expect(blockLength(correlated(2, 8000, memory))).toBeGreaterThanOrEqual(atLeast);
    }
  });

  it('are not known of a short series that only climbs', () => {
    expect(blockLength([1, 2, 3])).toBeUndefined();
    expect(blockLength(Array.from({ length: 60 }, (_, index) => index))).toBeUndefined();
  });

  it('have means, and leave out what does not fill one', () => {
    expect(blockMeans([1, 3, 5, 7, 100], 2)).toEqual([2, 6]);
  });

  it('do not depend on the unit', () => {
    const points = correlated(3, 300, 0.8);
    expect(blockLength(points.map((each) => each * 1e9 + 0))).toBe(blockLength(points));
  });
});

/** Two days of a point a minute, looked at every five minutes. */
const LENGTH = 2 * 24 * 60;
const TICK = 5;
const FIRST = 64;

const above = (control: readonly number[], treatment: readonly number[]) =>
  mannWhitney(sampleOf(control), sampleOf(treatment))?.p.above ?? 1;

/** Ticks until a treatment is found to be higher, or `undefined` if it never is. */
function alarmAfter(control: readonly number[], treatment: readonly number[], alpha: number) {
  const judged = new Set<string>();
  for (let points = TICK; points <= LENGTH; points += TICK) {
    const looks = looksAt(points, FIRST, alpha).filter(
      ({ from, to }) => !judged.has(`${from}-${to}`),
    );
    const block = looks.length > 0 ? blockLength(control.slice(0, points)) : undefined;
    for (const look of looks) {
      judged.add(`${look.from}-${look.to}`);
      const means = (arm: readonly number[]) =>
        blockMeans(arm.slice(look.from, look.to), block ?? LENGTH);
      if (above(means(control), means(treatment)) < look.alpha) return points;
    }
  }
  return undefined;
}

describe('a tick each five minutes for two days', () => {
  const ALPHA = 0.05;
  const noise = (run: number, memory: number, length = LENGTH) =>
    [correlated(2 * run + 1, length, memory), correlated(2 * run + 2, length, memory)] as const;

  it.each([
    ['independent', 0],
    ['like their neighbours', 0.6],
    ['very like them', 0.9],
  ])('calls noise a shift no more often than promised: points %s', (_, memory) => {
    const alarms = Array.from({ length: 100 }, (_, run) =>
      alarmAfter(...noise(run, memory), ALPHA),
    );
    expect(alarms.filter((alarm) => alarm !== undefined).length).toBeLessThanOrEqual(100 * ALPHA);
  });

  it('would cry wolf if each tick tested all points as they are', () => {
    const alarms = Array.from({ length: 20 }, (_, run) => {
      const [control, treatment] = noise(run, 0.6, 720);
      return Array.from({ length: 720 / TICK }, (_, tick) => (tick + 1) * TICK).some(
        (points) => above(control.slice(0, points), treatment.slice(0, points)) < ALPHA,
      );
    });
    expect(alarms.filter(Boolean).length).toBeGreaterThan(10);
  });

  it.each([
    ['from the start', 0],
    ['after a healthy day', 24 * 60],
  ])('sees a shift of a standard deviation %s', (_, start) => {
    const waits = Array.from({ length: 20 }, (_, run) => {
      const treatment = correlated(1000 + run, LENGTH, 0.6).map((each, at) =>
        at >= start ? each + 1 : each,
      );
      const alarm = alarmAfter(correlated(2000 + run, LENGTH, 0.6), treatment, ALPHA);
      return (alarm ?? Infinity) - start;
    });
    expect(waits.toSorted((x, y) => x - y)[10]).toBeLessThanOrEqual(6 * 60);
  });
});
