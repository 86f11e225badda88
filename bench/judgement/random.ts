/** Random numbers that are the same in every run, and counts drawn with them. */
import { type Random, randomFrom as seeded } from '../../src/judge/simulate/random.ts';

export type { Random };

/** The numbers that a text decides. */
export const randomFrom = (text: string): Random =>
  seeded(text.length, ...Array.from(text, (char) => char.charCodeAt(0)));

/** A distribution of counts from 0, as its cumulative probabilities. */
export type Distribution = Float64Array;

/** What a table may leave out of the upper tail. */
const TAIL = 1e-13;

/** Events among n requests that fail independently. */
export function binomial(n: number, share: number): Distribution {
  const odds = Math.log(share) - Math.log1p(-share);
  return cumulate(n * Math.log1p(-share), n, (k) => Math.log((n - k) / (k + 1)) + odds);
}

/**
 * Events that come in clusters of logarithmic size: negative binomial, the variance `dispersion`
 * times the mean.
 */
export function clustered(mean: number, dispersion: number, n: number): Distribution {
  const size = mean / (dispersion - 1);
  const step = Math.log1p(-1 / dispersion);
  return cumulate(-size * Math.log(dispersion), n, (k) => Math.log((k + size) / (k + 1)) + step);
}

function cumulate(first: number, most: number, step: (k: number) => number): Distribution {
  const cumulative: number[] = [];
  let log = first;
  let sum = 0;
  for (let k = 0; k <= most && sum < 1 - TAIL; k += 1) {
    sum += Math.exp(log);
    cumulative.push(sum);
    log += step(k);
  }
  return Float64Array.from(cumulative);
}

/** Draws a count by inversion. */
export function draw(distribution: Distribution, random: Random): number {
  const at = random();
  let low = 0;
  let high = distribution.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((distribution[middle] ?? 1) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
