import type { Lookup } from '../../src/judge/answers.ts';
import {
  type Answer,
  isAnswerTo,
  type MetricsProvider,
  type Question,
} from '../../src/model/measurement.ts';
import { type Counter, counterOf } from '../../src/providers/counter.ts';
import { answerByCounters } from '../../src/providers/growth.ts';
import type { Instant } from '../../src/time.ts';

/** A provider that answers question by question. */
export function providerOf(
  name: string,
  answer: (question: Question) => Answer | Promise<Answer>,
): MetricsProvider {
  return {
    name,
    escape: (value) => value,
    ask: (questions) => Promise.all(questions.map(answer)),
  };
}

/** The answer to one question. */
export async function askOne(provider: MetricsProvider, question: Question): Promise<Answer> {
  const [answer] = await provider.ask([question]);
  if (!answer) throw new Error(`${provider.name} gave no answer`);
  return answer;
}

/** Looks answers up as a plan is judged; one of another kind than its question is a slip of the test. */
export const answering =
  (answer: (question: Question) => Answer): Lookup =>
  (question) => {
    const answered = answer(question);
    if (isAnswerTo(question, answered)) return answered;
    throw new Error(`${answered.kind} to a question about ${question.kind}`);
  };

/** The queries of a question. */
export const queriesIn = (question: Question): readonly string[] =>
  'queries' in question ? question.queries : [question.query];

/** The moments that a question is about. */
export function momentsIn(question: Question): readonly Instant[] {
  if (question.kind === 'value') return [question.at];
  if (question.kind === 'matched') return [question.to];
  const { from, to, step } = question;
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  return Array.from({ length: count }, (_, index) => from + index * step);
}

/** The answer about a number that is so much at a moment, or is not there. */
export function answerByLevel(
  question: Question,
  levelAt: (at: Instant) => number | undefined,
): Answer {
  const points = momentsIn(question).flatMap((at) => {
    const value = levelAt(at);
    return value === undefined ? [] : [{ at, value }];
  });
  if (question.kind !== 'value') return { kind: 'series', points, warnings: [] };
  const [point] = points;
  return { kind: 'value', ...(point ? { value: point.value } : {}), warnings: [] };
}

/**
 * The answer about counters that have counted so much at each moment, or are not seen.
 *
 * @param countersOf the counters of one of the question's queries
 */
export function answerByCounts(
  question: Question,
  countersOf: (query: string, part: number) => readonly Counting[],
): Answer {
  if (!('queries' in question)) throw new Error('a number is not counted');
  const counterIn = ({ le, count }: Counting): Counter => {
    const points = momentsIn(question).flatMap((at) => {
      const value = count(at);
      return value === undefined ? [] : [{ at, value }];
    });
    return counterOf(points, question, le);
  };
  return answerByCounters(
    question,
    question.queries.map((query, part) => countersOf(query, part).map(counterIn)),
  );
}

/** A counter: how far it has counted at a moment, called for one after the other. */
export interface Counting {
  /** The bound of the bucket that it counts. */
  readonly le?: string;
  readonly count: (at: Instant) => number | undefined;
}
