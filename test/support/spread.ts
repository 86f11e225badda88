import { judge } from '../../src/judge/judge.ts';
import { budgetOf } from '../../src/judge/limits/budget.ts';
import { planCheck } from '../../src/judge/plan.ts';
import type { Check } from '../../src/model/check.ts';
import type {
  Answer,
  Counter,
  CountersAnswer,
  CountersQuery,
  Query,
} from '../../src/model/measurement.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { counterOf } from '../../src/providers/counter.ts';
import { HOUR, type Instant, MINUTE } from '../../src/time.ts';
import { normalNumbers, randomNumbers } from '../judge/statistics/numbers.ts';
import { NOW } from './builders.ts';
import type { CountedWhen } from './counted.ts';

/** How long requests take in a minute since the entry began: one number a request. */
export type Requests = (minute: number) => readonly number[];

export interface SpreadWorld {
  readonly treatment?: Requests;
  readonly control?: Requests;
  readonly history?: Requests;
}

/** The bounds of Prometheus' client libraries. */
export const BOUNDS = [
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  Number.POSITIVE_INFINITY,
];

/**
 * So many requests a minute, half of them below 100 ms and one in a hundred above a second, and
 * each so many times slower.
 */
export function service(
  seed: number,
  perMinute: number,
  slower: (minute: number) => number = () => 1,
): Requests {
  return (minute) => {
    const random = randomNumbers(seed * 1_000_003 + minute);
    const normal = normalNumbers(seed * 1_000_033 + minute + 17);
    const count = Math.floor(perMinute) + (random() < perMinute % 1 ? 1 : 0);
    return Array.from({ length: count }, () => 0.1 * Math.exp(normal()) * slower(minute));
  };
}

/** Plans a check of a distribution, answers as the world was, and judges. */
export function spread(
  check: Check,
  world: SpreadWorld,
  subject: Rollout,
  { age = 3 * HOUR, confidence = 0.95 }: CountedWhen = {},
): Verdict {
  const entryStart = NOW - age;
  const plan = planCheck(check, {
    rollout: subject,
    now: NOW,
    entryStart,
    settle: 0,
    escapeValue: (value) => value,
  });
  const past =
    plan.kind === 'distribution' ? (query: unknown) => query === plan.ask.baseline : () => false;
  const arm = (query: unknown, expression: string): Requests | undefined => {
    if (past(query)) return world.history;
    return expression.includes('"off"') ? world.control : world.treatment;
  };
  const counters = (query: CountersQuery): CountersAnswer => ({
    kind: 'counters',
    warnings: [],
    found: query.expressions.map((expression) => {
      const requests = arm(query, expression);
      return requests ? bucketsOf(requests, query, entryStart) : [];
    }),
  });
  const of = (query: Query): Answer => {
    const requests = arm(query, query.expression);
    if (query.kind !== 'range') throw new Error('a distribution asks for no instant');
    const points: { at: Instant; value: number }[] = [];
    for (let at = query.from; requests && at <= query.to; at += query.step) {
      const [value] = requests(Math.round((at - entryStart) / MINUTE));
      if (value !== undefined) points.push({ at, value });
    }
    return { kind: 'series', points, warnings: [] };
  };
  return judge(plan, { of, counters }, subject, budgetOf(subject, check, confidence));
}

function bucketsOf(requests: Requests, query: CountersQuery, start: Instant): readonly Counter[] {
  const counts = BOUNDS.map(() => 500);
  const points = BOUNDS.map((): { at: Instant; value: number }[] => []);
  let minute = Math.round((query.from - start) / MINUTE);
  for (let at = query.from; at <= query.to; at += query.step) {
    counts.forEach((value, place) => {
      points[place]?.push({ at, value });
    });
    for (let i = 0; i < query.step / MINUTE; i += 1, minute += 1) {
      const times = requests(minute);
      BOUNDS.forEach((le, place) => {
        counts[place] = (counts[place] ?? 0) + times.filter((time) => time <= le).length;
      });
    }
  }
  return BOUNDS.map((le, place) => {
    const label = le === Number.POSITIVE_INFINITY ? '+Inf' : String(le);
    return counterOf({ le: label }, points[place] ?? [], query);
  });
}
