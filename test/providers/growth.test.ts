import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Counted, countedSince } from '../../src/judge/counts/intervals.ts';
import { type Counter, counterOf } from '../../src/providers/counter.ts';
import { answerByCounters } from '../../src/providers/growth.ts';

/** A counter by what it showed at moments 0, 1, 2, …; a hole is a moment at which it was not seen. */
const counter = (...values: readonly (number | undefined)[]): Counter => {
  const points = values.flatMap((value, at) => (value === undefined ? [] : [{ at, value }]));
  return counterOf(points, { from: 0, step: 1 });
};
const bucket = (le: string | undefined, ...values: readonly number[]): Counter => ({
  ...counter(...values),
  ...(le === undefined ? {} : { le }),
});
const NONE = undefined;

/** What was counted in each interval, for each query of a question. */
function counted(
  found: readonly (readonly Counter[])[],
  to: number,
  since = 0,
): readonly Counted[] {
  const queries = found.map((_, part) => `q${part}`);
  const grid = { from: 0, to, step: 1 };
  const answer = answerByCounters({ kind: 'increments', queries, ...grid }, found);
  if (answer.kind !== 'increments') throw new Error(answer.kind);
  return countedSince(answer.found, grid, since);
}

/** The same, for one query. */
const grown = (counters: readonly Counter[], to: number, since = 0): readonly number[] =>
  counted([counters], to, since).map(({ by }) => by[0] ?? Number.NaN);

describe('what counters count', () => {
  it.each<{ when: string; counters: readonly Counter[]; by: readonly number[] }>([
    { when: 'of one that goes on', counters: [counter(5, 7, 7, 10)], by: [2, 0, 3] },
    { when: 'of several, the sum', counters: [counter(5, 7), counter(0, 4)], by: [6] },
    { when: 'of one that was restarted', counters: [counter(5, 7, 1, 4)], by: [2, 1, 3] },
    {
      when: 'of a new one, all that it has',
      counters: [counter(1, 1, 1, 1), counter(NONE, NONE, 20, 25)],
      by: [0, 20, 5],
    },
    {
      when: 'of one that was not seen for a while, what it counted meanwhile',
      counters: [counter(1, 1, 1, 1), counter(5, NONE, NONE, 9)],
      by: [0, 0, 4],
    },
    {
      when: 'after monitoring was down, nothing that may be old',
      counters: [counter(NONE, NONE, 500, 510)],
      by: [0, 0, 10],
    },
    { when: 'of what is no number, nothing', counters: [counter(1, Number.NaN, 4)], by: [0, 3] },
    { when: 'of none', counters: [], by: [0, 0] },
  ])('$when', ({ counters, by }) => {
    expect(grown(counters, by.length)).toEqual(by);
  });

  it('takes one part as a sign that monitoring was up for another', () => {
    const total = [counter(100, 150, 200)];
    const errors = [counter(NONE, NONE, 20)];
    expect(counted([errors, total], 2)).toEqual([
      { at: 1, by: [0, 50] },
      { at: 2, by: [20, 50] },
    ]);
  });

  it('begins where evidence begins, knowing how far the counters were', () => {
    expect(grown([counter(5, 7, 9, 10)], 3, 2)).toEqual([1]);
  });

  it('counts the same over long intervals as over short ones', () => {
    const growth = fc.array(fc.nat(50), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(growth, (steps) => {
        const values = steps.map((_, i) => steps.slice(0, i + 1).reduce((a, b) => a + b, 0));
        const short = grown([counter(...values)], values.length - 1);
        const [first = 0] = values;
        expect(short.reduce((a, b) => a + b, 0)).toBe((values.at(-1) ?? 0) - first);
        expect(short).toEqual(steps.slice(1));
      }),
    );
  });

  it('tells a query that finds nothing from one whose counters stand still', () => {
    const grid = { from: 0, to: 2, step: 1 };
    const found = [[], [counter(5, 5, 5)]];
    const none = { places: new Int32Array(0), by: new Float64Array(0) };
    expect(
      answerByCounters({ kind: 'increments', queries: ['a', 'b'], ...grid }, found),
    ).toMatchObject({
      found: [
        { seen: false, ...none },
        { seen: true, ...none },
      ],
    });
  });
});

describe('what buckets count', () => {
  const buckets = (...found: readonly (readonly Counter[])[]) => {
    const queries = found.map((_, part) => `q${part}`);
    const grid = { from: 0, to: 2, step: 1 };
    const answer = answerByCounters({ kind: 'buckets', queries, ...grid }, found);
    if (answer.kind !== 'buckets') throw new Error(answer.kind);
    return answer.found.map((each) => each.map(({ le, places, by }) => [le, [...places], [...by]]));
  };

  it('is that of all counters of one bound', () => {
    const [of] = buckets([
      bucket('0.5', 1, 3, 3),
      bucket('+Inf', 1, 4, 5),
      bucket('0.5', 0, 1, 2),
      bucket('Inf', 0, 1, 2),
    ]);
    expect(of).toEqual([
      [0.5, [0, 1], [3, 1]],
      [Number.POSITIVE_INFINITY, [0, 1], [4, 2]],
    ]);
  });

  it('has a bound only where the counter names one', () => {
    const [of] = buckets([bucket('1', 0, 1, 1), bucket(NONE, 0, 2), bucket('high', 0, 3)]);
    expect(of).toEqual([
      [1, [0], [1]],
      [undefined, [0], [5]],
    ]);
  });

  it('takes one query as a sign that monitoring was up for another', () => {
    const late = counterOf([{ at: 1, value: 20 }], { from: 0, step: 1 }, '1');
    expect(buckets([bucket('1', 5, 5)], [late])[1]).toEqual([[1, [0], [20]]]);
    expect(buckets([late])).toEqual([[[1, [], []]]]);
  });
});
