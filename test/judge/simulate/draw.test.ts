import { describe, expect, it } from 'vitest';
import {
  draw,
  eventsTable,
  gamma,
  sampleSums,
  type Table,
} from '../../../src/judge/simulate/draw.ts';
import { type Random, randomFrom } from '../../../src/judge/simulate/random.ts';

/** The distribution that an alias table holds, taken apart again. */
function chances({ first, accept, alias }: Table): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const give = (value: number, chance: number): void => {
    found.set(value, (found.get(value) ?? 0) + chance / accept.length);
  };
  accept.forEach((own, index) => {
    give(first + index, own);
    give(first + (alias[index] ?? index), 1 - own);
  });
  return found;
}

function momentsOf(table: Table): { mean: number; variance: number } {
  const all = [...chances(table)];
  const mean = all.reduce((sum, [value, chance]) => sum + value * chance, 0);
  const variance = all.reduce((sum, [value, chance]) => sum + (value - mean) ** 2 * chance, 0);
  return { mean, variance };
}

/** Pearson's χ² of what was drawn against what should be, per degree of freedom. */
function misfit(seen: readonly number[], expected: readonly number[]): number {
  const sum = seen.reduce(
    (total, each, i) => total + (each - (expected[i] ?? 0)) ** 2 / (expected[i] ?? 1),
    0,
  );
  return sum / (seen.length - 1);
}

const times = <T>(count: number, make: () => T): readonly T[] =>
  Array.from({ length: count }, make);
const averageOf = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

describe('uniform numbers', () => {
  it('are decided by the seed and the path, and nothing else', () => {
    const first = (random: Random): readonly number[] => times(5, random);
    expect(first(randomFrom(7, 1, 2))).toEqual(first(randomFrom(7, 1, 2)));
    const streams = [
      randomFrom(7),
      randomFrom(8),
      randomFrom(7, 0),
      randomFrom(7, 1),
      randomFrom(7 + 2 ** 32),
    ];
    expect(new Set(streams.map((stream) => stream())).size).toBe(streams.length);
  });

  it('fill (0, 1) evenly, also two by two', () => {
    const random = randomFrom(1);
    const cells = new Array<number>(64).fill(0);
    const draws = 64_000;
    for (let i = 0; i < draws; i += 1) {
      const cell = Math.floor(8 * random()) * 8 + Math.floor(8 * random());
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
    // 63 degrees of freedom: χ²/63 is between 0.6 and 1.5 in 99.5 of 100 cases.
    const ratio = misfit(
      cells,
      cells.map(() => draws / 64),
    );
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.5);
  });
});

describe('events', () => {
  it('are binomial where samples are independent', () => {
    const found = chances(eventsTable(3, 0.25, 1));
    expect([...found].toSorted(([a], [b]) => a - b).map(([, chance]) => chance)).toEqual([
      expect.closeTo(27 / 64, 12),
      expect.closeTo(27 / 64, 12),
      expect.closeTo(9 / 64, 12),
      expect.closeTo(1 / 64, 12),
    ]);
  });

  it('are beta-binomial where they are not: two samples of which both or none tend to fail', () => {
    // φ = 1.5 with two samples is ρ = 0.5: both fail with p² + ρp(1 − p).
    const found = chances(eventsTable(2, 0.2, 1.5));
    expect(found.get(2)).toBeCloseTo(0.04 + 0.5 * 0.16, 12);
    expect(found.get(0)).toBeCloseTo(0.64 + 0.5 * 0.16, 12);
  });

  it.each([
    { n: 10, rate: 0.005, dispersion: 1 },
    { n: 10, rate: 0.3, dispersion: 6 },
    { n: 990, rate: 0.005, dispersion: 3 },
    { n: 2400, rate: 0.97, dispersion: 2 },
    { n: 100_000, rate: 0.05, dispersion: 10 },
    { n: 5_000_000, rate: 0.5, dispersion: 1 },
  ])(
    'have their mean, and φ times the binomial variance: $n at $rate, φ $dispersion',
    ({ n, rate, dispersion }) => {
      const { mean, variance } = momentsOf(eventsTable(n, rate, dispersion));
      expect(mean / (n * rate)).toBeCloseTo(1, 6);
      expect(variance / (dispersion * n * rate * (1 - rate))).toBeCloseTo(1, 4);
    },
  );

  it('are never more than samples, nor fewer than none', () => {
    for (const [n, rate, dispersion] of [
      [0, 0.5, 1],
      [1, 0.5, 9],
      [5, 1, 2],
      [5, 0, 2],
      [8, 0.4, 99],
    ] as const) {
      const found = [...chances(eventsTable(n, rate, dispersion)).keys()];
      expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...found)).toBeLessThanOrEqual(n);
    }
  });

  it('are drawn as often as their table says', () => {
    const table = eventsTable(20, 0.1, 2);
    const expected = [...chances(table)].toSorted(([a], [b]) => a - b);
    const random = randomFrom(5);
    const draws = 50_000;
    const seen = new Map<number, number>();
    for (let i = 0; i < draws; i += 1) {
      const value = draw(table, random);
      seen.set(value, (seen.get(value) ?? 0) + 1);
    }
    const common = expected.filter(([, chance]) => chance * draws >= 10);
    const ratio = misfit(
      common.map(([value]) => seen.get(value) ?? 0),
      common.map(([, chance]) => chance * draws),
    );
    expect(ratio).toBeLessThan(2.4);
  });
});

describe('samples of a mean', () => {
  it.each([0.3, 1, 4, 250])('a gamma number of shape %d has its mean and variance', (shape) => {
    const random = randomFrom(11);
    const all = times(40_000, () => gamma(shape, random));
    const mean = averageOf(all);
    const variance = averageOf(all.map((each) => (each - mean) ** 2));
    expect(Math.abs(mean / shape - 1)).toBeLessThan(4 / Math.sqrt(40_000 * shape));
    expect(variance / shape).toBeCloseTo(1, 0);
  });

  it.each([1, 5])('add up to their mean, spread and squares, clustered %d-fold', (dispersion) => {
    const random = randomFrom(3);
    const [n, mean, deviation] = [40, 20, 30];
    const all = times(20_000, () => sampleSums(n, mean, deviation, dispersion, random));
    const sums = all.map(({ sum }) => sum);
    const average = averageOf(sums);
    const variance = averageOf(sums.map((sum) => (sum - average) ** 2));
    expect(average / (n * mean)).toBeCloseTo(1, 1);
    expect(variance / (dispersion * n * deviation ** 2)).toBeCloseTo(1, 1);
    const squares = averageOf(all.map(({ sumOfSquares }) => sumOfSquares));
    expect(squares / (n * (mean ** 2 + deviation ** 2))).toBeCloseTo(1, 1);
  });
});
