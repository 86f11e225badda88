import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import { expectCalm } from '../corpus/clean.ts';
import { rowsOf } from '../corpus/table.ts';
import { closeDesks, openDesk } from '../support/desk.ts';
import { inStage, june, rolloutText } from '../support/rollouts.ts';

const NOW = june(1, '10:00');
const SINCE = '2026-05-31T09:00:00Z';
const TOKEN = 'a-token-that-nobody-may-see';
const env = { TOKEN, GITHUB_ACTIONS: 'true' };

const ROWS = rowsOf('answers');

interface Asked {
  readonly query: string;
  /** Seconds, as they were sent: the moment, or the end of the range. */
  readonly at: string;
}

const answer = (resultType: string, result: unknown): string =>
  JSON.stringify({ status: 'success', data: { resultType, result } });

const vector = (at: string, value: string): string =>
  answer('vector', [{ metric: {}, value: [Number(at), value] }]);

const matrix = (times: readonly number[]): string =>
  answer('matrix', [{ metric: {}, values: times.map((at) => [at, '0']) }]);

/** What no file can be, or what depends on the question: a name, and the reason it holds a flag for. */
const MADE: Readonly<
  Record<string, readonly [says: string, (response: ServerResponse, asked: Asked) => unknown]>
> = {
  'healthy-words': ['wrong-type', (response) => response.end(answer('string', [1, 'fine']))],
  deep: ['malformed', (response) => response.end('['.repeat(1_000_000))],
  'deep-label': [
    'malformed',
    (response) =>
      response.end(
        `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":${'['.repeat(4000)}${']'.repeat(4000)}}},{}]}}`,
      ),
  ],
  'many-series': [
    'several-series',
    (response) => response.end(answer('vector', Array(200_000).fill({ metric: {} }))),
  ],
  'many-warnings': [
    'partial',
    (response) =>
      response.end(
        JSON.stringify({
          status: 'success',
          warnings: Array(200_000).fill('\u001b[2Jx'),
          data: { resultType: 'vector', result: [] },
        }),
      ),
  ],
  'gzip-bomb': [
    'too-large',
    (response) =>
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(200 << 20))),
  ],
  'gzip-broken': [
    'malformed',
    (response) => response.setHeader('content-encoding', 'gzip').end('not compressed'),
  ],
  'to-metadata': [
    'redirected',
    (response) => response.writeHead(307, { location: 'http://169.254.169.254/latest/' }).end(),
  ],
  'to-file': [
    'redirected',
    (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  ],
  'to-words': [
    'redirected',
    (response) =>
      response.writeHead(302, { location: `/%1b[2J@ada%0aRollout:%20a@b?${TOKEN}` }).end(),
  ],
  teapot: ['http-error', (response) => response.writeHead(418).end('short and stout')],
  'no-content': ['malformed', (response) => response.writeHead(204).end()],
  'no-http': ['malformed', (response) => response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n')],
  'negative-share': [
    'malformed',
    (response, { query, at }) => response.end(vector(at, query === 'events' ? '-5' : '100')),
  ],
  'range-last-year': [
    'wrong-time',
    (response, { at }) => response.end(matrix([Number(at) - 31_536_060, Number(at) - 31_536_000])),
  ],
  'range-backwards': [
    'malformed',
    (response, { at }) => response.end(matrix([Number(at), Number(at) - 60])),
  ],
  'range-twice': [
    'malformed',
    (response, { at }) => response.end(matrix([Number(at), Number(at)])),
  ],
  'range-beyond': [
    'wrong-time',
    (response, { at }) => response.end(matrix([Number(at), 8_700_000_000_000])),
  ],
};

/** Metrics that are asked for otherwise than by one query at one moment. */
const QUERIES: Readonly<Record<string, string>> = {
  'negative-share': 'events: events, total: total, limits: {max: 1%}',
  'range-last-year': 'query: up, for: 10m, limits: {max: 1}',
  'range-backwards': 'query: up, for: 10m, limits: {max: 1}',
  'range-twice': 'query: up, for: 10m, limits: {max: 1}',
  'range-beyond': 'query: up, for: 10m, limits: {max: 1}',
};

const flagOf = (file: string): string => file.replace(/\.\w+$/, '');
const CASES: Readonly<Record<string, string>> = Object.fromEntries([
  ...ROWS.map(({ file, says }) => [flagOf(file), says]),
  ...Object.entries(MADE).map(([name, [says]]) => [name, says]),
]);

let host: Server;

beforeAll(async () => {
  const bodies = new Map(ROWS.map(({ file, bytes }) => [flagOf(file), bytes.toString('utf8')]));
  host = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.once('end', () => {
      const form = new URLSearchParams(Buffer.concat(parts).toString());
      const asked = {
        query: form.get('query') ?? '',
        at: form.get('time') ?? form.get('end') ?? '',
      };
      const name = request.url?.split('/')[1] ?? '';
      if (name === 'healthy') response.end(vector(asked.at, '0.001'));
      else if (bodies.has(name)) response.end(bodies.get(name)?.replaceAll('NOW', asked.at));
      else MADE[name]?.[1](response, asked);
    });
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  host?.closeAllConnections();
  host?.close();
  await closeDesks();
});

/** A provider and a metric a case, all of the same name. */
function configOf(names: readonly string[]): string {
  const { port } = host.address() as AddressInfo;
  const providers = names.map(
    (name) =>
      `  ${name}: {type: prometheus, url: 'http://127.0.0.1:${port}/${name}', timeout: 10s, auth: {bearer: TOKEN}}`,
  );
  const metrics = names.map(
    (name) => `  ${name}: {provider: ${name}, ${QUERIES[name] ?? 'query: up, limits: {max: 1}'}}`,
  );
  return `providers:\n${providers.join('\n')}\nmetrics:\n${metrics.join('\n')}\ntargets: [{type: json, path: flags/exposures.json}]\n`;
}

/** A config takes no more providers than twenty, one of which is well. */
const AT_ONCE = 19;

describe('a metrics host that answers with', () => {
  const names = Object.keys(CASES);
  const batches = Array.from({ length: Math.ceil(names.length / AT_ONCE) }, (_, i) =>
    names.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  );
  it.each(batches.map((batch) => ({ batch, from: batch[0], to: batch.at(-1) })))(
    '$from … $to holds that flag for a named reason, and no other',
    ({ batch }) => tickOver(batch),
  );
});

async function tickOver(batch: readonly string[]): Promise<void> {
  const config = configOf([...batch, 'healthy']);
  const files = [...batch, 'healthy'].map((flag) => [
    `rollouts/${flag}.yaml`,
    rolloutText(flag, { checks: `[${flag}]`, status: inStage('canary', SINCE) }),
  ]);
  const desk = await openDesk(
    SINCE,
    { '.github/sluice.yml': config, ...Object.fromEntries(files) },
    { env },
  );
  const shown = await desk.show(NOW, ['reconcile', '--dry-run'], { env });
  expectCalm(shown, 'reconcile');
  const tick = await desk.tick(NOW);
  expectCalm(tick, 'reconcile --json');
  const said = batch.map((flag) => {
    const { decision, verdicts } = tick.of(flag);
    expect(decision.kind, `${flag}: ${JSON.stringify(verdicts)}`).toBe('hold');
    return [flag, verdicts[0]?.reason];
  });
  expect(Object.fromEntries(said)).toEqual(
    Object.fromEntries(batch.map((flag) => [flag, CASES[flag]])),
  );
  expect(tick.json().commits).toMatchObject([{ moves: [{ key: 'healthy@production' }] }]);
  const messages = await desk.messages();
  const [message = ''] = messages;
  expect(readTrailers(message)).toMatchObject([{ key: 'healthy@production', action: 'advance' }]);
  for (const flag of batch) {
    expect(await desk.status(`rollouts/${flag}.yaml`), flag).toMatchObject({ stage: 'canary' });
  }
  expect([tick.stdout, tick.stderr, shown.stdout, ...messages].join('\n')).not.toContain(TOKEN);
  expect(await desk.reverts()).toEqual([]);
}

/** Values of labels that would leave the string literal they are written into. */
const LABELS: Readonly<Record<string, string>> = {
  quote: '"} or vector(0) #',
  'single-quote': "'} or vector(0) #",
  backtick: '`} or vector(0) #',
  backslash: '\\',
  'backslash-quote': '\\" or vector(0) #',
  newline: '\n"} or vector(0)',
  carriage: '\r\n} or vector(0)',
  separators: '\u2028\u2029\u0085',
  nul: '\0"',
  escape: '\u001b[2J',
  'code-point': '\\u0022} or vector(0)',
  hexadecimal: '\\x22} or vector(0)',
  'half-pair': '\ud83d"',
  astral: '\u{1f680}\u{e0022}',
  'full-width-quote': '\uff02} or vector(0)',
  placeholder: '{{window}}',
  'placeholder-open': '{{',
  replacement: "$& $1 $` $' $$",
  braces: '}[5m]) or up{a="',
  comment: '# nothing more',
  regex: '.*|.+',
  'very-long': 'x"'.repeat(250),
};

describe('a label in a query', () => {
  it('stays in the string it is written into, whatever it is', async () => {
    const config = `providers: {recorded: {type: replay, path: metrics.csv}}
metrics:
  up: {query: 'up{team="{{labels.team}}", again="{{labels.team}}"}', limits: {max: 1}}
`;
    const files = Object.entries(LABELS).map(([flag, value]) => [
      `rollouts/${flag}.yaml`,
      rolloutText(flag, {
        checks: '[up]',
        more: `labels: {team: ${JSON.stringify(value)}}`,
        status: inStage('canary', SINCE),
      }),
    ]);
    const desk = await openDesk(
      SINCE,
      {
        '.github/sluice.yml': config,
        'metrics.csv': 'time,series,value\n',
        ...Object.fromEntries(files),
      },
      { env },
    );
    const tick = await desk.tick(NOW);
    expectCalm(tick, 'labels');
    for (const [flag, value] of Object.entries(LABELS)) {
      const query = tick.of(flag).verdicts[0]?.query ?? '';
      // One literal, an escape at a time, and no character in it that ends a line.
      const literal = /^up\{team="((?:[^"'`\\\p{Cc}\u2028\u2029]|\\.)*)", again="\1"\}$/u.exec(
        query,
      );
      expect(literal, `${flag}: ${query}`).not.toBeNull();
      const back = JSON.parse(`"${literal?.[1]?.replace(/\\u\{?/g, '\\u')}"`);
      expect(back, flag).toBe(value.replace(/\p{Cs}/gu, '\ufffd'));
    }
    expect(tick.json().commits).toEqual([]);
  });
});
