import { add, breached, start, type Tests } from '../../src/judge/sequential/sequential.ts';
import type { Duration } from '../../src/time.ts';
import { type Sample, type Scenario, TICK, TICKS_AN_HOUR } from './scenarios.ts';

/** Something that looks at each tick and says when it would roll back. */
export type Judge = (sample: Sample) => boolean;

/** Makes judges for rollouts of their own. `learn` is told the control's day before the entry. */
export interface Maker {
  readonly make: () => { readonly judge: Judge; readonly learn?: (sample: Sample) => void };
}

/** How long the control has been there before the entry. */
export const BEFORE = 24 * TICKS_AN_HOUR;

/** Sluice's test beside its judge, for who wants to read more of it than whether it rolls back. */
interface Sluice extends Maker {
  readonly make: () => {
    readonly test: Tests;
    readonly judge: Judge;
    readonly learn: (sample: Sample) => void;
  };
}

/**
 * Sluice, at a share of α, for `max_increase: 5%`.
 *
 * @param planned how long the entry is meant to take, over which wagers on a late regression are spread
 */
export function sluice(
  of: Scenario,
  alpha: number,
  planned: Duration = of.hours * TICKS_AN_HOUR * TICK,
): Sluice {
  return {
    make: () => {
      const test = start({
        metric: 'proportion',
        edge: { side: 'upper', against: 'ratio', ratio: 1.05 },
        alpha,
        confidence: 0.95,
        from: 0,
        planned,
      });
      let before = -BEFORE;
      let tick = 0;
      return {
        test,
        learn: ({ y, N }) => {
          const from = before * TICK;
          before += 1;
          add(test, { from, to: from + TICK, control: { events: y, total: N } });
        },
        judge: ({ x, n, y, N }) => {
          const from = tick * TICK;
          tick += 1;
          add(test, {
            from,
            to: from + TICK,
            treatment: { events: x, total: n },
            control: { events: y, total: N },
          });
          return breached(test);
        },
      };
    },
  };
}

/**
 * Wald's sequential probability ratio test (1945) that knows the base rate and by how much the
 * canary fails more often: base against lift × base, given up at ln(1/α) and never in between.
 */
export function sprt(of: Scenario, lift: number, alpha: number): Maker {
  const event = Math.log(lift);
  const none = Math.log1p(-Math.min(1 - 1e-12, of.base * lift)) - Math.log1p(-of.base);
  return {
    make: () => {
      let log = 0;
      return {
        judge: ({ x, n }) => {
          log += x * event + (n - x) * none;
          return log >= -Math.log(alpha);
        },
      };
    },
  };
}

/** "The error rate of the last five minutes is more than twice the control's." */
export const threshold: Maker = {
  make: () => ({ judge: ({ x, n, y, N }) => x / n > 2 * (y / N) }),
};

/** The z-test of two proportions at 5 %, one-sided, of all so far, looked at each tick. */
export const peekedZ: Maker = {
  make: () => {
    let [x, n, y, N] = [0, 0, 0, 0];
    return {
      judge: (sample) => {
        x += sample.x;
        n += sample.n;
        y += sample.y;
        N += sample.N;
        const pooled = (x + y) / (n + N);
        const error = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / N));
        return error > 0 && (x / n - y / N) / error > 1.6448536269514722;
      },
    };
  },
};
