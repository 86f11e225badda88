import { BEFORE, type Maker } from './judges.ts';
import { type Random, randomFrom } from './random.ts';
import { type Scenario, type Service, serviceOf, TICKS_AN_HOUR } from './scenarios.ts';

/** How many rollouts a figure is drawn from. */
export const RUNS = 2_000;

/**
 * Looks at one check until it rolls back: at which tick, from 1, or `undefined` where none of so
 * many does. The canary is ill after the first `well` of them.
 */
export function firstBreach(
  service: Service,
  maker: Maker,
  random: Random,
  ticks: number,
  well: number = ticks,
): number | undefined {
  const { judge, learn } = maker.make();
  for (let tick = 0; learn && tick < BEFORE; tick += 1) learn(service.next(random, false));
  for (let tick = 0; tick < ticks; tick += 1) {
    if (judge(service.next(random, tick >= well))) return tick + 1;
  }
  return undefined;
}

/** A hundred times of healthy rollouts in which one of some independent checks rolls back. */
export function falseRollbacks(of: Scenario, maker: Maker, checks: number): number {
  const service = serviceOf(of, 1);
  const random = randomFrom(`${of.name} healthy`);
  const ticks = of.hours * TICKS_AN_HOUR;
  let count = 0;
  for (let run = 0; run < RUNS; run += 1) {
    for (let check = 0; check < checks; check += 1) {
      if (firstBreach(service, maker, random, ticks) === undefined) continue;
      count += 1;
      break;
    }
  }
  return (100 * count) / RUNS;
}

/** Ill for longer than this is not caught. */
const PATIENCE = 7 * 24 * TICKS_AN_HOUR;

/**
 * The median of the minutes from the start of a regression to the tick that catches it. Where it
 * begins late, rollouts that were stopped before are left out.
 */
export function minutesToCatch(
  of: Scenario,
  maker: Maker,
  lift: number,
  wellHours = 0,
  runs: number = RUNS,
): number {
  const service = serviceOf(of, lift);
  const random = randomFrom(`${of.name} ${lift} ${wellHours}`);
  const well = wellHours * TICKS_AN_HOUR;
  const most = well + PATIENCE;
  const minutes: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const tick = firstBreach(service, maker, random, most, well) ?? most + 1;
    if (tick > well) minutes.push((tick - well) * (60 / TICKS_AN_HOUR));
  }
  minutes.sort((a, b) => a - b);
  return minutes[Math.floor(minutes.length / 2)] ?? Number.POSITIVE_INFINITY;
}
