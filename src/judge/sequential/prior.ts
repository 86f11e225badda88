import type { Alternatives } from './detector.ts';

/**
 * How far past the edge a regression may be, as the ratio of odds, and how much is wagered on it.
 * A wager on λ = log odds grows at about 1 − (1 − λ/δ)² of the best possible rate where the truth is
 * δ, so neighbours on this grid stand in for what lies between. Most weight lies where a quick
 * answer matters: at rates that have doubled, then at those five times as high. Greater ones pay so
 * much an event that a small part is enough; small ones take long whatever is wagered on them.
 */
const ODDS: readonly Row[] = [
  [1.12, 0.01, 0.01],
  [1.4, 0.04, 0.04],
  [1.92, 0.43, 0.75],
  [4.6, 0.47, 0.15],
  [16, 0.05, 0.05],
];

/** Alternatives for a proportion: odds above the edge's, or below it. */
export const oddsAlternatives = (side: 'upper' | 'lower'): Alternatives => ODDS_AT[side];

/** Alternatives for a mean: distances from the edge in standard deviations of one sample. */
const DISTANCES: readonly Row[] = [
  [0.01, 0.06, 0.06],
  [0.02, 0.08, 0.08],
  [0.04, 0.12, 0.12],
  [0.07, 0.16, 0.16],
  [0.13, 0.2, 0.2],
  [0.25, 0.18, 0.18],
  [0.5, 0.12, 0.12],
  [1, 0.08, 0.08],
];

export const distanceAlternatives = (side: 'upper' | 'lower'): Alternatives => DISTANCES_AT[side];

type Row = readonly [size: number, atOnce: number, later: number];

function columns(rows: readonly Row[], effectOf: (size: number) => number): Alternatives {
  return {
    effects: Float64Array.from(rows, ([size]) => effectOf(size)),
    atOnce: Float64Array.from(rows, ([, atOnce]) => atOnce),
    later: Float64Array.from(rows, ([, , later]) => later),
  };
}

const ODDS_AT = {
  upper: columns(ODDS, (odds) => odds),
  lower: columns(ODDS, (odds) => 1 / odds),
};
const DISTANCES_AT = {
  upper: columns(DISTANCES, (distance) => distance),
  lower: columns(DISTANCES, (distance) => -distance),
};
