/** A source of uniform numbers in (0, 1), neither end included. */
export type Random = () => number;

const ODD = 0x9e3779b9;
const WHOLE = 2 ** 32;

/**
 * Uniform numbers that a seed decides: xoshiro128** (Blackman and Vigna, "Scrambled linear
 * pseudorandom number generators", ACM TOMS 47, 2021), whose state is filled by the finaliser of
 * splitmix as its authors ask. 32 bits a number: enough for counts, and no secret is made of them.
 *
 * @param path numbers that tell one stream of a seed from the others: its stage, its check, …
 */
export function randomFrom(seed: number, ...path: readonly number[]): Random {
  let mixed = 0;
  for (const each of [seed, Math.floor(seed / WHOLE), ...path]) mixed = mix(mixed ^ each);
  const next = (): number => {
    mixed = (mixed + ODD) | 0;
    return mix(mixed);
  };
  let [a, b, c, d] = [next(), next(), next(), next()];
  return () => {
    const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return ((scrambled >>> 0) + 0.5) / WHOLE;
  };
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** The 32-bit finaliser of MurmurHash3 (Appleby), which splitmix32 uses. */
function mix(value: number): number {
  let mixed = (value + ODD) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
