import { judge } from '../../src/judge/judge.ts';
import { budgetOf } from '../../src/judge/limits/budget.ts';
import { planCheck } from '../../src/judge/plan.ts';
import type { Check } from '../../src/model/check.ts';
import type { BucketsQuestion, Question } from '../../src/model/measurement.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { HOUR, type Instant, MINUTE } from '../../src/time.ts';
import { normalNumbers, randomNumbers } from '../judge/statistics/numbers.ts';
import { answerByCounts, answerByLevel, answering, type Counting, momentsIn } from './answers.ts';
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
  const arm = (question: Question, query: string): Requests | undefined => {
    if (plan.kind === 'distribution' && question === plan.ask.baseline) return world.history;
    return query.includes('"off"') ? world.control : world.treatment;
  };
  const answers = answering((question) => {
    if (question.kind === 'buckets') {
      return answerByCounts(question, (query) => {
        const requests = arm(question, query);
        return requests ? bucketsOf(requests, question, entryStart) : [];
      });
    }
    if (question.kind === 'increments') throw new Error('a distribution asks for buckets');
    const requests = arm(question, question.query);
    return answerByLevel(question, (at) => requests?.(Math.round((at - entryStart) / MINUTE))[0]);
  });
  return judge(plan, answers, subject, budgetOf(subject, check, confidence));
}

function bucketsOf(
  requests: Requests,
  question: BucketsQuestion,
  start: Instant,
): readonly Counting[] {
  const counts = BOUNDS.map(() => 500);
  const seen = new Map<Instant, readonly number[]>();
  let minute = Math.round((question.from - start) / MINUTE);
  for (const at of momentsIn(question)) {
    seen.set(at, [...counts]);
    for (let i = 0; i < question.step / MINUTE; i += 1, minute += 1) {
      const times = requests(minute);
      BOUNDS.forEach((le, place) => {
        counts[place] = (counts[place] ?? 0) + times.filter((time) => time <= le).length;
      });
    }
  }
  return BOUNDS.map((le, place) => ({
    le: le === Number.POSITIVE_INFINITY ? '+Inf' : String(le),
    count: (at) => seen.get(at)?.[place],
  }));
}
