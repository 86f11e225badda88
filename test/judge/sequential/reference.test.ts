import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { edgePoint, payout, stakeOn } from '../../../src/judge/sequential/bet.ts';
import { halfWidth } from '../../../src/judge/sequential/bounds.ts';
import { judgeIntervals } from '../../../src/judge/sequential/sequential.ts';
import { HOUR, MINUTE } from '../../../src/time.ts';

/** What scipy says, by another way: test/judge/reference/sequential.py. */
interface Reference {
  readonly conditional: readonly Case[];
  readonly oneSample: readonly (Case & { readonly level: number })[];
  readonly clustered: readonly (Case & { readonly share: number; readonly dispersion: number })[];
  readonly widths: readonly { samples: number; alpha: number; se: number; half: number }[];
  readonly entry: {
    readonly intervals: readonly { tick: number; x: number; n: number; y: number; N: number }[];
    readonly logE: number;
  };
}

interface Case {
  readonly n: number;
  readonly N: number;
  readonly slope: number;
  readonly odds: number;
  readonly x: number;
  readonly y: number;
  readonly log: number;
}

const SCRIPT = new URL('../reference/sequential.py', import.meta.url).pathname;
const COMMITTED = new URL('../reference/sequential.json', import.meta.url);
const reference = JSON.parse(readFileSync(COMMITTED, 'utf8')) as Reference;

/** Equal to a billionth of the size; or to what two ways of summing leave of it, near zero. */
const close = (actual: number, expected: number): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected) + 1e-12);

describe('against scipy', () => {
  it('is the conditional binomial test where events are rare', () => {
    for (const { n, N, slope, odds, x, y, log } of reference.conditional) {
      const point = { treatment: 0, control: 0, slope };
      close(payout(stakeOn(odds, point, n / N, 1), point, 1, x, n, y, N), log);
    }
  });

  it('is the binomial likelihood ratio where one arm stands alone', () => {
    for (const { n, level, odds, x, log } of reference.oneSample) {
      const edge = { side: 'upper', against: 'level', level } as const;
      const point = edgePoint(edge, 0) ?? expect.fail('no edge');
      close(payout(stakeOn(odds, point, 0, 1), point, 1, x, n, 0, 0), log);
    }
  });

  it('allows for clusters as the cumulants of the negative binomial say', () => {
    for (const { n, N, share, slope, odds, dispersion, x, y, log } of reference.clustered) {
      const point = { treatment: slope * share, control: share, slope };
      const stake = stakeOn(odds, point, n / N, dispersion);
      close(payout(stake, point, dispersion, x, n, y, N), log);
    }
  });

  it('is as wide as the normal mixture', () => {
    for (const { samples, alpha, se, half } of reference.widths) {
      close(halfWidth(se, samples, alpha, 2), half);
    }
  });

  it('is worth the sum of all its restarts', () => {
    const reading = judgeIntervals(
      {
        metric: 'proportion',
        edge: { side: 'upper', against: 'ratio', ratio: 1.05 },
        alpha: 0.01,
        confidence: 0.95,
        from: 0,
        planned: 48 * HOUR,
      },
      reference.entry.intervals.map(({ tick, x, n, y, N }) => ({
        from: tick * 5 * MINUTE,
        to: (tick + 1) * 5 * MINUTE,
        treatment: { events: x, total: n },
        control: { events: y, total: N },
      })),
    );
    expect(reading.dispersion).toBe(1);
    close(reading.logE, reference.entry.logE);
  });

  const python = spawnSync('python3', ['-c', 'import scipy']).status === 0;
  it.runIf(python)('is what the script says today', { timeout: 60_000 }, () => {
    const { stdout } = spawnSync('python3', [SCRIPT], { encoding: 'utf8' });
    const flat = (text: string): readonly number[] =>
      (text.match(/-?\d+(\.\d+)?(e-?\d+)?/g) ?? []).map(Number);
    const [today, committed] = [flat(stdout), flat(readFileSync(COMMITTED, 'utf8'))];
    expect(today.length).toBe(committed.length);
    today.forEach((value, index) => {
      close(value, committed[index] ?? Number.NaN);
    });
  });
});
