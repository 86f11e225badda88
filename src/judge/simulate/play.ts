import type { Duration } from '../../time.ts';
import { groundOf, type PlayedEntry, stay } from './entry.ts';
import { randomFrom } from './random.ts';
import { type Watch, worsened } from './watch.ts';

/** Which stays are played: of one watch, at one level, so many, told their own numbers. */
export interface Played {
  readonly watch: Watch;
  /** 1 is health. */
  readonly factor: number;
  readonly runs: number;
  /** Otherwise than the dwell says. */
  readonly length?: Duration;
  /** What decides the numbers: the seed, and where in the simulation this stands. */
  readonly seed: readonly [seed: number, place: number];
}

/** Plays stays in a stage, each told at its end to `onStay`. */
export function play(
  { watch, factor, runs, length, seed: [seed, place] }: Played,
  onStay: () => void = () => undefined,
): readonly PlayedEntry[] {
  const level = factor === 1 ? watch.health.level : worsened(watch, factor);
  const ground = groundOf(watch, level, length);
  const random = randomFrom(seed, place, Math.round(factor * 10), length === undefined ? 0 : 1);
  return Array.from({ length: runs }, () => {
    const outcome = stay(ground, random);
    onStay();
    return withinDwell(outcome, watch, length ?? watch.length);
  });
}

/** A breach that must last is one when it has lasted, if the dwell is not over by then. */
function withinDwell(outcome: PlayedEntry, { check }: Watch, length: Duration): PlayedEntry {
  const { breachAt, ...rest } = outcome;
  if (breachAt === undefined) return outcome;
  const at = breachAt + check.for;
  return at <= length ? { ...rest, breachAt: at } : rest;
}

/** When breaches were proven, the earliest first. */
export const timesOf = (outcomes: readonly PlayedEntry[]): readonly Duration[] =>
  outcomes
    .flatMap(({ breachAt }) => (breachAt === undefined ? [] : [breachAt]))
    .toSorted((a, b) => a - b);
