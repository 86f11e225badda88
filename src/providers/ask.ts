import pLimit from 'p-limit';
import {
  type Answer,
  type AnswerTo,
  isAnswerTo,
  type MetricsProvider,
  type Question,
  type Unavailable,
} from '../model/measurement.ts';

/** A question to a provider. Two that are equal are one. */
export interface MetricRequest<Q extends Question = Question> {
  readonly provider: MetricsProvider;
  readonly question: Q;
}

/** The answers to everything that was asked. */
export interface Answers {
  /** The answer to a question equal to one that was put. Throws for any other: a mistake of ours. */
  of<Q extends Question>(request: MetricRequest<Q>): AnswerTo<Q>;
  /** How many different questions were put. */
  readonly asked: number;
}

/** Turns under way at once, unless told otherwise. */
export const CONCURRENCY = 8;

export interface AskOptions {
  /** How many turns of one provider may be under way at once. */
  readonly concurrency?: number;
  /** Called after each turn. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Asks every question once. A provider is asked as many questions in one turn as it takes at once,
 * and has several turns under way. They are turns of its own: a provider that hangs keeps no other
 * waiting.
 *
 * A provider that throws, which none should, has its questions answered `unavailable`: one bad
 * provider must not keep the flags of all others from being judged.
 */
export async function askAll(
  requests: readonly MetricRequest[],
  options: AskOptions = {},
): Promise<Answers> {
  const asked = new Map<MetricsProvider, Map<string, Question>>();
  for (const { provider, question } of requests) {
    const questions = asked.get(provider) ?? new Map<string, Question>();
    asked.set(provider, questions.set(keyOf(question), question));
  }
  const total = [...asked.values()].reduce((sum, questions) => sum + questions.size, 0);
  const answers = new Map<MetricsProvider, Map<string, Answer>>();
  let done = 0;
  const turns: Promise<void>[] = [];
  for (const [provider, questions] of asked) {
    const found = new Map<string, Answer>();
    answers.set(provider, found);
    const limit = pLimit(options.concurrency ?? CONCURRENCY);
    for (const batch of batchesOf([...questions], provider.atOnce ?? 1)) {
      const turn = limit(async () => {
        for (const [key, answer] of await takeTurn(provider, batch)) found.set(key, answer);
        done += batch.length;
        options.onProgress?.(done, total);
      });
      turns.push(turn);
    }
  }
  await Promise.all(turns);
  return {
    asked: total,
    of: ({ provider, question }) => {
      const answer = answers.get(provider)?.get(keyOf(question));
      if (answer && isAnswerTo(question, answer)) return answer;
      throw new Error(`${provider.name} was never asked: ${queriesOf(question).join(', ')}`);
    },
  };
}

/** A question by its key. */
type Keyed = readonly [key: string, question: Question];

/** One turn: each question is given an answer of its kind. */
async function takeTurn(
  provider: MetricsProvider,
  batch: readonly Keyed[],
): Promise<readonly (readonly [key: string, answer: Answer])[]> {
  try {
    const answers = await provider.ask(batch.map(([, question]) => question));
    return batch.map(([key, question], index) => {
      const answer = answers[index];
      const isRight = answer !== undefined && isAnswerTo(question, answer);
      return [key, isRight ? answer : failed(provider, `no ${question.kind} in its answer`)];
    });
  } catch (error) {
    // Not the message: it may repeat an address or a header.
    const what = error instanceof Error ? error.name : typeof error;
    return batch.map(([key]) => [key, failed(provider, what)]);
  }
}

function failed({ name }: MetricsProvider, what: string): Unavailable {
  const detail = `provider ${name} failed on its own account (${what}); please report this as a bug of Sluice`;
  return { kind: 'unavailable', reason: 'internal', detail };
}

function batchesOf<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  const batches: (readonly T[])[] = [];
  for (let first = 0; first < all.length; first += size) {
    batches.push(all.slice(first, first + size));
  }
  return batches;
}

const queriesOf = (question: Question): readonly string[] =>
  'queries' in question ? question.queries : [question.query];

function keyOf(question: Question): string {
  return JSON.stringify([question.kind, ...whenOf(question), ...queriesOf(question)]);
}

function whenOf(question: Question): readonly (number | string)[] {
  switch (question.kind) {
    case 'value':
      return [question.at];
    case 'matched':
      return [question.from, question.to, ...question.anyOf];
    default:
      return [question.from, question.to, question.step];
  }
}
