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

describe('what is asked', () => {
  it('an instant query, as a form', async () => {
    const server = await serve((response) => response.end());
    await ask(`${server.url}/prom/?tenant=a`, {
      kind: 'value',
      query: 'a{b="ü&+"}',
      at: AT,
    });
    const [received] = server.received;
    expect(received).toMatchObject({ method: 'POST', path: '/prom/api/v1/query?tenant=a' });
    expect(Object.fromEntries(new URLSearchParams(received?.body))).toEqual({
      query: 'a{b="ü&+"}',
      time: '1790000000.123',
    });
  });

  it('a range query', async () => {
    const server = await serve((response) => response.end());
    await ask(server.url, SERIES);
    expect(server.received[0]?.path).toBe('/api/v1/query_range');
    expect(Object.fromEntries(new URLSearchParams(server.received[0]?.body))).toEqual({
      query: 'up',
      start: '1790000000.123',
      end: '1790000060.123',
      step: '30',
    });
  });

  const MATCHED: Question = {
    kind: 'matched',
    query: 'errors{flag="it\\u0027s",variant="on",code=~"5.."}',
    from: AT - 1_000,
    to: AT,
    anyOf: ["it's", 'on', 'off'],
  };

  it('whether a selector matched a series, of whichever flag and variant', async () => {
    const server = await serve((response) => response.end());
    await ask(server.url, MATCHED);
    expect(server.received[0]?.path).toBe('/api/v1/series');
    expect([...new URLSearchParams(server.received[0]?.body)]).toEqual([
      ['start', '1789999999.123'],
      ['end', '1790000000.123'],
      ['limit', '1'],
      ['match[]', 'errors{code=~"5.."}'],
    ]);
  });

  it.each<[string, unknown, object]>([
    ['a list of series', [{ __name__: 'errors' }], { kind: 'matched', matched: true }],
    ['an empty list', [], { kind: 'matched', matched: false }],
    ['something else', { resultType: 'matrix' }, { kind: 'unavailable', reason: 'malformed' }],
  ])('and reads %s', async (_, data, right) => {
    const body = JSON.stringify({ status: 'success', data });
    const server = await serve((response) => response.end(body));
    expect(await ask(server.url, MATCHED)).toMatchObject(right);
  });

  it.each([405, 501])('with GET where POST is answered with %i', async (status) => {
    const body = JSON.stringify({
      status: 'success',
      data: { resultType: 'scalar', result: [AT / 1000, '1'] },
    });
    const server = await serve((response, { method }) =>
      response.writeHead(method === 'GET' ? 200 : status).end(body),
    );
    expect(await ask(`${server.url}?tenant=a`)).toMatchObject({ kind: 'value' });
    expect(server.received[1]).toMatchObject({
      path: '/api/v1/query?tenant=a&query=up&time=1790000000.123',
    });
  });

  it.each([
    [{ bearer: 'TOKEN' }, 'authorization', 'Bearer t0ken'],
    [{ basic: { username: 'USER', password: 'TOKEN' } }, 'authorization', 'Basic YW5uOnQwa2Vu'],
    [{ header: { name: 'X-Key', value: 'TOKEN' } }, 'x-key', 't0ken'],
  ])('with the credentials %j', async (auth, header, value) => {
    const server = await serve((response) => response.end());
    await ask(server.url, VALUE, {
      auth,
      credentials: credentialsIn({ TOKEN: 't0ken', USER: 'ann' }),
    });
    expect(server.received[0]?.headers).toHaveProperty(header, value);
  });

  it('nothing, where a credential is missing', async () => {
    const server = await serve((response) => response.end());
    expect(await ask(server.url, VALUE, { auth: { bearer: 'TOKEN' } })).toEqual({
      kind: 'unavailable',
      reason: 'missing-credential',
      detail: `${server.url}/api/v1/query was not asked: the environment variable TOKEN is not set; pass it to this step from a secret`,
    });
    expect(server.received).toHaveLength(0);
  });

  it.each([
    ['http://prometheus.example', 'insecure'],
    ['prometheus', 'unreachable'],
    ['file:///etc', 'insecure'],
  ])('nothing, where the url is %s', async (url, reason) => {
    expect(await ask(url)).toMatchObject({ kind: 'unavailable', reason });
  });
});
