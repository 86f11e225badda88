import type { Check } from '../../model/check.ts';
import type { Stage } from '../../model/rollout.ts';
import { play } from './play.ts';
import { type Chance, caughtOf, chanceOf, FACTORS, reportOf, type StageReport } from './report.ts';
import { isCounted, isPast, type Scenario, watchesOf, worsened } from './watch.ts';

/** What a simulation found. */
export interface Simulation {
  readonly scenario: Scenario;
  readonly stages: readonly StageReport[];
  /** Healthy rollouts that some stage took back (or degraded), or paused, by mistake. */
  readonly falseRollback: Chance;
  readonly falsePause: Chance;
  /** Checks that were left out: what they measure is not counted. */
  readonly uncounted: readonly Check[];
  /** Stages that were left out: how much of the traffic they get, nobody said. */
  readonly unknown: readonly Stage[];
}

/** Healthy runs are many, since what they look for is rare; of regressions a quarter is enough. */
const FEWER = 4;

/**
 * Plays a rollout over and over, every check by itself, with the tests that a tick asks.
 *
 * @param onProgress told how many of all stays in a stage are done
 */
export function simulate(
  scenario: Scenario,
  onProgress: (done: number, total: number) => void = () => undefined,
): Simulation {
  const { runs } = scenario;
  const watches = watchesOf(scenario);
  const regressions = Math.ceil(runs / FEWER);
  const total = watches.length * (runs + FACTORS.length * regressions);
  let done = 0;
  const progress = (): void => {
    done += 1;
    onProgress(done, total);
  };
  const takenBack = new Uint8Array(runs);
  const paused = new Uint8Array(runs);
  const stages = watches.map((watch, index) => {
    const seed = [scenario.seed, index] as const;
    const healthy = play({ watch, factor: 1, runs, seed }, progress);
    const { onBreach } = watch.check;
    healthy.forEach(({ breachAt, warned }, run) => {
      if (breachAt !== undefined && onBreach !== 'warn') {
        (onBreach === 'pause' ? paused : takenBack)[run] = 1;
      }
      if (warned && onBreach !== 'warn') paused[run] = 1;
    });
    const caught = FACTORS.map((factor) => {
      const outcomes = isPast(watch, worsened(watch, factor))
        ? play({ watch, factor, runs: regressions, seed }, progress)
        : undefined;
      if (outcomes === undefined) done += regressions;
      return caughtOf(watch, factor, outcomes);
    });
    return reportOf(watch, healthy, caught, seed);
  });
  onProgress(total, total);
  const whole = (flags: Uint8Array): Chance =>
    chanceOf(
      flags.reduce((sum, each) => sum + each, 0),
      runs,
    );
  return {
    scenario,
    stages,
    falseRollback: whole(takenBack),
    falsePause: whole(paused),
    uncounted: scenario.rollout.checks.filter((check) => !isCounted(check)),
    unknown: scenario.rollout.stages.filter(({ name }) => !scenario.shares.has(name)),
  };
}
