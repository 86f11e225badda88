import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../../src/http/client.ts';
import { credentialsIn } from '../../src/http/credentials.ts';
import type { Question } from '../../src/model/measurement.ts';
import {
  createPrometheus,
  type PrometheusOptions,
} from '../../src/providers/prometheus/prometheus.ts';
import { serversPerTest } from '../http/server.ts';
import { askOne } from '../support/answers.ts';

const http = createHttpClient();
const serve = serversPerTest();

const AT = 1_790_000_000_123;
const VALUE: Question = { kind: 'value', query: 'up', at: AT };
const SERIES: Question = { kind: 'series', query: 'up', from: AT, to: AT + 60_000, step: 30_000 };

function ask(url: string, question: Question = VALUE, more: Partial<PrometheusOptions> = {}) {
  return askOne(
    createPrometheus({ name: 'prod', url, credentials: credentialsIn({}), ...more }, { http }),
    question,
  );
}

/** The answer to a query whose server says this. */
async function told(body: unknown, question: Question = VALUE, status = 200) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const server = await serve((response) => response.writeHead(status).end(text));
  return ask(server.url, question);
}

const success = (resultType: string, result: unknown, more = {}) => ({
  status: 'success',
  data: { resultType, result },
  ...more,
});

describe('a value', () => {
  const none = { kind: 'value', warnings: [] };

  it('is that of a vector of one sample', async () => {
    const result = [{ metric: { a: 'b' }, value: [AT / 1000, '0.25'] }];
    expect(await told(success('vector', result))).toEqual({ ...none, value: 0.25 });
  });

  it('is that of a scalar', async () => {
    expect(await told(success('scalar', [AT / 1000, '-1.5e3']))).toEqual({ ...none, value: -1500 });
  });

  it('is none when nothing was found', async () => {
    expect(await told(success('vector', []))).toEqual(none);
  });

  it('is of the moment asked about where the server is up to a minute off', async () => {
    const late = [{ metric: {}, value: [AT / 1000 - 30, '1'] }];
    expect(await told(success('vector', late))).toEqual({ ...none, value: 1 });
  });

  it.each([
    ['NaN', Number.NaN],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
  ])('may be %s', async (text, value) => {
    expect(await told(success('scalar', [AT / 1000, text]))).toEqual({ ...none, value });
  });

  it('carries warnings and infos, shortened and on one line', async () => {
    const words = 'PromQL warning: a\nmix of ';
    const more = { warnings: [words, 7, words + 'x'.repeat(999)], infos: ['not a counter'] };
    const answer = await told(success('vector', [], more));
    const cut = `PromQL warning: a mix of ${'x'.repeat(174)}…`;
    expect(answer).toMatchObject({ warnings: ['PromQL warning: a mix of', cut, 'not a counter'] });
  });
});

describe('a series', () => {
  const none = { kind: 'series', points: [], warnings: [] };

  it('is all points of a matrix of one series, on the moments asked about', async () => {
    const values = [
      [1_790_000_000, '1'],
      [1_790_000_030.5, 'NaN'],
    ];
    const points = [
      { at: AT, value: 1 },
      { at: AT + 30_000, value: Number.NaN },
    ];
    expect(await told(success('matrix', [{ metric: {}, values }]), SERIES)).toEqual({
      ...none,
      points,
    });
  });

  it('is empty when nothing was found', async () => {
    expect(await told(success('matrix', []), SERIES)).toEqual(none);
  });

  it('whose ends the server rounded down stays whole', async () => {
    const floored = [-10, 20, 50].map((second) => [AT / 1000 + second, `${second}`]);
    const points = [-10, 20, 50].map((value, n) => ({ at: AT + n * 30_000, value }));
    expect(await told(success('matrix', [{ metric: {}, values: floored }]), SERIES)).toEqual({
      ...none,
      points,
    });
  });
});

describe('no answer', () => {
  const one = [{ metric: {}, value: [1, '1'] }];
  const other = [{ metric: {}, values: [[1, '1']] }];
  const histogram = { count: '1', sum: '1', buckets: [] };

  it.each([
    ['a matrix for a value', 'wrong-type', VALUE, success('matrix', other)],
    ['an empty matrix for a value', 'wrong-type', VALUE, success('matrix', [])],
    ['a string', 'wrong-type', VALUE, success('string', [1, 'x'])],
    ['a vector for a series', 'wrong-type', SERIES, success('vector', one)],
    ['a scalar for a series', 'wrong-type', SERIES, success('scalar', [1, '1'])],
    [
      'a native histogram',
      'wrong-type',
      VALUE,
      success('vector', [{ metric: {}, histogram: [1, histogram] }]),
    ],
    [
      'native histograms',
      'wrong-type',
      SERIES,
      success('matrix', [{ metric: {}, histograms: [[1, histogram]] }]),
    ],
    [
      'numbers and histograms',
      'wrong-type',
      SERIES,
      success('matrix', [{ metric: {}, values: [[1, '1']], histograms: [[2, histogram]] }]),
    ],
    ['several series for a value', 'several-series', VALUE, success('vector', [...one, ...one])],
    [
      'several series for a series',
      'several-series',
      SERIES,
      success('matrix', [...other, ...other]),
    ],
    ['nothing at all', 'malformed', VALUE, ''],
    ['HTML', 'malformed', VALUE, '<!doctype html><title>Sign in</title>'],
    ['JSON cut short', 'malformed', VALUE, '{"status":"success","data":{"resultType":"vec'],
    ['JSON nested without end', 'malformed', VALUE, '['.repeat(1_000_000)],
    ['a number', 'malformed', VALUE, '7'],
    ['null', 'malformed', VALUE, 'null'],
    ['a list', 'malformed', VALUE, '[]'],
    ['JSON of something else', 'malformed', VALUE, { message: 'hello' }],
    ['no data', 'malformed', VALUE, { status: 'success' }],
    ['data without a type', 'malformed', VALUE, { status: 'success', data: {} }],
    ['a vector that is no list', 'malformed', VALUE, success('vector', {})],
    ['a vector of nothing', 'malformed', VALUE, success('vector', [null])],
    ['a sample without a value', 'malformed', VALUE, success('vector', [{ metric: {} }])],
    ['a value that is no string', 'malformed', VALUE, success('scalar', [1, 1])],
    ['a value that is no number', 'malformed', VALUE, success('scalar', [1, 'high'])],
    ['an empty value', 'malformed', VALUE, success('scalar', [1, ''])],
    ['a value in hexadecimal', 'malformed', VALUE, success('scalar', [1, '0x10'])],
    ['a time that is no number', 'malformed', VALUE, success('scalar', ['1', '1'])],
    [
      'a time beyond counting',
      'malformed',
      VALUE,
      '{"status":"success","data":{"resultType":"scalar","result":[1e999,"1"]}}',
    ],
    ['a sample of three', 'malformed', VALUE, success('scalar', [1, '1', '1'])],
    [
      'points out of order',
      'malformed',
      SERIES,
      success('matrix', [
        {
          metric: {},
          values: [
            [2, '1'],
            [1, '1'],
          ],
        },
      ]),
    ],
    [
      'a moment twice',
      'malformed',
      SERIES,
      success('matrix', [
        {
          metric: {},
          values: [
            [1, '1'],
            [1, '2'],
          ],
        },
      ]),
    ],
    [
      'more points than were asked for',
      'malformed',
      SERIES,
      success('matrix', [{ metric: {}, values: [0, 1, 2].map((n) => [AT / 1000 + n, '1']) }]),
    ],
    ['a moment long past', 'wrong-time', VALUE, success('vector', one)],
    ['a moment to come', 'wrong-time', VALUE, success('scalar', [AT / 1000 + 61, '1'])],
    ['moments long past', 'wrong-time', SERIES, success('matrix', other)],
    ['what some stores hold', 'partial', VALUE, success('vector', [], { warnings: ['1 of 2'] })],
    ['what some shards hold', 'partial', VALUE, success('vector', [], { isPartial: true })],
    [
      'labels that are no text',
      'several-series',
      VALUE,
      success('vector', [{ metric: { a: { toString: 1 } } }, ...one]),
    ],
    ['a matrix without values', 'malformed', SERIES, success('matrix', [{ metric: {} }])],
    [
      'a refused query',
      'query-error',
      VALUE,
      { status: 'error', errorType: 'bad_data', error: 'x' },
    ],
    ['an error without words', 'query-error', VALUE, { status: 'error' }],
    ['a query given up', 'timeout', VALUE, { status: 'error', errorType: 'timeout', error: 'x' }],
    ['a fault of the server', 'http-error', VALUE, { status: 'error', errorType: 'internal' }],
  ])('%s is %s', async (_, reason, question, body) => {
    expect(await told(body, question)).toMatchObject({ kind: 'unavailable', reason });
  });

  it('names the labels of two of several series, shortened and cleaned', async () => {
    const metric = { code: '5\n00', path: `/${'x'.repeat(500)}` };
    const answer = await told(success('vector', [{ metric, value: [1, '1'] }, ...one, ...one]));
    const detail = answer.kind === 'unavailable' ? answer.detail : '';
    expect(detail).toMatch(
      /gives 3 series where one is expected, such as \{code="5 00", path="\/x+…"\} and \{\}; /,
    );
    expect(detail.length).toBeLessThan(400);
  });

  it('repeats the words of a server that refuses', async () => {
    const error = `invalid parameter "query": 1:5: parse error:\nunclosed left parenthesis\u001b[31m`;
    const body = { status: 'error', errorType: 'bad_data', error };
    const answer = await told(body, VALUE, 400);
    expect(answer).toMatchObject({ kind: 'unavailable', reason: 'query-error' });
    expect(answer).toHaveProperty(
      'detail',
      expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/query: the server refuses the query \(bad_data\): invalid parameter "query": 1:5: parse error: unclosed left parenthesis \[31m; correct it$/,
      ),
    );
  });

  it.each([
    [401, 'check `auth`'],
    [403, 'check the token'],
    [404, 'check the url'],
    [418, 'check the url'],
    [429, 'asked too often'],
    [500, 'look at its logs'],
    [502, 'look at its logs'],
  ])('HTTP %i says what to do', async (status, words) => {
    const answer = await told('<html>no</html>', VALUE, status);
    expect(answer).toMatchObject({ kind: 'unavailable', reason: 'http-error' });
    expect(answer).toHaveProperty('detail', expect.stringContaining(`HTTP ${status}: `));
    expect(answer).toHaveProperty('detail', expect.stringContaining(words));
  });

  it.each([
    [422, 'execution', 'query-error'],
    [503, 'timeout', 'timeout'],
    [503, 'unavailable', 'http-error'],
    [401, 'unauthorized', 'http-error'],
    [404, 'not_found', 'http-error'],
  ])('HTTP %i with the error type %s is %s', async (status, errorType, reason) => {
    const body = { status: 'error', errorType, error: 'words' };
    expect(await told(body, VALUE, status)).toMatchObject({ kind: 'unavailable', reason });
  });

  it('a good body under a bad status is believed no more than the status', async () => {
    expect(await told(success('vector', one), VALUE, 500)).toMatchObject({
      reason: 'http-error',
    });
  });
});
