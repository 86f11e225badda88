import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Answer, MetricsProvider, Question } from '../../src/model/measurement.ts';
import { askAll } from '../../src/providers/ask.ts';
import { providerOf, queriesIn } from '../support/answers.ts';

const about = (query: string, at = 0): Question => ({ kind: 'value', query, at });

const found = (value: number): Answer => ({ kind: 'value', value, warnings: [] });

it('asks each question once a provider, and finds every answer again', async () => {
  const asked: string[] = [];
  const remember = (name: string, value: number) =>
    providerOf(name, (question) => {
      asked.push(`${name}: ${queriesIn(question)}`);
      return question.kind === 'value'
        ? found(value)
        : { kind: 'series', points: [], warnings: [] };
    });
  const [a, b] = [remember('a', 1), remember('b', 2)];
  const series: Question = { kind: 'series', query: 'up', from: 0, to: 1, step: 1 };
  const answers = await askAll([
    { provider: a, question: about('up') },
    { provider: a, question: about('up') },
    { provider: b, question: about('up') },
    { provider: a, question: about('up', 1) },
    { provider: a, question: series },
  ]);
  expect(asked.sort()).toEqual(['a: up', 'a: up', 'a: up', 'b: up']);
  expect(answers.asked).toBe(4);
  expect(answers.of({ provider: a, question: about('up') })).toEqual(found(1));
  expect(answers.of({ provider: b, question: about('up') })).toEqual(found(2));
  expect(() => answers.of({ provider: b, question: series })).toThrow('b was never asked: up');
});

it('asks no more at once than it may, and tells how far it is', async () => {
  let under = 0;
  let most = 0;
  const slow = providerOf('slow', async () => {
    under += 1;
    most = Math.max(most, under);
    await sleep(5);
    under -= 1;
    return found(1);
  });
  const requests = Array.from({ length: 20 }, (_, n) => ({
    provider: slow,
    question: about(`q${n}`),
  }));
  const progress: string[] = [];
  const onProgress = (done: number, total: number) => progress.push(`${done}/${total}`);
  await askAll(requests, { concurrency: 3, onProgress });
  expect(most).toBe(3);
  expect(progress).toHaveLength(20);
  expect(progress.at(-1)).toBe('20/20');
});

it('asks as many questions in one turn as a provider takes, and puts the answers in their places', async () => {
  const turns: number[] = [];
  const numbered = (atOnce: number): MetricsProvider => ({
    name: 'batches',
    atOnce,
    escape: (value) => value,
    ask: async (questions) => {
      turns.push(questions.length);
      return questions.map((question) => found(Number(queriesIn(question)[0])));
    },
  });
  const questions = Array.from({ length: 7 }, (_, n) => about(`${n}`));
  for (const atOnce of [3, Number.POSITIVE_INFINITY]) {
    const provider = numbered(atOnce);
    const progress: number[] = [];
    const answers = await askAll(
      questions.map((question) => ({ provider, question })),
      { onProgress: (done) => progress.push(done) },
    );
    expect(questions.map((question) => answers.of({ provider, question }))).toEqual(
      questions.map((_, n) => found(n)),
    );
    expect(progress).toEqual(atOnce === 3 ? [3, 6, 7] : [7]);
  }
  expect(turns).toEqual([3, 3, 1, 7]);
});

it('a provider that hangs keeps no other waiting', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hung = providerOf('hung', () => released.then(() => found(0)));
  const good = providerOf('good', (question) => {
    if (queriesIn(question)[0] === 'q19') release();
    return found(1);
  });
  const requests = [hung, good].flatMap((one) =>
    Array.from({ length: 20 }, (_, n) => ({ provider: one, question: about(`q${n}`) })),
  );
  // Were turns shared, the last question to `good` would wait for those to `hung`, and these for it.
  expect((await askAll(requests)).asked).toBe(40);
});

it('a provider that throws answers unavailable, and says nothing it should not', async () => {
  const rejects = providerOf('bad', () => Promise.reject(new TypeError('Bearer t0ken')));
  const throws = providerOf('worse', () => {
    throw 't0ken';
  });
  const good = providerOf('good', () => found(1));
  const question = about('up');
  const answers = await askAll([rejects, throws, good].map((provider) => ({ provider, question })));
  expect(answers.of({ provider: rejects, question })).toMatchObject({
    kind: 'unavailable',
    reason: 'internal',
    detail: expect.stringMatching(/^provider bad failed on its own account \(TypeError\)/),
  });
  expect(answers.of({ provider: throws, question })).toMatchObject({ reason: 'internal' });
  expect(
    JSON.stringify([rejects, throws].map((provider) => answers.of({ provider, question }))),
  ).not.toContain('t0ken');
  expect(answers.of({ provider: good, question })).toEqual(found(1));
});

it('a provider that gives no answer, or one to something else, answers unavailable', async () => {
  const silent: MetricsProvider = { ...providerOf('silent', () => found(1)), ask: async () => [] };
  const beside = providerOf('beside', () => ({ kind: 'series', points: [], warnings: [] }));
  for (const provider of [silent, beside]) {
    const answers = await askAll([{ provider, question: about('up') }]);
    expect(answers.of({ provider, question: about('up') })).toMatchObject({
      kind: 'unavailable',
      reason: 'internal',
      detail: expect.stringContaining('no value in its answer'),
    });
  }
});

it('has nothing to ask', async () => {
  expect((await askAll([])).asked).toBe(0);
});

it('asks a question of several queries once, too', async () => {
  const increments: Answer = { kind: 'increments', found: [], warnings: [] };
  const buckets: Answer = { kind: 'buckets', found: [[], []], warnings: [] };
  let asked = 0;
  const counting = providerOf('counting', ({ kind }) => {
    asked += 1;
    return kind === 'increments' ? increments : buckets;
  });
  const grid = { from: 0, to: 60, step: 60 };
  const question = { kind: 'increments', queries: ['errors', 'all'], ...grid } as const;
  const other = { ...question, kind: 'buckets' } as const;
  const answers = await askAll(
    [question, question, { ...question, to: 120 }, other].map((each) => ({
      provider: counting,
      question: each,
    })),
  );
  expect(asked).toBe(3);
  expect(answers.of({ provider: counting, question })).toBe(increments);
  expect(answers.of({ provider: counting, question: other })).toBe(buckets);
  expect(() => answers.of({ provider: counting, question: { ...question, from: 1 } })).toThrow(
    'counting was never asked: errors, all',
  );
});
