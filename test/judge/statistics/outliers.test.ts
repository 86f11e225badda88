import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fencesOf, withoutOutliers } from '../../../src/judge/statistics/outliers.ts';
import { percentile } from '../../../src/judge/statistics/percentile.ts';

describe('outliers', () => {
  const ordinary = Array.from({ length: 200 }, (_, index) => 100 + (index % 20));

  it('are beyond the fences, on either side', () => {
    expect(withoutOutliers([...ordinary, 5000, 0], 1.5)).toEqual(ordinary);
  });

  it('are not what every hundredth value is like', () => {
    const tail = [...ordinary, 400, 410, 420, 430, 440];
    expect(withoutOutliers(tail, 1.5)).toContain(400);
    expect(fencesOf(tail, 1.5)?.high).toBe(
      percentile(
        tail.toSorted((x, y) => x - y),
        0.99,
      ),
    );
  });

  it('are none among constants, and none of nothing', () => {
    expect(withoutOutliers([5, 5, 5], 1.5)).toEqual([5, 5, 5]);
    expect(withoutOutliers([], 1.5)).toEqual([]);
    expect(withoutOutliers([Number.NaN], 1.5)).toEqual([]);
  });

  it('leave the middle half, in its order, whatever the values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (values) => {
        const kept = withoutOutliers(values, 1.5);
        expect(kept.length).toBeGreaterThanOrEqual(values.length / 2);
        expect(values.filter((value) => kept.includes(value))).toEqual(kept);
      }),
    );
  });
});
