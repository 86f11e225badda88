import type { Edge } from './spec.ts';

/**
 * Proportions: an exact likelihood ratio for any share of events, rare or frequent.
 *
 * The limit allows the half-plane p_T − b·p_C ≤ m (b = 0: one arm against a level). Take a point
 * (p_T, p_C) on its edge, known before the interval, and a stake κ, and let each request multiply
 * the wager by 1 + (κ/n)(1 − p_T) if it is an event of the treatment, 1 − (κ/n)p_T if it is none;
 * in the control by 1 − (κb/N)(1 − p_C) and 1 + (κb/N)p_C. If the true shares are (q_T, q_C), the
 * expectation of the product over n and N requests has a logarithm of at most
 * κ[(q_T − b·q_C) − (p_T − b·p_C)] ≤ 0 by log(1+z) ≤ z: a test martingale for every point of the
 * half-plane, whatever the shares are, also if they differ between requests and drift with the day.
 *
 * This is the likelihood ratio of two points of which the edge is the reverse information
 * projection, i.e. the safe test for 2×2 tables (Turner, Ly, Grünwald, arXiv 2106.02693). As shares
 * go to 0 it becomes the conditional binomial test: each event falls in the treatment with
 * probability n·b/(n·b + N) at the edge, n·r/(n·r + N) under a ratio r (MaxSPRT; Kulldorff 2011).
 */

/** A point on the edge of a limit, and how steeply the edge runs. */
export interface EdgePoint {
  readonly treatment: number;
  readonly control: number;
  readonly slope: number;
}

/**
 * The point of the edge that a control's share suggests, or `undefined` where no proportion can be
 * past the edge. The suggestion decides how sharp the test is, never whether it is valid.
 */
export function edgePoint(edge: Edge, share: number): EdgePoint | undefined {
  const upper = edge.side === 'upper';
  switch (edge.against) {
    case 'level': {
      const { level } = edge;
      if (upper ? level >= 1 : level <= 0) return undefined;
      return { treatment: Math.min(1, Math.max(0, level)), control: 0, slope: 0 };
    }
    case 'ratio': {
      const slope = edge.ratio;
      if (slope <= 0) return upper ? { treatment: 0, control: 0, slope: 0 } : undefined;
      const control = Math.min(share, INSIDE / slope, 1);
      return { treatment: slope * control, control, slope };
    }
    case 'shift': {
      const { by } = edge;
      if (upper ? by >= 1 : by <= -1) return undefined;
      const control = Math.min(Math.max(share, -by / INSIDE, 0), INSIDE * (1 - by), 1);
      const treatment = control + by;
      return treatment >= 0 && treatment <= 1 ? { treatment, control, slope: 1 } : undefined;
    }
  }
}

/** How close to certainty a point of the edge may lie. */
const INSIDE = 0.95;

/**
 * The stake κ/n, a request of the treatment, on an alternative whose odds, treatment to control, are
 * `odds` times those of the edge (to first order where shares are large; exactly where they are small
 * or one arm is alone). It decides how fast the wager grows, never whether it is fair.
 *
 * @param ratio how many requests the treatment has for one of the control; no less than it will be
 * @param dispersion how many times the variance is that of independent requests
 */
export function stakeOn(
  odds: number,
  { treatment: p, control: q, slope }: EdgePoint,
  ratio: number,
  dispersion: number,
): number {
  const perControl = slope * ratio;
  const gain = gainOf(odds, dispersion);
  const best = gain / (1 + gain * p + (slope === 0 ? 0 : perControl * (1 + gain * (1 - q))));
  const boldest = Math.min(
    boldestFor(best, p, dispersion),
    slope === 0 ? Number.POSITIVE_INFINITY : boldestFor(-best, q, dispersion) / perControl,
  );
  return Math.sign(best) * Math.min(Math.abs(best), boldest);
}

/** The logarithm of what a stake pays on the counted events of both arms, x of n and y of N. */
export function payout(
  stake: number,
  { treatment, control, slope }: EdgePoint,
  dispersion: number,
  x: number,
  n: number,
  y: number,
  N: number,
): number {
  const paid = armPayout(stake, treatment, dispersion, x, n);
  return slope === 0 ? paid : paid + armPayout((-stake * slope * n) / N, control, dispersion, y, N);
}

/**
 * The logarithm of what a stake of u a request pays on one arm: 1 + u(1 − p) an event and 1 − up its
 * absence, p the arm's share at the edge. What is rarer, events or others, is what clusters.
 */
export function armPayout(
  u: number,
  share: number,
  dispersion: number,
  events: number,
  total: number,
): number {
  if (share > 0.5) return armPayout(-u, 1 - share, dispersion, total - events, total);
  // An event pays more than its absence by the factor (1 + u(1 − p))/(1 − up) = 1 + u/(1 − up).
  return total * log1p(-u * share) + events * tiltOf(u / (1 - u * share), dispersion);
}

/** ln(1 + z). Where z is small, as a bet on what is rare is, its series is as exact and quicker. */
function log1p(z: number): number {
  if (z > SMALL || z < -SMALL) return Math.log1p(z);
  return z * (1 - z * (1 / 2 - z * (1 / 3 - z * (1 / 4 - z * (1 / 5 - z * (1 / 6 - z / 7))))));
}

/** The first term that is left out, z⁷/8 of the first, is less than a double can tell apart. */
const SMALL = 0.005;

/**
 * Clustered events. Where the events of an arm are negative binomial with a variance φ times their
 * mean (Poisson clusters of logarithmic size; the sum of intervals is so again), the expectation of
 * exp(s·events) is exp(mean·κ(s)), κ(s) = ln(1/(φ − (φ−1)eˢ))/(φ−1), which is eˢ − 1 at φ = 1. So
 * the proof above holds with the factor eˢ for an event where 1 + κ stood: one large cluster does
 * not pay as many events on their own would.
 */
function tiltOf(gain: number, dispersion: number): number {
  const more = dispersion - 1;
  return Math.log1p(more < INDEPENDENT ? gain : -Math.expm1(-more * gain) / more);
}

/** Closer to 1 than this, a dispersion is none. */
const INDEPENDENT = 1e-9;

/** κ at the tilt that grows fastest where there are `odds` times as many clusters. */
function gainOf(odds: number, dispersion: number): number {
  const more = dispersion - 1;
  return more < INDEPENDENT ? odds - 1 : Math.log1p(((odds - 1) * more) / dispersion) / more;
}

/**
 * How large a bet on fewer of what is rare in an arm may be: fewer than none cannot come. The bet on
 * more of it has no such bound.
 */
function boldestFor(sign: number, share: number, dispersion: number): number {
  const fewer = share > 0.5 ? sign > 0 : sign < 0;
  if (!fewer) return Number.POSITIVE_INFINITY;
  const more = dispersion - 1;
  const least = BOLDEST * (more < INDEPENDENT ? 1 : Math.log1p(more) / more);
  return least / (1 - least * Math.min(share, 1 - share));
}

/** How close to "none at all" a bet may come. */
const BOLDEST = 0.98;
