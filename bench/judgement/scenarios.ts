import { MINUTE } from '../../src/time.ts';
import { binomial, clustered, type Distribution, draw, type Random } from './random.ts';

/** Traffic that a check meets. */
export interface Scenario {
  readonly name: string;
  readonly requestsPerMinute: number;
  /** The canary's share of the requests. */
  readonly share: number;
  /** How many of a hundred healthy requests fail, as a share. */
  readonly base: number;
  readonly hours: number;
  /** How many times the variance is that of independent requests. */
  readonly dispersion: number;
}

const scenario = (
  requestsPerMinute: number,
  share: number,
  base: number,
  hours: number,
): Scenario => ({
  name: `${requestsPerMinute}rpm-${share * 100}pct-base-${+(base * 100).toFixed(2)}pct`,
  requestsPerMinute,
  share,
  base,
  hours,
  dispersion: 1,
});

export const SMALL: Scenario = scenario(200, 0.05, 0.005, 48);

export const SCENARIOS: readonly Scenario[] = [
  SMALL,
  scenario(2_000, 0.05, 0.005, 48),
  scenario(2_000, 0.01, 0.01, 24),
  scenario(20_000, 0.05, 0.001, 48),
  scenario(20, 0.05, 0.02, 48),
  { ...SMALL, name: `${SMALL.name}-clustered`, dispersion: 3 },
];

/** A look each five minutes. */
export const TICK = 5 * MINUTE;
export const TICKS_AN_HOUR = 12;

/** Both arms in one tick. */
export interface Sample {
  readonly x: number;
  readonly n: number;
  readonly y: number;
  readonly N: number;
}

/** A service whose canary fails `lift` times as often from some tick on. */
export interface Service {
  readonly next: (random: Random, ill: boolean) => Sample;
}

/** Counts of the scenario's two arms, drawn anew each tick. */
export function serviceOf(of: Scenario, lift: number): Service {
  const requests = of.requestsPerMinute * 5;
  const n = Math.round(requests * of.share);
  const N = requests - n;
  const events = (total: number, share: number): Distribution =>
    of.dispersion > 1
      ? clustered(total * share, of.dispersion, total)
      : binomial(total, Math.min(1 - 1e-12, share));
  const [well, ill, control] = [events(n, of.base), events(n, of.base * lift), events(N, of.base)];
  return {
    next: (random, isIll) => ({
      x: draw(isIll ? ill : well, random),
      n,
      y: draw(control, random),
      N,
    }),
  };
}
