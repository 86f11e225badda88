import pLimit from 'p-limit';
import type {
  Answer,
  CountersAnswer,
  CountersQuery,
  MetricsProvider,
  Query,
} from '../model/measurement.ts';

/** A question to a provider. Two of the same provider and query are one. */
export interface MetricRequest {
  readonly provider: MetricsProvider;
  readonly query: Query | CountersQuery;
}

/** The answers to everything that was asked. */
export interface Answers {
  /** The answer to a question equal to one that was put. Throws for any other: a mistake of ours. */
  of(request: { readonly provider: MetricsProvider; readonly query: Query }): Answer;
  /** As `of`, about counters. */
  counters(request: {
    readonly provider: MetricsProvider;
    readonly query: CountersQuery;
  }): CountersAnswer;
  /** How many different questions were put. */
  readonly asked: number;
}

/** Questions under way at once, unless told otherwise. */
export const CONCURRENCY = 8;

export interface AskOptions {
  /** How many questions may be under way at once to one provider. */
  readonly concurrency?: number;
  /** Called after each answer. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Asks every question once, several at a time. Each provider has turns of its own: one that hangs
 * keeps no other waiting.
 *
 * A provider that throws, which none should, has its question answered `unavailable`: one bad
 * provider must not keep the flags of all others from being judged.
 */
export async function askAll(
  requests: readonly MetricRequest[],
  options: AskOptions = {},
): Promise<Answers> {
  const questions = new Map<MetricsProvider, Map<string, MetricRequest['query']>>();
  for (const { provider, query } of requests) {
    const queries = questions.get(provider) ?? new Map<string, MetricRequest['query']>();
    questions.set(provider, queries.set(keyOf(query), query));
  }
  const total = [...questions.values()].reduce((sum, queries) => sum + queries.size, 0);
  const answers = new Map<MetricsProvider, Map<string, Answer | CountersAnswer>>();
  let done = 0;
  const jobs: Promise<void>[] = [];
  for (const [provider, queries] of questions) {
    const found = new Map<string, Answer | CountersAnswer>();
    answers.set(provider, found);
    const limit = pLimit(options.concurrency ?? CONCURRENCY);
    for (const [key, query] of queries) {
      const job = limit(async () => {
        found.set(key, await ask(provider, query));
        done += 1;
        options.onProgress?.(done, total);
      });
      jobs.push(job);
    }
  }
  await Promise.all(jobs);
  return {
    asked: total,
    of: ({ provider, query }) => {
      const answer = answers.get(provider)?.get(keyOf(query));
      if (answer && answer.kind !== 'counters') return answer;
      throw new Error(`${provider.name} was never asked: ${query.expression}`);
    },
    counters: ({ provider, query }) => {
      const answer = answers.get(provider)?.get(keyOf(query));
      if (answer && answer.kind !== 'series') return answer;
      throw new Error(`${provider.name} was never asked: ${query.expressions.join(', ')}`);
    },
  };
}

async function ask(
  provider: MetricsProvider,
  query: MetricRequest['query'],
): Promise<Answer | CountersAnswer> {
  try {
    return await (query.kind === 'counters' ? provider.counters(query) : provider.query(query));
  } catch (error) {
    // Not the message: it may repeat an address or a header.
    const what = error instanceof Error ? error.name : typeof error;
    const detail = `provider ${provider.name} failed on its own account (${what}); please report this as a bug of Sluice`;
    return { kind: 'unavailable', reason: 'internal', detail };
  }
}

function keyOf(query: MetricRequest['query']): string {
  if (query.kind === 'counters') {
    return JSON.stringify([query.kind, query.from, query.to, query.step, ...query.expressions]);
  }
  const times = query.kind === 'instant' ? [query.at] : [query.from, query.to, query.step];
  return JSON.stringify([query.kind, ...times, query.expression]);
}
