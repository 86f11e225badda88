import { BEFORE, type Maker } from './judges.ts';
import { randomFrom } from './random.ts';
import { type Scenario, serviceOf, TICKS_AN_HOUR } from './scenarios.ts';

/** How many rollouts a figure is drawn from. */
export const RUNS = 2_000;

/** A hundred times of healthy rollouts in which one of some independent checks rolls back. */
export function falseRollbacks(of: Scenario, maker: Maker, checks: number): number {
  const service = serviceOf(of, 1);
  const random = randomFrom(`${of.name} healthy`);
  const ticks = of.hours * TICKS_AN_HOUR;
  let count = 0;
  for (let run = 0; run < RUNS; run += 1) {
    for (let check = 0; check < checks; check += 1) {
      const { judge, learn } = maker.make();
      for (let tick = 0; learn && tick < BEFORE; tick += 1) learn(service.next(random, false));
      let over = false;
      for (let tick = 0; tick < ticks && !over; tick += 1) {
        over = judge(service.next(random, false));
      }
      if (over) {
        count += 1;
        break;
      }
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
export function minutesToCatch(of: Scenario, maker: Maker, lift: number, wellHours = 0): number {
  const service = serviceOf(of, lift);
  const random = randomFrom(`${of.name} ${lift} ${wellHours}`);
  const well = wellHours * TICKS_AN_HOUR;
  const minutes: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { judge, learn } = maker.make();
    for (let tick = 0; learn && tick < BEFORE; tick += 1) learn(service.next(random, false));
    let tick = 0;
    while (tick < well + PATIENCE && !judge(service.next(random, tick >= well))) tick += 1;
    if (tick >= well) minutes.push((tick + 1 - well) * (60 / TICKS_AN_HOUR));
  }
  minutes.sort((a, b) => a - b);
  return minutes[Math.floor(minutes.length / 2)] ?? Number.POSITIVE_INFINITY;
}
