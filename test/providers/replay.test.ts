import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplay, type ReplayOptions } from '../../src/providers/replay/replay.ts';
import { MINUTE, SECOND } from '../../src/time.ts';
import { askOne } from '../support/answers.ts';

const T = Date.parse('2026-12-01T09:00:00Z');

function replay(text: string, more: Partial<ReplayOptions> = {}) {
  return createReplay({ name: 'demo', text, format: 'csv', path: 'demo/errors.csv', ...more });
}

const at = (query: string, at: number) => ({ kind: 'value', query, at }) as const;

async function valueAt(text: string, time: number, more: Partial<ReplayOptions> = {}) {
  const answer = await askOne(replay(text, more), at('up', time));
  return answer.kind === 'value' ? answer.value : answer;
}

describe('CSV', () => {
  it('is time,series,value, a row a value, in any order', async () => {
    const text =
      'time,series,value\n2026-12-01T09:01:00Z,up,2\n1796115600,up,1\n1796115600,down,7\n';
    expect(await valueAt(text, T)).toBe(1);
    expect(await valueAt(text, T + MINUTE)).toBe(2);
    expect(await askOne(replay(text), at('down', T))).toEqual({
      kind: 'value',
      value: 7,
      warnings: [],
    });
  });

  it('may hold queries with commas, quotes and line breaks', async () => {
    const text = '\ufefftime,series,value\r\n1796115600,"sum(\n  up{a=""b"", c=""d""})",3\r\n\r\n';
    const answer = await askOne(replay(text), at('sum(\n  up{a="b", c="d"})', T));
    expect(answer).toMatchObject({ value: 3 });
  });

  it.each([
    ['NaN', Number.NaN],
    ['Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['1e-3', 0.001],
  ])('may hold %s', async (text, value) => {
    expect(await valueAt(`time,series,value\n1796115600,up,${text}`, T)).toBe(value);
  });

  it.each([
    ['', 1, 'empty'],
    ['when,what,much\n', 1, 'the first line must be time,series,value'],
    ['time,series,value\n1796115600,up,1\nnoon,up,1\n', 3, '“noon” is no time'],
    ['time,series,value\n1796115600000,up,1\n', 2, 'write seconds'],
    ['time,series,value\n"1796115600","u\np",1\n1796115600,up,high\n', 4, '“high” is no value'],
    ['time,series,value\n\n1796115600,up\n', 3, '2 columns'],
    ['time,series,value\n1796115600,rate(a, b),1\n', 2, '4 columns'],
    ['time,series,value\n1796115600,"up,1\n', 2, 'quoted field unterminated'],
    ['time,series,value\n1,up,1\n2,up,1\n1,up,2\n', 4, 'already has a value'],
  ])('%j is broken on line %i: %s', async (text, line, problem) => {
    const answer = await askOne(replay(text), at('anything', T));
    expect(answer).toMatchObject({ kind: 'unavailable', reason: 'malformed' });
    const detail = answer.kind === 'unavailable' ? answer.detail : '';
    expect(detail).toMatch(new RegExp(`^demo/errors\\.csv, line ${line}: `));
    expect(detail).toContain(problem);
  });
});

describe('JSON', () => {
  const json = { format: 'json', path: 'demo/errors.json' } as const;

  it('is a list of [time, value] a series', async () => {
    const series = {
      up: [
        ['2026-12-01T09:00:00Z', 1],
        [1_796_115_660, 'NaN'],
        [1_796_115_720, null],
        [1_796_115_780, '-Inf'],
      ],
      'sum(\n a{b="ü"})': [[1_796_115_600, 2.5]],
      none: [],
    };
    for (const text of [JSON.stringify(series), JSON.stringify(series, null, 2)]) {
      expect(await valueAt(text, T, json)).toBe(1);
      expect(await valueAt(text, T + MINUTE, json)).toBe(Number.NaN);
      expect(await valueAt(text, T + 2 * MINUTE, json)).toBeUndefined();
      expect(await valueAt(text, T + 3 * MINUTE, json)).toBe(Number.NEGATIVE_INFINITY);
      const other = await askOne(replay(text, json), at('sum(\n a{b="ü"})', T));
      expect(other).toMatchObject({ value: 2.5 });
    }
    expect(await valueAt('{}', T, json)).toBeUndefined();
  });

  it.each([
    ['', 1, 'the file ends'],
    ['[]', 1, '“[” stands where “{” is expected'],
    ['{\n "up": [\n  [1, 2],\n  [3]\n ]\n}', 4, '“]” stands where “,” is expected'],
    ['{\n "up": [\n  [1, 2]', 3, 'the file ends'],
    ['{\n "up": [\n  [1, 2],\n]}', 4, 'stands where “[” is expected'],
    ['{"up": [[1, "high"]]}', 1, '“high” is no value'],
    ['{"up":\n [["noon", 1]]}', 2, '“noon” is no time'],
    ['{"up": [[1, true]]}', 1, '“true” is no value'],
    ['{"up": [[1, {}]]}', 1, 'a time or a value'],
    ['{"up": [[1, 1]],\n"up": []}', 2, 'given twice'],
    ['{"up": [[1, 1],\n[1, 2]]}', 2, 'already has a value'],
    ['{up: []}', 1, 'the name of a series in double quotes'],
    ['{"up\n', 1, 'the string does not end'],
    ['{"up": []}\n}', 2, 'the end of the file'],
    ['{"up": []\n# a comment\n}', 2, '“# a comment” stands'],
  ])('%j is broken on line %i: %s', async (text, line, problem) => {
    const answer = await askOne(replay(text, json), at('up', T));
    expect(answer).toMatchObject({ kind: 'unavailable', reason: 'malformed' });
    const detail = answer.kind === 'unavailable' ? answer.detail : '';
    expect(detail).toMatch(new RegExp(`^demo/errors\\.json, line ${line}: `));
    expect(detail).toContain(problem);
  });
});

describe('a moment', () => {
  const text = `time,series,value\n${T / SECOND},up,1\n${T / SECOND + 60},up,2\n${T / SECOND + 120},up,\n`;

  it.each([
    [-1, undefined],
    [0, 1],
    [MINUTE - 1, 1],
    [MINUTE, 2],
    [2 * MINUTE - 1, 2],
    [2 * MINUTE, undefined],
  ])('%i ms after the first value has the value %s', async (after, value) => {
    expect(await valueAt(text, T + after)).toBe(value);
  });

  it('has the newest value no older than the lookback', async () => {
    const one = `time,series,value\n${T / SECOND},up,1\n`;
    expect(await valueAt(one, T + 5 * MINUTE)).toBe(1);
    expect(await valueAt(one, T + 5 * MINUTE + 1)).toBeUndefined();
    expect(await valueAt(one, T + MINUTE, { lookback: 30 * SECOND })).toBeUndefined();
  });

  it('has no value for a query that was not recorded', async () => {
    expect(await askOne(replay(text), at('up ', T))).toEqual({
      kind: 'value',
      warnings: [],
    });
  });

  it('is the same as a look at every value would find', async () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        times,
        fc.integer({ min: -100, max: 2_500 }),
        fc.nat(600),
        async (seconds, moment, back) => {
          const rows = seconds.map((second, index) => `${second},up,${index}`);
          const found = await valueAt(['time,series,value', ...rows].join('\n'), moment * SECOND, {
            lookback: back * SECOND,
          });
          const candidates = seconds.filter(
            (second) => second <= moment && moment - second <= back,
          );
          const expected =
            candidates.length === 0 ? undefined : seconds.indexOf(Math.max(...candidates));
          expect(found).toBe(expected);
        },
      ),
    );
  });
});

describe('a series', () => {
  const text = `time,series,value\n${T / SECOND},up,1\n${T / SECOND + 90},up,2\n`;
  const range = (from: number, to: number, step: number) =>
    askOne(replay(text, { lookback: 2 * MINUTE }), {
      kind: 'series',
      query: 'up',
      from,
      to,
      step,
    });

  it('has a value at each step, to the last one, where there is one', async () => {
    expect(await range(T - MINUTE, T + 4 * MINUTE, MINUTE)).toEqual({
      kind: 'series',
      points: [
        { at: T, value: 1 },
        { at: T + MINUTE, value: 1 },
        { at: T + 2 * MINUTE, value: 2 },
        { at: T + 3 * MINUTE, value: 2 },
      ],
      warnings: [],
    });
  });

  it.each([0, -1, Number.NaN, 0.001])('with the step %d is refused', async (step) => {
    expect(await range(T, T + MINUTE, step)).toMatchObject({ reason: 'query-error' });
  });
});

it('reads each recorded series as one counter, which is no bucket', async () => {
  const rows = [0, 60, 120].map((second) => `${T / SECOND + second},served,${5 + second}`);
  const provider = replay(['time,series,value', ...rows].join('\n'));
  const asked = { queries: ['served', 'other'], from: T, to: T + 2 * MINUTE, step: MINUTE };
  const grown = { places: Int32Array.of(0, 1), by: Float64Array.of(60, 60) };
  const none = { places: new Int32Array(0), by: new Float64Array(0) };
  expect(
    await provider.ask([
      { kind: 'increments', ...asked },
      { kind: 'buckets', ...asked },
    ]),
  ).toEqual([
    {
      kind: 'increments',
      found: [
        { seen: true, ...grown },
        { seen: false, ...none },
      ],
      warnings: [],
    },
    { kind: 'buckets', found: [[grown], []], warnings: [] },
  ]);
});

it('answers thousands of questions at once', async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => `${index * 60},up,${index}`);
  const provider = replay(`time,series,value\n${rows.join('\n')}`);
  const before = process.cpuUsage();
  await provider.ask(rows.map((_, n) => at('up', n * MINUTE)));
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2_000);
});
