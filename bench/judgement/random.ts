/** Random numbers that are the same in every run, and counts drawn with them. */

/** Numbers in [0, 1). */
export type Random = () => number;

/** xoshiro128** 1.1 of Blackman and Vigna, its state filled by splitmix32 from a text. */
export function randomFrom(text: string): Random {
  let seed = 0;
  for (const char of text) seed = (Math.imul(seed, 31) + char.charCodeAt(0)) | 0;
  const next = (): number => {
    seed = (seed + 0x9e3779b9) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  let [a, b, c, d] = [next(), next(), next(), next()];
  return () => {
    const scrambled = Math.imul(rotated(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotated(d, 11);
    return (scrambled >>> 0) / 0x1_0000_0000;
  };
}

const rotated = (bits: number, by: number): number => (bits << by) | (bits >>> (32 - by));

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
