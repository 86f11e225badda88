import { judge } from '../src/judge/judge.ts';
import { budgetOf } from '../src/judge/limits/budget.ts';
import { type CheckPlan, planCheck } from '../src/judge/plan.ts';
import type { Check } from '../src/model/check.ts';
import type { Answer, Grid, Point } from '../src/model/measurement.ts';
import { type Counter, counterOf } from '../src/providers/counter.ts';
import { answerByCounters } from '../src/providers/growth.ts';
import { DAY, type Duration, HOUR, MINUTE } from '../src/time.ts';
import { answering } from '../test/support/answers.ts';
import { check, NOW, proportion, rollout, status } from '../test/support/builders.ts';
import { type Bench, bench } from './bench.ts';
import { type Random, randomFrom } from './judgement/random.ts';
import { ticking } from './tick.ts';

const ROLLOUTS = 1_000;
/** Each slice of them is judged so often, in turn; the least of each counts, as everywhere here. */
const PASSES = 20;
const SLICES = 25;
/** How old entries are: spread evenly between these, each kept by some rollouts. */
const YOUNGEST: Duration = HOUR;
const OLDEST: Duration = 3 * DAY;
const AGES = 40;
/** Requests a minute at an average time of day, from one age to the next. */
const TRAFFIC = [200, 2_000, 20_000];
const CANARY = 0.05;
const BASE = 0.005;

/** Limits of both kinds on each: one alone against a level, one beside the control. */
const CHECKS: readonly Check[] = Array.from({ length: 5 }, (_, index) =>
  check({
    metric: proportion({ name: `errors-${index}` }),
    limits: { max: 0.02, maxIncrease: { kind: 'relative', by: 0.05 } },
    minSamples: { count: 1_000 },
  }),
);
const ROLLOUT = rollout({
  checks: CHECKS,
  status: status({ phase: 'progressing', stage: 'early' }),
});

/**
 * Judging 1,000 rollouts of five checks from answers in memory, against a whole tick over as many.
 * Every check has two limits, and both arms count unevenly from moment to moment and with the hours
 * of the day, read as far back and as finely as a tick does for entries of one hour to
 * three days. It never waits, so it is the processor's time that counts, which is the same on a busy
 * machine; collecting garbage is in it.
 */
export async function judging(): Promise<readonly Bench[]> {
  const asked = Array.from({ length: AGES }, (_, index) => {
    const age = YOUNGEST + ((OLDEST - YOUNGEST) * index) / (AGES - 1);
    const random = randomFrom(`judging ${index}`);
    return CHECKS.map((each) => askedOf(each, age, TRAFFIC[index % TRAFFIC.length] ?? 0, random));
  });
  const least = new Array<number>(SLICES).fill(Number.POSITIVE_INFINITY);
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (let slice = 0; slice < SLICES; slice += 1) {
      const before = process.cpuUsage();
      for (let index = slice; index < ROLLOUTS; index += SLICES) {
        judgeAll(asked[index % AGES] ?? []);
      }
      const { user, system } = process.cpuUsage(before);
      const time = (user + system) / 1_000;
      least[slice] = Math.min(least[slice] ?? time, time);
    }
  }
  // After, so that what a tick leaves behind in this process is not measured.
  const { value: reference } = await ticking();
  const value = least.reduce((sum, time) => sum + time, 0);
  return [bench('judging/from-memory', { value, unit: 'ms', reference, target: 0.1 })];
}

/** A check that was planned, and what was answered. */
interface Asked {
  readonly plan: CheckPlan;
  readonly answer: Answer;
}

function judgeAll(asked: readonly Asked[]): void {
  for (const { plan, answer } of asked) {
    const { kind } = judge(
      plan,
      answering(() => answer),
      ROLLOUT,
      budgetOf(ROLLOUT, plan.check, 0.95),
    );
    // What is healthy must be judged to be, or it is not judging that was measured.
    if (kind !== 'pass' && kind !== 'insufficient') throw new Error(`a healthy check: ${kind}`);
  }
}

function askedOf(each: Check, age: Duration, traffic: number, random: Random): Asked {
  const plan = planCheck(each, {
    rollout: ROLLOUT,
    now: NOW,
    entryStart: NOW - age,
    settle: 0,
    escapeValue: (value) => value,
  });
  if (plan.kind !== 'counts') throw new Error(`planned as ${plan.kind}`);
  const { question } = plan;
  const arms = [traffic * CANARY, traffic * (1 - CANARY)].map((perMinute, arm) =>
    countersOf(question, perMinute, arm === 0 ? NOW - age : question.from, random),
  );
  return { plan, answer: answerByCounters(question, arms.flat()) };
}

/** An arm's counters of events and of requests, from when it first served; one each, as a tick of the bench reads. */
function countersOf(
  { from, to, step }: Grid,
  perMinute: number,
  since: number,
  random: Random,
): readonly (readonly Counter[])[] {
  const [failed, served]: [Point[], Point[]] = [[], []];
  let [event, total] = [0, 0];
  for (let at = from; at <= to; at += step) {
    if (at <= since) continue;
    const wave = 1 + 0.6 * Math.sin((2 * Math.PI * at) / DAY);
    const others = poisson(((1 - BASE) * perMinute * wave * step) / MINUTE, random);
    const more = poisson((BASE * perMinute * wave * step) / MINUTE, random);
    event += more;
    total += others + more;
    failed.push({ at, value: event });
    served.push({ at, value: total });
  }
  return [failed, served].map((points) => [counterOf(points, { from, step })]);
}

/** A Poisson number: by the waits between events, or the normal distribution where they are many. */
function poisson(mean: number, random: Random): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  let count = -1;
  for (let left = 1; left >= Math.exp(-mean); left *= random()) count += 1;
  return count;
}
