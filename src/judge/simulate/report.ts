import { defined } from '../../defined.ts';
import { kindOf } from '../../model/rollout.ts';
import { type Duration, MINUTE } from '../../time.ts';
import { tooFew } from '../samples.ts';
import type { ConfidenceInterval } from '../statistics/interval.ts';
import { wilson } from '../statistics/proportions.ts';
import type { PlayedEntry } from './entry.ts';
import { play, timesOf } from './play.ts';
import { samplesIn, type Watch, worsened } from './watch.ts';

/** How many times as bad a metric gets in the regressions that are tried. */
export const FACTORS = [1.5, 2, 5, 20] as const;
export type Factor = (typeof FACTORS)[number];

/** How many of so many runs, and what that says of the chance: Wilson's interval at 95 %. */
export interface Chance {
  readonly hits: number;
  readonly runs: number;
  readonly share: number;
  readonly interval: ConfidenceInterval;
}

/** What became of a regression that was there from the stage's start. */
export interface Caught {
  readonly factor: Factor;
  /** What the metric is then. */
  readonly level: number;
  /** Absent where the limits allow that much. */
  readonly chance?: Chance;
  /** By when after the stage's start half of all runs, and nine in ten, had caught it, if they did. */
  readonly median?: Duration;
  readonly ninth?: Duration;
}

/** What was found of one check in one stage. */
export interface StageReport {
  readonly watch: Watch;
  /** Of the treatment, by the end of the dwell. */
  readonly samples: number;
  /** When `min_samples` are there, after the stage's start; absent where none are asked for. */
  readonly enoughAt?: Duration;
  /** Whether they are by the end of the dwell. */
  readonly enough: boolean;
  /** Healthy stays that a breach, or a warning, ended. */
  readonly falseBreach: Chance;
  readonly falseWarning: Chance;
  /** How likely a healthy stay passes by the end of its dwell. */
  readonly passes: number;
  readonly caught: readonly Caught[];
  /** The factor that `decides` is about: 2, or the next that the limits do not allow. */
  readonly telling?: Factor;
  /** How likely the stage can tell health from that regression by the end of its dwell. */
  readonly decides: number;
  /** How long the dwell would have to be to catch that regression in four of five runs. */
  readonly needs?: Duration;
}

/** Catching less than this of the telling regressions is too little. */
export const GOOD_ENOUGH = 0.8;

/** Runs of a longer dwell, and how many times as long it may be. */
const LONGER_RUNS = 100;
const LONGEST = 8;

export const chanceOf = (hits: number, runs: number): Chance => ({
  hits,
  runs,
  share: runs === 0 ? 0 : hits / runs,
  interval: wilson({ events: hits, total: runs }, 0.95),
});

/** What the stays of a regression say; none were played where the limits allow it. */
export function caughtOf(
  watch: Watch,
  factor: Factor,
  outcomes: readonly PlayedEntry[] | undefined,
): Caught {
  const level = worsened(watch, factor);
  if (outcomes === undefined) return { factor, level };
  const times = timesOf(outcomes);
  const after = (part: number): Duration | undefined => {
    const time = times[Math.ceil(part * outcomes.length) - 1];
    return time === undefined ? undefined : watch.settle + time;
  };
  const [median, ninth] = [after(0.5), after(0.9)];
  return {
    factor,
    level,
    chance: chanceOf(times.length, outcomes.length),
    ...defined({ median, ninth }),
  };
}

/** Puts together what is known of one check in one stage. */
export function reportOf(
  watch: Watch,
  healthy: readonly PlayedEntry[],
  caught: readonly Caught[],
  seed: readonly [seed: number, place: number],
): StageReport {
  const { check, length, settle } = watch;
  const count = (has: (outcome: PlayedEntry) => boolean): Chance =>
    chanceOf(healthy.filter(has).length, healthy.length);
  const samples = samplesIn(watch, length);
  const falseBreach = count(({ breachAt }) => breachAt !== undefined);
  const cohort = kindOf(watch.stage) === 'cohort';
  // A cohort goes by its dwell and its absolute limits, however few it is.
  const enough = cohort || !tooFew(check, samples, length);
  const sound = cohort || (enough && !watch.blind);
  const proven = check.proof && !cohort ? count(({ proven }) => proven).share : 1;
  const passes = sound ? Math.min(1 - falseBreach.share, proven) : 0;
  const telling = caught.find(({ factor, chance }) => factor >= 2 && chance !== undefined);
  const share = telling?.chance?.share ?? 0;
  const needs =
    telling !== undefined && share < GOOD_ENOUGH
      ? neededFor(watch, telling.factor, seed)
      : undefined;
  const enoughAfter = enoughAfterOf(watch);
  return {
    watch,
    samples,
    ...(enoughAfter === undefined ? {} : { enoughAt: settle + enoughAfter }),
    enough,
    falseBreach,
    falseWarning: count(({ warned }) => warned),
    passes,
    caught,
    ...(telling === undefined ? {} : { telling: telling.factor }),
    decides: Math.min(passes, share),
    ...defined({ needs }),
  };
}

function enoughAfterOf({ check, treatment }: Watch): Duration | undefined {
  if (!check.minSamples) return undefined;
  const { count, orAfter = Number.POSITIVE_INFINITY } = check.minSamples;
  return Math.min(orAfter, (count / treatment) * MINUTE);
}

/** The dwell that would catch a regression often enough, where one of a sensible length would. */
function neededFor(
  watch: Watch,
  factor: Factor,
  seed: readonly [seed: number, place: number],
): Duration | undefined {
  const length = watch.stage.duration * LONGEST - watch.settle;
  const outcomes = play({ watch, factor, runs: LONGER_RUNS, length, seed });
  const time = timesOf(outcomes)[Math.ceil(GOOD_ENOUGH * LONGER_RUNS) - 1];
  return time === undefined ? undefined : watch.settle + time;
}
