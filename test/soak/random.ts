/** Numbers drawn from a seed: the same seed, the same numbers, on every machine. */
export interface Random {
  /** 0 ≤ x < 1 */
  float(): number;
  chance(probability: number): boolean;
  /** A whole number, both ends included. */
  between(from: number, to: number): number;
  pick<T>(list: readonly T[]): T;
  /** Picks by weight. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T;
}

/**
 * A stream of its own for every name, so that leaving one flag out does not change what befalls the
 * others. FNV-1a makes a state of the name, mulberry32 the numbers.
 */
export function random(...name: readonly (string | number)[]): Random {
  let state = 0x811c9dc5;
  for (const char of name.join('/')) {
    state = Math.imul(state ^ char.charCodeAt(0), 0x01000193) >>> 0;
  }
  const float = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(float() * list.length)] as T;
  return {
    float,
    chance: (probability) => float() < probability,
    between: (from, to) => from + Math.floor(float() * (to - from + 1)),
    pick,
    weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
      const entries = Object.entries(weights) as [T, number][];
      let left = float() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) {
        left -= weight;
        if (left < 0) return name;
      }
      return pick(entries)[0];
    },
  };
}
