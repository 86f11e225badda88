import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../src/http/client.ts';
import { credentialsIn } from '../../src/http/credentials.ts';
import type { Answer } from '../../src/model/measurement.ts';
import { createPrometheus } from '../../src/providers/prometheus/prometheus.ts';
import { escapePromql } from '../../src/providers/prometheus/promql.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/time.ts';
import { askOne } from '../support/answers.ts';
import { type RunningPrometheus, startPrometheus } from '../support/prometheus.ts';

const T = Date.parse('2026-11-01T12:00:00Z');

/** Label values as a stranger might choose them. */
const HOSTILE = [
  '"} or vector(0) #',
  "it's",
  '`raw`',
  'back\\slash\\',
  '\\n is not a line break',
  'two\nlines\r\nand\ta tab',
  'für 🙂 \u202e',
  '\u0001\u007f\u0085',
  '{{flag}}',
];

/** A sample every 15 seconds, as a scrape would leave them. */
function every15s(from: number, to: number, value: (at: number) => number) {
  const points: [number, number][] = [];
  for (let at = from; at <= to; at += 15 * SECOND) points.push([at, value(at)]);
  return points;
}

const series = [
  { name: 'answer', points: every15s(T - HOUR, T, () => 42) },
  ...['200', '404', '500'].map((code, index) => ({
    name: 'http_requests_total',
    labels: { flag: 'new-checkout', variant: 'on', code },
    // 10, 20 and 30 requests a second, for a day.
    points: every15s(T - DAY, T, (at) => ((at - (T - DAY)) / SECOND) * (index + 1) * 10),
  })),
  ...HOSTILE.map((flag, index) => ({
    name: 'hostile',
    labels: { flag },
    points: [[T, index] as const],
  })),
];

const http = createHttpClient();
let server: RunningPrometheus;

beforeAll(async () => {
  server = await startPrometheus({ series, flags: ['--query.max-samples=5000'] });
});
afterAll(async () => {
  http.close();
  await server?.stop();
});

const credentials = credentialsIn({});
const matched = (query: string, anyOf: readonly string[]) =>
  askOne(provider(), { kind: 'matched', query, anyOf, from: T - 30 * DAY, to: T });

const provider = () => createPrometheus({ name: 'real', url: server.url, credentials }, { http });
const ask = (query: string, at = T) => askOne(provider(), { kind: 'value', query, at });
const askSeries = (query: string, step: number, from = T - 2 * MINUTE) =>
  askOne(provider(), { kind: 'series', query, from, to: T, step });

const one = (value?: number): Answer => ({
  kind: 'value',
  ...(value === undefined ? {} : { value }),
  warnings: [],
});

const points = (...found: readonly (readonly [number, number])[]): Answer => ({
  kind: 'series',
  points: found.map(([at, value]) => ({ at, value })),
  warnings: [],
});

describe('a value', () => {
  it('is one number', async () => {
    expect(await ask('answer')).toEqual(one(42));
    expect(await ask('answer', T + 123)).toEqual(one(42));
    expect(await ask('answer', T + 5 * MINUTE)).toEqual(one(42));
  });

  it('gives nothing where there is no series, or none any more', async () => {
    expect(await ask('no_such_metric')).toEqual(one());
    expect(await ask('answer', T - 2 * HOUR)).toEqual(one());
    expect(await ask('answer', T + 5 * MINUTE + 1)).toEqual(one());
  });

  it.each([
    ['scalar(answer)', 42],
    ['7', 7],
    ['vector(0)/0', Number.NaN],
    ['0/0', Number.NaN],
    ['answer/0', Number.POSITIVE_INFINITY],
    ['-1/0', Number.NEGATIVE_INFINITY],
    ['1e-300', 1e-300],
  ])('%s is %d', async (query, value) => {
    expect(await ask(query)).toEqual(one(value));
  });

  it('gives the rate of a counter over its backfilled history', async () => {
    const total = await ask('sum(rate(http_requests_total{flag="new-checkout"}[10m]))');
    const share = await ask(
      'sum(rate(http_requests_total{code=~"5.."}[10m])) / sum(rate(http_requests_total[10m]))',
    );
    expect(total.kind === 'value' && total.value).toBeCloseTo(60, 6);
    expect(share.kind === 'value' && share.value).toBeCloseTo(0.5, 6);
  });
});

describe('a series', () => {
  it('gives a point a step, both ends included', async () => {
    const found = points([T - 2 * MINUTE, 42], [T - MINUTE, 42], [T, 42]);
    expect(await askSeries('answer', MINUTE)).toEqual(found);
    expect(await askSeries('scalar(answer)', MINUTE)).toEqual(found);
  });

  it('gives nothing where there is no series', async () => {
    expect(await askSeries('no_such_metric', MINUTE)).toEqual(points());
  });

  it('gives counters as they grew', async () => {
    const answer = await askSeries('sum(rate(http_requests_total[5m]))', HOUR, T - 20 * HOUR);
    expect(answer.kind === 'series' && answer.points).toHaveLength(21);
    for (const { value } of answer.kind === 'series' ? answer.points : []) {
      expect(value).toBeCloseTo(60, 6);
    }
  });

  it('tells of several series, and of too many points', async () => {
    expect(await askSeries('http_requests_total', MINUTE)).toMatchObject({
      reason: 'several-series',
    });
    expect(await askSeries('answer', SECOND / 100, T - HOUR)).toMatchObject({
      reason: 'query-error',
      detail: expect.stringContaining('exceeded maximum resolution of 11,000 points'),
    });
  });
});

describe('a query at fault', () => {
  it.each([
    ['http_requests_total', 'several-series', 'gives 3 series'],
    ['answer[5m]', 'wrong-type', 'a matrix where one number is expected'],
    ['"words"', 'wrong-type', 'a string where one number is expected'],
    ['sum(', 'query-error', 'parse error: unclosed left parenthesis'],
    ['', 'query-error', 'no expression found'],
    ['answer / on(flag) http_requests_total', 'query-error', 'found duplicate series'],
    ['count_over_time(http_requests_total[24h])', 'query-error', 'too many samples'],
  ])('%s is named', async (query, reason, words) => {
    expect(await ask(query)).toMatchObject({
      kind: 'unavailable',
      reason,
      detail: expect.stringContaining(words),
    });
  });

  it('is given up by the server in its own time', async () => {
    const hurried = await startPrometheus({ flags: ['--query.timeout=1ms'] });
    try {
      const slow = createPrometheus({ name: 'slow', url: hurried.url, credentials }, { http });
      // The clock is looked at between operands: the second finds the time used up.
      const query = 'sum_over_time(vector(1)[365d:1m]) + vector(1)';
      expect(await askOne(slow, { kind: 'value', query, at: T })).toMatchObject({
        kind: 'unavailable',
        reason: 'timeout',
        detail: expect.stringContaining('query timed out'),
      });
    } finally {
      await hurried.stop();
    }
  });
});

describe('a hostile label value', () => {
  it.each(HOSTILE.map((flag, index) => [flag, index] as const))(
    '%j is found',
    async (flag, index) => {
      expect(await ask(`hostile{flag="${escapePromql(flag)}"}`)).toEqual(one(index));
      expect(await ask(`hostile{flag='${escapePromql(flag)}'}`)).toEqual(one(index));
    },
  );

  it('that was never recorded finds nothing', async () => {
    const flag = escapePromql('x"} or hostile{flag="it\'s');
    expect(await ask(`hostile{flag="${flag}"}`)).toEqual(one());
  });
});

it('an address with a path that is not there is named', async () => {
  const wrong = createPrometheus({ name: 'x', url: `${server.url}/prom`, credentials }, { http });
  expect(await askOne(wrong, { kind: 'value', query: 'up', at: T })).toMatchObject({
    reason: 'http-error',
    detail: expect.stringContaining(`${server.url}/prom/api/v1/query: HTTP 404: `),
  });
});

describe('whether a real server has ever had a series', () => {
  it.each<[string, boolean]>([
    ['http_requests_total{flag="new-checkout",variant="off",code=~"5.."}', true],
    ['http_requests_total{flag="other",variant="on",code=~"5.."}', true],
    ['http_requests_total{flag="new-checkout",variant="on",status=~"5.."}', false],
    ['http_request_total{flag="new-checkout",variant="on",code=~"5.."}', false],
  ])('%s: %s', async (query, right) => {
    const answer = await matched(query, ['new-checkout', 'other', 'on', 'off']);
    expect(answer).toMatchObject({ kind: 'matched', matched: right });
  });
});
