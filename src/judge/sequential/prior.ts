import type { Alternative } from './detector.ts';

/**
 * How far past the edge a regression may be, as the ratio of odds, and how much is wagered on it.
 * A wager on λ = log odds grows at about 1 − (1 − λ/δ)² of the best possible rate where the truth is
 * δ, so neighbours on this grid stand in for what lies between. Most weight lies where a quick
 * answer matters: at rates that have doubled, then at those five times as high. Greater ones pay so
 * much an event that a small part is enough; small ones take long whatever is wagered on them.
 */
const ODDS: readonly (readonly [number, number])[] = [
  [1.06, 0.01],
  [1.12, 0.02],
  [1.25, 0.03],
  [1.5, 0.08],
  [1.9, 0.44],
  [3, 0.14],
  [5, 0.2],
  [16, 0.08],
];

/** Alternatives for a proportion: odds above the edge's, or below it. */
export function oddsAlternatives(side: 'upper' | 'lower'): readonly Alternative[] {
  return ODDS.map(([odds, weight]) => ({ effect: side === 'upper' ? odds : 1 / odds, weight }));
}

/** Alternatives for a mean: distances from the edge in standard deviations of one sample. */
const DISTANCES: readonly (readonly [number, number])[] = [
  [0.01, 0.06],
  [0.02, 0.08],
  [0.04, 0.12],
  [0.07, 0.16],
  [0.13, 0.2],
  [0.25, 0.18],
  [0.5, 0.12],
  [1, 0.08],
];

export function distanceAlternatives(side: 'upper' | 'lower'): readonly Alternative[] {
  const sign = side === 'upper' ? 1 : -1;
  return DISTANCES.map(([distance, weight]) => ({ effect: sign * distance, weight }));
}
