import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { HOUR } from '../../src/time.ts';

/** What was asked, and what an honest server would say to it. */
export interface Asked {
  readonly expression: string;
  /** The moment asked about, or the last one of a range, in milliseconds. */
  readonly at: number;
  /** The honest number, as Prometheus writes it. */
  readonly value: string;
  readonly headers: IncomingMessage['headers'];
  /** Path and query of the request. */
  readonly url: string;
  /** The honest answer, or one with other words beside its data. */
  honest(more?: object, shift?: number): string;
}

export type Behaviour = (response: ServerResponse, asked: Asked) => unknown;

export interface Strangers {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): void;
}

/** What control always reports. */
const CONTROL = '0.001';

/**
 * A server in whose path stands the name of a behaviour: `/html/api/v1/query`. The number that it
 * would tell if it were honest stands in the query: `level{told="0.5",variant="on"}`.
 */
export async function startStrangers(
  behaviours: Readonly<Record<string, Behaviour>>,
): Promise<Strangers> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const [, name = ''] = (request.url ?? '').split('/');
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      behaviours[name]?.(response, readAsked(form, request));
    });
    response.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function readAsked(form: URLSearchParams, { headers, url = '' }: IncomingMessage): Asked {
  const expression = form.get('query') ?? '';
  const told = /told="([^"]*)"/.exec(expression)?.[1] ?? '0';
  const value = expression.includes('variant="off"') ? CONTROL : told;
  const number = (name: string): number => Number(form.get(name)) * 1000;
  const range = form.has('step');
  const at = number(range ? 'end' : 'time');
  const moments: number[] = range ? [] : [at];
  for (let each = number('start'); range && each <= at; each += number('step')) moments.push(each);
  const points = (shift: number) => moments.map((each) => [(each + shift) / 1000, value] as const);
  return {
    expression,
    at,
    value,
    headers,
    url,
    honest: (more = {}, shift = 0) => {
      const [first] = points(shift);
      const result = range
        ? [{ metric: {}, values: points(shift) }]
        : [{ metric: {}, value: first }];
      const resultType = range ? 'matrix' : 'vector';
      return JSON.stringify({ status: 'success', data: { resultType, result }, ...more });
    },
  };
}

const body =
  (write: (asked: Asked) => unknown): Behaviour =>
  (response, asked) => {
    const text = write(asked);
    response.end(typeof text === 'string' ? text : JSON.stringify(text));
  };

const vector = (result: unknown): unknown => ({
  status: 'success',
  data: { resultType: 'vector', result },
});

/** The honest answer under a status that is no success. */
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (response, asked) =>
    response.writeHead(code, headers).end(asked.honest());

const location = (to: string): Behaviour => status(302, { location: to });

/** A behaviour of a connection, with the reason it is held for and words that say why. */
export type Case = readonly [Behaviour, reason: string, words: RegExp];

/** The far side of a connection that is there and does not do what HTTP is for. */
export const CONNECTIONS: Readonly<Record<string, Case>> = {
  hang: [() => undefined, 'timeout', /no complete answer within 1 s/],
  stall: [(response) => response.flushHeaders(), 'timeout', /no complete answer within 1 s/],
  drip: [
    (response, asked) => {
      const bytes = asked.honest()[Symbol.iterator]();
      const timer = setInterval(() => response.write(bytes.next().value ?? ' '), 50);
      response.once('close', () => clearInterval(timer));
    },
    'timeout',
    /no complete answer within 1 s/,
  ],
  endless: [
    (response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1 << 16)));
        response.once('drain', more);
      };
      more();
    },
    'too-large',
    /larger than 5000000 bytes/,
  ],
  bomb: [
    (response) =>
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(50_000_000, ' '))),
    'too-large',
    /larger than 5000000 bytes/,
  ],
  'broken-gzip': [
    (response, asked) => response.setHeader('content-encoding', 'gzip').end(asked.honest()),
    'malformed',
    /compressed body is broken/,
  ],
  cut: [
    (response, asked) => {
      const text = asked.honest();
      response.writeHead(200, { 'content-length': String(text.length) }).write(text.slice(0, -9));
      setTimeout(() => response.destroy(), 50);
    },
    'unreachable',
    /connection was cut/,
  ],
  'cut-at-once': [(response) => response.destroy(), 'unreachable', /connection was cut/],
  'no-http': [
    (response) => response.socket?.end('220 mail.example ESMTP\r\n'),
    'malformed',
    /not HTTP/,
  ],
  'large-headers': [
    (response) => response.writeHead(200, { pad: 'x'.repeat(100_000) }).end(),
    'malformed',
    /not HTTP/,
  ],
  elsewhere: [location('http://metrics.example.net/login'), 'redirected', /metrics\.example\.net/],
  'other-port': [location('http://127.0.0.1:1/'), 'redirected', /127\.0\.0\.1:1/],
  itself: [location(''), 'redirected', /follows no redirects/],
};

/** Statuses, each with a body that would be believed under 200. */
export const STATUSES: Readonly<Record<string, Case>> = {
  'bad-request': [status(400), 'http-error', /HTTP 400: /],
  unauthorised: [status(401), 'http-error', /HTTP 401: it does not accept the credentials/],
  forbidden: [status(403), 'http-error', /HTTP 403: the credentials may not read this/],
  missing: [status(404), 'http-error', /HTTP 404: there is no Prometheus API there/],
  'not-modified': [status(304), 'http-error', /HTTP 304: /],
  'no-content': [status(204), 'malformed', /but empty/],
  'asked-too-often': [
    status(429, { 'retry-after': '3600' }),
    'http-error',
    /HTTP 429: .*too often/,
  ],
  failing: [status(500), 'http-error', /HTTP 500: /],
  gateway: [status(502), 'http-error', /HTTP 502: /],
  starting: [
    (response) => response.writeHead(503).end('Service Unavailable'),
    'http-error',
    /HTTP 503: /,
  ],
};

/** Bodies under 200 that are not Prometheus' JSON. */
export const BODIES: Readonly<Record<string, Case>> = {
  html: [
    (response) => response.setHeader('content-type', 'text/html').end('<!doctype html>Sign in'),
    'malformed',
    /not Prometheus' JSON but “<!doctype html>Sign in”/,
  ],
  empty: [body(() => ''), 'malformed', /but empty/],
  truncated: [body((asked) => asked.honest().slice(0, -9)), 'malformed', /not Prometheus' JSON/],
  'json-null': [body(() => 'null'), 'malformed', /not Prometheus' JSON/],
  list: [body((asked) => `[${asked.honest()}]`), 'malformed', /not Prometheus' JSON/],
  'data-null': [
    body(() => ({ status: 'success', data: null })),
    'malformed',
    /no `status` and `data`/,
  ],
  'no-status': [body((asked) => asked.honest({ status: null })), 'malformed', /no `status`/],
  'own-prototype': [
    body(({ honest }) => `{"status":"success","__proto__":${honest()}}`),
    'malformed',
    /no `status` and `data`/,
  ],
  'said-twice': [
    body(({ honest }) => honest().replace(/}$/, ',"data":null}')),
    'malformed',
    /no `status` and `data`/,
  ],
  deep: [
    body(() => `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`),
    'malformed',
    /not Prometheus' JSON/,
  ],
};

/** Labels of one series, lists in lists. */
const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

/** JSON of the right kind that holds no number, or more than one. */
export const SHAPES: Readonly<Record<string, Case>> = {
  'deep-labels': [
    body(({ at, value }) => {
      const series = `{"metric":${nested(50)},"value":[${at / 1000},"${value}"]}`;
      return `{"status":"success","data":{"resultType":"vector","result":[${series},${series}]}}`;
    }),
    'several-series',
    /gives 2 series/,
  ],
  'bottomless-labels': [
    body(({ at, value }) => {
      const series = `{"metric":${nested(100_000)},"value":[${at / 1000},"${value}"]}`;
      return `{"status":"success","data":{"resultType":"vector","result":[${series}]}}`;
    }),
    'malformed',
    /not Prometheus' JSON/,
  ],
  'labels-that-act': [
    body(({ at, value }) => {
      const series = { metric: { a: { toString: 1, valueOf: 1 } }, value: [at / 1000, value] };
      return vector([series, series]);
    }),
    'several-series',
    /gives 2 series/,
  ],
  'matrix-for-instant': [
    body(({ at, value }) => ({
      status: 'success',
      data: { resultType: 'matrix', result: [{ metric: {}, values: [[at / 1000, value]] }] },
    })),
    'wrong-type',
    /a matrix where one number is expected/,
  ],
  'a-number': [
    body(({ at }) => vector([{ value: [at / 1000, 0] }])),
    'malformed',
    /a sample is not/,
  ],
  words: [
    body(({ at }) => vector([{ value: [at / 1000, 'fine'] }])),
    'malformed',
    /a sample is not/,
  ],
  'broken-text': [
    (response, { at }) => {
      const text = JSON.stringify(vector([{ metric: {}, value: [at / 1000, 'VALUE'] }]));
      response.end(Buffer.from(text.replace('VALUE', '0\xff'), 'latin1'));
    },
    'malformed',
    /a sample is not/,
  ],
  thousands: [
    body(({ at, value }) =>
      vector(
        Array.from({ length: 20_000 }, (_, pod) => ({
          metric: { pod: `${pod}` },
          value: [at / 1000, value],
        })),
      ),
    ),
    'several-series',
    /gives 20000 series/,
  ],
};

/** A good answer to something else, or to a part of the question. */
export const OTHERS: Readonly<Record<string, Case>> = {
  'of-an-hour-ago': [body((asked) => asked.honest({}, -HOUR)), 'wrong-time', /another moment/],
  'of-tomorrow': [body((asked) => asked.honest({}, 24 * HOUR)), 'wrong-time', /another moment/],
  'of-no-time': [
    body(
      ({ value }) =>
        `{"status":"success","data":{"resultType":"scalar","result":[1e999,"${value}"]}}`,
    ),
    'malformed',
    /a sample is not/,
  ],
  'without-some-stores': [
    body((asked) => asked.honest({ warnings: ['No StoreAPIs matched for this query'] })),
    'partial',
    /No StoreAPIs matched/,
  ],
  'without-some-shards': [body((asked) => asked.honest({ isPartial: true })), 'partial', /part of/],
};

/** Ranges that are not the one that was asked for. */
export const RANGES: Readonly<Record<string, Case>> = {
  'range-of-an-hour-ago': [
    body((asked) => asked.honest({}, -HOUR)),
    'wrong-time',
    /another moment/,
  ],
  'range-to-come': [body((asked) => asked.honest({}, HOUR)), 'wrong-time', /another moment/],
  'range-backwards': [
    body(({ at, value }) => ({
      status: 'success',
      data: {
        resultType: 'matrix',
        result: [
          {
            metric: {},
            values: [at, at - 60_000].map((each) => [each / 1000, value]),
          },
        ],
      },
    })),
    'malformed',
    /not in order of time/,
  ],
  'range-too-fine': [
    body(({ at, value }) => ({
      status: 'success',
      data: {
        resultType: 'matrix',
        result: [
          {
            metric: {},
            values: Array.from({ length: 601 }, (_, n) => [at / 1000 - 600 + n, value]),
          },
        ],
      },
    })),
    'malformed',
    /more samples than were asked for/,
  ],
};
