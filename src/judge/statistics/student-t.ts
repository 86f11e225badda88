import { normalSf, normalUpperQuantile } from './distributions.ts';
import { stirlingRemainder } from './gamma.ts';
import type { PValues } from './interval.ts';

/** Above this the transformation to the normal is exact to eleven digits, and quicker. */
const NEARLY_NORMAL = 100_000;

/**
 * P(T > t) for Student's t with `degrees` > 0, whole or not. Where t ≥ 0 it is half of the
 * regularised incomplete beta function I_x(degrees/2, ½) at x = degrees / (degrees + t²)
 * (DLMF 8.17, Abramowitz & Stegun 26.7.1).
 */
export function studentTSf(t: number, degrees: number): number {
  if (t < 0) return 1 - studentTSf(-t, degrees);
  if (t === Number.POSITIVE_INFINITY) return 0;
  if (degrees > NEARLY_NORMAL) return normalSf(asNormal(t, degrees));
  const a = degrees / 2;
  const square = (t / degrees) * t;
  // (1 + t²/ν)^(−a): t² itself may overflow, and then there is nothing left of the tail.
  const power = Math.exp(-a * Math.log1p(square)) * Math.sqrt(square / (1 + square));
  const x = 1 / (1 + square);
  const scale = power * inverseBeta(a);
  return x < (a + 1) / (a + 2.5)
    ? (scale / a / 2) * betaFraction(a, 0.5, x)
    : 0.5 - scale * betaFraction(0.5, a, square / (1 + square));
}

/** The t with P(T > t) = q, for q in (0, ½]. */
export function studentTUpperQuantile(q: number, degrees: number): number {
  if (q >= 0.5) return 0;
  let low = 0;
  let high = Math.max(1, normalUpperQuantile(q));
  while (studentTSf(high, degrees) > q && high < 1e300) {
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high || high - low < 1e-14 * high) return middle;
    if (studentTSf(middle, degrees) > q) low = middle;
    else high = middle;
  }
}

/** The p-values of a statistic that has Student's t distribution where A and B are the same. */
export function studentTPValues(t: number, degrees: number): PValues {
  const positive = (p: number): number => Math.min(1, Math.max(p, Number.MIN_VALUE));
  return {
    twoSided: positive(2 * studentTSf(Math.abs(t), degrees)),
    above: positive(studentTSf(t, degrees)),
    below: positive(studentTSf(-t, degrees)),
  };
}

/** 1 / B(a, ½) = Γ(a + ½) / (Γ(a) √π), without the two large logarithms that nearly cancel. */
function inverseBeta(a: number): number {
  const log =
    a * Math.log1p(0.5 / a) -
    0.5 +
    0.5 * Math.log(a) +
    stirlingRemainder(a + 0.5) -
    stirlingRemainder(a);
  return Math.exp(log) / Math.sqrt(Math.PI);
}

/** The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return fraction;
}

/** The z whose normal tail is the t tail: Hill, Algorithm 395 (CACM 13, 1970). */
function asNormal(t: number, degrees: number): number {
  const a = degrees - 0.5;
  const b = 48 * a * a;
  const y = a * Math.log1p((t / degrees) * t);
  const correction =
    ((((-0.4 * y - 3.3) * y - 24) * y - 85.5) / (0.8 * y * y + 100 + b) + y + 3) / b + 1;
  return correction * Math.sqrt(y);
}
