import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type {
  Answer,
  CountersAnswer,
  CountersQuery,
  MetricsProvider,
  Query,
} from '../../src/model/measurement.ts';
import { askAll } from '../../src/providers/ask.ts';

const instant = (expression: string, at = 0): Query => ({ kind: 'instant', expression, at });

function provider(name: string, query: (query: Query) => Promise<Answer>): MetricsProvider {
  const counters = () => Promise.reject(new Error('not asked'));
  return { name, query, counters, escape: (value) => value };
}

const found = (value: number): Answer => ({
  kind: 'series',
  points: [{ at: 0, value }],
  warnings: [],
});

it('asks each question once a provider, and finds every answer again', async () => {
  const asked: string[] = [];
  const remember = (name: string, value: number) =>
    provider(name, async (query) => {
      asked.push(`${name}: ${query.expression}`);
      return found(value);
    });
  const [a, b] = [remember('a', 1), remember('b', 2)];
  const range: Query = { kind: 'range', expression: 'up', from: 0, to: 1, step: 1 };
  const answers = await askAll([
    { provider: a, query: instant('up') },
    { provider: a, query: instant('up') },
    { provider: b, query: instant('up') },
    { provider: a, query: instant('up', 1) },
    { provider: a, query: range },
  ]);
  expect(asked.sort()).toEqual(['a: up', 'a: up', 'a: up', 'b: up']);
  expect(answers.asked).toBe(4);
  expect(answers.of({ provider: a, query: instant('up') })).toEqual(found(1));
  expect(answers.of({ provider: b, query: instant('up') })).toEqual(found(2));
  expect(() => answers.of({ provider: b, query: range })).toThrow('b was never asked: up');
});

it('asks no more at once than it may, and tells how far it is', async () => {
  let under = 0;
  let most = 0;
  const slow = provider('slow', async () => {
    under += 1;
    most = Math.max(most, under);
    await sleep(5);
    under -= 1;
    return found(1);
  });
  const requests = Array.from({ length: 20 }, (_, n) => ({
    provider: slow,
    query: instant(`q${n}`),
  }));
  const progress: string[] = [];
  const onProgress = (done: number, total: number) => progress.push(`${done}/${total}`);
  await askAll(requests, { concurrency: 3, onProgress });
  expect(most).toBe(3);
  expect(progress).toHaveLength(20);
  expect(progress.at(-1)).toBe('20/20');
});

it('a provider that hangs keeps no other waiting', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hung = provider('hung', () => released.then(() => found(0)));
  const good = provider('good', async ({ expression }) => {
    if (expression === 'q19') release();
    return found(1);
  });
  const requests = [hung, good].flatMap((one) =>
    Array.from({ length: 20 }, (_, n) => ({ provider: one, query: instant(`q${n}`) })),
  );
  // Were turns shared, the last question to `good` would wait for those to `hung`, and these for it.
  expect((await askAll(requests)).asked).toBe(40);
});

it('a provider that throws answers unavailable, and says nothing it should not', async () => {
  const rejects = provider('bad', () => Promise.reject(new TypeError('Bearer t0ken')));
  const throws = provider('worse', () => {
    throw 't0ken';
  });
  const good = provider('good', async () => found(1));
  const query = instant('up');
  const answers = await askAll([rejects, throws, good].map((provider) => ({ provider, query })));
  expect(answers.of({ provider: rejects, query })).toMatchObject({
    kind: 'unavailable',
    reason: 'internal',
    detail: expect.stringMatching(/^provider bad failed on its own account \(TypeError\)/),
  });
  expect(answers.of({ provider: throws, query })).toMatchObject({ reason: 'internal' });
  expect(
    JSON.stringify([rejects, throws].map((provider) => answers.of({ provider, query }))),
  ).not.toContain('t0ken');
  expect(answers.of({ provider: good, query })).toEqual(found(1));
});

it('has nothing to ask', async () => {
  expect((await askAll([])).asked).toBe(0);
});

it('asks a question about counters once, too', async () => {
  const counters: CountersAnswer = { kind: 'counters', found: [[], []], warnings: [] };
  let asked = 0;
  const counting: MetricsProvider = {
    ...provider('counting', async () => found(1)),
    counters: async () => {
      asked += 1;
      return counters;
    },
  };
  const query: CountersQuery = {
    kind: 'counters',
    expressions: ['errors', 'all'],
    from: 0,
    to: 60,
    step: 60,
  };
  const requests = [query, query, { ...query, to: 120 }];
  const answers = await askAll(requests.map((each) => ({ provider: counting, query: each })));
  expect(asked).toBe(2);
  expect(answers.counters({ provider: counting, query })).toBe(counters);
  expect(() => answers.counters({ provider: counting, query: { ...query, from: 1 } })).toThrow(
    'counting was never asked: errors, all',
  );
});
