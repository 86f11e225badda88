import { expect, it } from 'vitest';
import type { Answer, MetricsProvider, Question } from '../../src/model/measurement.ts';
import { askAll } from '../../src/providers/ask.ts';
import { withPatience } from '../../src/providers/patience.ts';
import { MINUTE, SECOND } from '../../src/time.ts';
import { providerOf, queriesIn } from '../support/answers.ts';

const value = (query: string): Question => ({ kind: 'value', query, at: 0 });
const FOUND: Answer = { kind: 'value', value: 1, warnings: [] };
const LATE: Answer = { kind: 'unavailable', reason: 'timeout', detail: 'nothing in 30 s' };

/** A server in virtual time: how long it takes for a query, and what it says then. */
function simulated(answer: (query: string) => readonly [seconds: number, answer: Answer]) {
  let now = 0;
  const due: { readonly at: number; readonly settle: () => void }[] = [];
  const asked: string[] = [];
  const provider = providerOf('prod', (question) => {
    const [query = ''] = queriesIn(question);
    asked.push(query);
    const [seconds, said] = answer(query);
    return new Promise((resolve) => {
      due.push({ at: now + seconds * SECOND, settle: () => resolve(said) });
    });
  });
  /** Asks so many questions, eight at once as a tick does, until every one is answered. */
  async function run(patient: MetricsProvider, queries: readonly string[]) {
    const requests = queries.map((query) => ({ provider: patient, question: value(query) }));
    let over = false;
    const all = askAll(requests).finally(() => {
      over = true;
    });
    while (!over) {
      // Whatever was asked at this moment is asked before the next one.
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      due.sort((a, b) => a.at - b.at);
      const next = due.shift();
      if (!next) continue;
      now = next.at;
      next.settle();
    }
    const answers = await all;
    const reasons = requests.map((request) => {
      const said = answers.of(request);
      return said.kind === 'unavailable' ? said.reason : 'answered';
    });
    const count = (reason: string): number => reasons.filter((each) => each === reason).length;
    return { count, seconds: now / SECOND, answers, requests };
  }
  return { provider, asked, run, clock: () => now };
}

const questions = (count: number, name = 'q'): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${name}${n}`);

it('a server that hangs is given up after one timeout, not after a thousand', async () => {
  const { provider, asked, run, clock } = simulated(() => [30, LATE]);
  const { seconds, count, answers, requests } = await run(
    withPatience(provider, clock),
    questions(1_000),
  );
  expect(seconds).toBeLessThanOrEqual(60);
  expect(asked.length).toBeLessThan(20);
  expect(count('timeout') + count('not-asked')).toBe(1_000);
  const [last] = requests.slice(-1);
  expect(last && answers.of(last)).toEqual({
    kind: 'unavailable',
    reason: 'not-asked',
    detail:
      'prod was not asked: it left 3 questions before this one without an answer; check its load, the next run asks again',
  });
});

it('dear queries among cheap ones cost nobody else an answer', async () => {
  const { provider, run, clock } = simulated((text) =>
    text.startsWith('dear') ? [30, LATE] : [0.5, FOUND],
  );
  const mixed = [...questions(7, 'dear'), ...questions(200)];
  const { count } = await run(withPatience(provider, clock), mixed);
  expect([count('answered'), count('timeout'), count('not-asked')]).toEqual([200, 7, 0]);
});

it('a server that crawls has five minutes, and what it said in them stands', async () => {
  const { provider, run, clock } = simulated(() => [29, FOUND]);
  const { seconds, count } = await run(withPatience(provider, clock), questions(1_000));
  expect(seconds * SECOND).toBeLessThanOrEqual(5 * MINUTE + 30 * SECOND);
  expect(count('answered')).toBe(8 * 11);
  expect(count('answered') + count('not-asked')).toBe(1_000);
});

it('one that stumbles and gets up again is asked on', async () => {
  let tries = 0;
  const { provider, run, clock } = simulated(() => {
    tries += 1;
    return tries % 3 === 0 ? [1, FOUND] : [30, LATE];
  });
  const patient = withPatience(provider, clock);
  const { count } = await run(patient, questions(9));
  expect(count('not-asked')).toBe(0);
});

it('of one that takes many questions at once, a turn is late when none of it was answered', async () => {
  const { provider, run, clock } = simulated((text) => (text === 'q0' ? [1, FOUND] : [30, LATE]));
  const patient = withPatience({ ...provider, atOnce: 10 }, clock);
  const { count } = await run(patient, questions(200));
  expect([count('answered'), count('timeout'), count('not-asked')]).toEqual([1, 179, 20]);
});
