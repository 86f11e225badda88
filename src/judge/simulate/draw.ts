import type { Random } from './random.ts';

/** Draws whole numbers of one distribution. */
export interface Table {
  /** The smallest number; the others follow it one by one. */
  readonly first: number;
  readonly accept: Float64Array;
  readonly alias: Uint32Array;
}

/** What is rarer than this beside the most likely number never comes up in 10¹⁵ draws. */
const NEGLIGIBLE = 1e-18;

/**
 * How many events n samples hold, as a table to draw from.
 *
 * Independent samples are binomial. Overdispersed ones are beta-binomial: the rate of an interval is
 * itself drawn around `rate`, so that the variance is `dispersion` times the binomial one (Skellam,
 * JRSS B 10, 1948; φ = 1 + (n − 1)ρ). No more than n: then all samples of an interval are one.
 */
export function eventsTable(n: number, rate: number, dispersion: number): Table {
  if (n <= 0 || rate <= 0) return tableOf(0, [1]);
  if (rate >= 1) return tableOf(n, [1]);
  const clustering = n > 1 ? Math.min(1 - 1e-9, Math.max(0, dispersion - 1) / (n - 1)) : 0;
  // p(k + 1) / p(k); rates of the beta are scaled by ρ, so that ρ = 0 is the binomial.
  const [a, b] = [rate * (1 - clustering), (1 - rate) * (1 - clustering)];
  const ratio = (k: number): number =>
    ((n - k) / (k + 1)) * ((a + clustering * k) / (b + clustering * (n - k - 1)));
  const start = Math.floor(n * rate);
  const above: number[] = [];
  let most = 1;
  let last = 1;
  for (let k = start; k < n; k += 1) {
    const next = last * ratio(k);
    if (next < last && next < NEGLIGIBLE * most) break;
    above.push(next);
    most = Math.max(most, next);
    last = next;
  }
  const below: number[] = [];
  last = 1;
  for (let k = start - 1; k >= 0; k -= 1) {
    const next = last / ratio(k);
    if (next < last && next < NEGLIGIBLE * most) break;
    below.push(next);
    most = Math.max(most, next);
    last = next;
  }
  return tableOf(start - below.length, [...below.toReversed(), 1, ...above]);
}

/** The alias method (Walker 1977), set up as Vose does (IEEE TSE 17, 1991). */
function tableOf(first: number, weights: readonly number[]): Table {
  const { length } = weights;
  const sum = weights.reduce((total, each) => total + each, 0);
  const accept = Float64Array.from(weights, (each) => (each / sum) * length);
  const alias = Uint32Array.from(weights, (_, index) => index);
  const small: number[] = [];
  const large: number[] = [];
  accept.forEach((each, index) => {
    (each < 1 ? small : large).push(index);
  });
  while (small.length > 0 && large.length > 0) {
    const [less = 0, more = 0] = [small.pop(), large.pop()];
    alias[less] = more;
    const rest = (accept[more] ?? 0) - (1 - (accept[less] ?? 0));
    accept[more] = rest;
    (rest < 1 ? small : large).push(more);
  }
  // What is left over of either is 1, but for rounding.
  for (const each of [...small, ...large]) accept[each] = 1;
  return { first, accept, alias };
}

/** One number of a table. */
export function draw({ first, accept, alias }: Table, random: Random): number {
  const place = random() * accept.length;
  const index = Math.floor(place);
  // A uniform number of its own: the rest of `place` has few bits left in a long table.
  return first + (random() < (accept[index] ?? 1) ? index : (alias[index] ?? index));
}

/** A standard normal number (Box and Muller 1958). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

/** A gamma number of scale 1 (Marsaglia and Tsang, ACM TOMS 26, 2000). */
export function gamma(shape: number, random: Random): number {
  // Shapes below 1 by way of the next one, as there.
  if (shape < 1) return gamma(shape + 1, random) * random() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Sums of samples, as a mean's counters have them. */
export interface Sums {
  readonly sum: number;
  readonly sumOfSquares: number;
}

/**
 * n samples of a gamma distribution, added up: skewed and above zero, as costs and times are. Their
 * sum is gamma again; overdispersed, it is that of n/φ samples φ times as large. The squares are
 * what they are on average beside that sum.
 */
export function sampleSums(
  n: number,
  mean: number,
  deviation: number,
  dispersion: number,
  random: Random,
): Sums {
  if (n <= 0) return { sum: 0, sumOfSquares: 0 };
  const shape = (mean / deviation) ** 2;
  const clumps = Math.min(n, Math.max(1, dispersion));
  const sum = gamma((n * shape) / clumps, random) * (mean / shape) * clumps;
  return { sum, sumOfSquares: (sum * sum * (shape + 1)) / (n * shape + clumps) };
}
