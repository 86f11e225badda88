import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../../src/http/client.ts';
import { credentialsIn } from '../../src/http/credentials.ts';
import type { Question } from '../../src/model/measurement.ts';
import {
  createPrometheus,
  type PrometheusOptions,
} from '../../src/providers/prometheus/prometheus.ts';
import { serversPerTest, type startServer, trickle, writeEndlessly } from '../http/server.ts';
import { askOne } from '../support/answers.ts';

const http = createHttpClient();
const serve = serversPerTest();

function ask(url: string, more: Partial<PrometheusOptions>) {
  const question: Question = { kind: 'value', query: 'up', at: 0 };
  return askOne(
    createPrometheus({ name: 'prod', url, credentials: credentialsIn({}), ...more }, { http }),
    question,
  );
}

describe('whatever the failure, no credential is shown', () => {
  const SECRET = 'gl4ss+on/ion=';
  const error = (words: string) =>
    JSON.stringify({ status: 'error', errorType: words, error: words });
  const vector = (result: unknown, more = {}) =>
    JSON.stringify({ status: 'success', data: { resultType: 'vector', result }, ...more });
  const labelled = vector([
    { metric: { [SECRET]: SECRET }, value: [1, '1'] },
    { metric: { a: `say "${SECRET}"` }, value: [1, '1'] },
  ]);
  const far: Readonly<Record<string, Parameters<typeof startServer>[0]>> = {
    'an error that repeats it': (response) => response.writeHead(400).end(error(`no ${SECRET}`)),
    'an error that repeats it where it is cut': (response) =>
      response.end(error(`${'x'.repeat(190)}${SECRET}`)),
    'a fault that repeats the headers': (response, { headers }) =>
      response.writeHead(500).end(error(JSON.stringify(headers))),
    'HTML that repeats it': (response) => response.end(`<p>${SECRET}`),
    'labels that repeat it': (response) => response.end(labelled),
    'a warning that repeats it': (response) => response.end(vector([], { warnings: [SECRET] })),
    'a status line that repeats it': (response) => response.writeHead(401, SECRET).end(),
    'a redirect that repeats it': (response) =>
      response
        .writeHead(302, { location: `/login/${encodeURIComponent(SECRET)}?t=${SECRET}` })
        .end(),
    'a wrong type that repeats it': (response) =>
      response.end(vector([], { data: { resultType: SECRET, result: [] } })),
    'a cut connection': (response) => response.destroy(),
    'a trickle': trickle,
    'a body without end': (response) => writeEndlessly(response, SECRET.repeat(5_000)),
    'a bomb': (response) =>
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(9_000_000, SECRET))),
    'broken compression': (response) => response.setHeader('content-encoding', 'gzip').end(SECRET),
  };
  const auths: readonly NonNullable<PrometheusOptions['auth']>[] = [
    { bearer: 'SECRET' },
    { basic: { username: 'USER', password: 'SECRET' } },
    { header: { name: 'X-Scope', value: 'SECRET' } },
  ];

  it.each(Object.entries(far))('%s', async (_, answer) => {
    const server = await serve(answer);
    const env = { SECRET, USER: 'annabel' };
    const base64 = Buffer.from(`annabel:${SECRET}`).toString('base64');
    for (const auth of auths) {
      const got = JSON.stringify(
        await ask(server.url, { auth, credentials: credentialsIn(env), timeout: 300 }),
      );
      for (const text of [SECRET, encodeURIComponent(SECRET), base64]) {
        expect(got).not.toContain(text);
        expect(got).not.toContain(text.slice(0, 8));
      }
    }
    const url = server.url.replace('//', `//annabel:${encodeURIComponent(SECRET)}@`);
    expect(JSON.stringify(await ask(url, { timeout: 300 }))).not.toContain(SECRET.slice(0, 8));
  });
});
