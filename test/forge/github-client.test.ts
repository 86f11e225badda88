import { describe, expect, it } from 'vitest';
import type { Requester } from '../../src/forge/github/answers.ts';
import { createClient } from '../../src/forge/github/client.ts';
import { GitHubError } from '../../src/forge/github/error.ts';
import { openGitHub } from '../../src/forge/github/open.ts';
import { SECOND } from '../../src/time.ts';
import { serversPerTest } from '../http/server.ts';
import { repeated, tracesOf } from '../support/secrets.ts';

const TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';
const ROUTE = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
const serve = serversPerTest();

type Response = Awaited<ReturnType<Requester['request']>>;

const answered = (data: unknown, status = 200): Response => ({ status, data, headers: {} });

/** What Octokit throws for a status that is no success. */
const failed = (status: number, data: unknown, headers: Response['headers'] = {}): Error =>
  Object.assign(new Error(`Octokit says ${TOKEN}`), { status, response: { data, headers } });

/** A client whose GitHub answers so, in turn, the last answer for ever; and how long it slept. */
function clientOf(...answers: readonly (Response | Error)[]) {
  let turn = 0;
  const slept: number[] = [];
  const events: string[] = [];
  const client = createClient(
    {
      request: async () => {
        const answer = answers[Math.min(turn, answers.length - 1)];
        turn += 1;
        if (turn > 500) throw new Error('asked without end');
        if (answer instanceof Error || answer === undefined) throw answer;
        return answer;
      },
    },
    {
      owner: 'acme',
      repo: 'shop',
      now: () => 0,
      secrets: [TOKEN],
      sleep: async (duration) => {
        slept.push(duration);
      },
      onEvent: (text) => events.push(text),
    },
  );
  const read = () => client.read(ROUTE, { ref: 'heads/main' }).catch((error: unknown) => error);
  return { client, read, slept, events, asked: () => turn };
}

describe('a list', () => {
  it('has no gaps where something was deleted while it was read', async () => {
    const refs = { nodes: [null, { name: 'a', pulls: { nodes: [null] } }] };
    const { client } = clientOf(answered({ data: { repository: { refs, ref: null } } }));
    expect(await client.query('query { repository { refs { nodes { name } } } }')).toEqual({
      repository: { refs: { nodes: [{ name: 'a', pulls: { nodes: [] } }] }, ref: null },
    });
  });
});

describe('a wait that GitHub asks for', () => {
  it.each([
    ['no time at all', { 'retry-after': '0' }],
    ['nothing', { 'retry-after': '' }],
    ['less than nothing', { 'retry-after': '-5' }],
    ['half a second', { 'retry-after': '0.5' }],
    ['a date', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }],
    ['until the past', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '-1' }],
    ['until no time', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' }],
    ['until a time it does not say', { 'x-ratelimit-remaining': '0' }],
    ['a minute', { 'retry-after': '60' }],
    ['for ever', { 'retry-after': 'Infinity' }],
  ])('(%s) ends, however often it is asked for', async (_, headers) => {
    const { read, slept } = clientOf(failed(429, { message: 'slow down' }, headers));
    const error = await read();
    expect(error).toBeInstanceOf(GitHubError);
    expect(slept.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(60 * SECOND);
    expect(slept.every((each) => each >= SECOND)).toBe(true);
  });

  it('is kept, and then the request is sent again', async () => {
    const refused = failed(403, { message: 'secondary' }, { 'retry-after': '2' });
    const { read, slept } = clientOf(refused, answered({ ref: 'x' }));
    expect(await read()).toEqual({ ref: 'x' });
    expect(slept).toEqual([2 * SECOND]);
  });

  // GitHub asks for a minute at least where it does not say how long.
  it.each([
    ['403 in so many words', 403, 'You have exceeded a secondary rate limit.'],
    ['429', 429, 'Too many requests'],
  ])(
    '(%s) is waited for a minute where GitHub does not say how long',
    async (_, status, message) => {
      const { read, slept } = clientOf(failed(status, { message }), answered({ ref: 'x' }));
      expect(await read()).toEqual({ ref: 'x' });
      expect(slept).toEqual([60 * SECOND]);
      const again = clientOf(failed(status, { message }));
      expect(await again.read()).toMatchObject({ code: 'rate-limited', status });
    },
  );
});

describe('a rate limit in GraphQL, which comes with a 200', () => {
  const limited = (error: object, headers = {}) => ({
    ...answered({ data: null, errors: [error] }),
    headers,
  });
  const SECONDARY = { message: 'You have exceeded a secondary rate limit. Please wait.' };
  const PRIMARY = { type: 'RATE_LIMITED', message: 'API rate limit exceeded' };
  const done = answered({ data: { done: true } });

  it.each([
    ['a secondary one, for a minute', SECONDARY, {}, 60],
    ['as long as it says', SECONDARY, { 'retry-after': '7' }, 7],
    [
      'the hourly one, until it is over',
      PRIMARY,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9' },
      9,
    ],
  ])('is waited for (%s)', async (_, error, headers, seconds) => {
    const { client, slept } = clientOf(limited(error, headers), done);
    expect(await client.mutate('mutation { x }')).toEqual({ done: true });
    expect(slept).toEqual([seconds * SECOND]);
  });

  it.each([SECONDARY, PRIMARY])('is no refusal where it stays: %j', async (error) => {
    const { client } = clientOf(limited(error));
    await expect(client.mutate('mutation { x }')).rejects.toMatchObject({ code: 'rate-limited' });
  });
});

describe('an answer that is not GitHub’s', () => {
  it.each([
    ['HTML', '<!doctype html>Sign in'],
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
  ])('(%s) is no answer: a read asks again, a write does not', async (_, data) => {
    const { client, read, asked } = clientOf(answered(data));
    expect(await read()).toMatchObject({ code: 'ambiguous', status: 200 });
    expect(asked()).toBe(3);
    const written = client.write('POST /repos/{owner}/{repo}/issues', { title: 'x' });
    await expect(written).rejects.toMatchObject({ code: 'ambiguous' });
    expect(asked()).toBe(4);
  });

  it.each([
    ['a list', []],
    ['no data', {}],
    ['data that is null', { data: null }],
    ['errors that are none', { data: null, errors: {} }],
  ])('(%s) is none to a question in GraphQL', async (_, data) => {
    const { client } = clientOf(answered(data));
    await expect(client.query('{ viewer { login } }')).rejects.toMatchObject({
      code: 'ambiguous',
      message: expect.stringMatching(/^POST \/graphql: HTTP 200/),
    });
  });

  it('is one where there is nothing to say', async () => {
    const { client } = clientOf(answered(undefined, 204));
    const gone = client.write('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: 'x' });
    expect(await gone).toBeUndefined();
  });
});

describe('what GitHub says', () => {
  it.each([
    ['a message', { message: repeated(TOKEN) }],
    ['details', { message: 'no', errors: [repeated(TOKEN), { message: repeated(TOKEN) }] }],
    ['details that are nothing', { message: repeated(TOKEN), errors: [null, 7, {}] }],
    ['a message that is no text', { message: { [TOKEN]: TOKEN } }],
  ])('(%s) is repeated without the token, in the log of its debugging too', async (_, data) => {
    for (const status of [401, 403, 404, 409, 422, 500]) {
      const { read, events } = clientOf(failed(status, data));
      const error = await read();
      expect(error).toBeInstanceOf(GitHubError);
      const { message, said, stack } = error as GitHubError;
      expect(tracesOf(TOKEN, [message, said, stack, ...events].join('\n'))).toEqual([]);
    }
  });

  it('is one line of bearable length', async () => {
    const { read } = clientOf(
      failed(422, { message: `No.\n\u202eWhy\u0000?\n${'x'.repeat(9e5)}` }),
    );
    const { said } = (await read()) as GitHubError;
    expect(said).toMatch(/^No\.; Why \?; x+…$/);
    expect(said).toHaveLength(500);
  });

  it('in GraphQL may be anything', async () => {
    const errors = [null, 7, { message: repeated(TOKEN), type: ['NOT_FOUND'] }, { message: {} }];
    const { client } = clientOf(answered({ data: null, errors }));
    const error = await client.query('{ viewer { login } }').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ambiguous', types: [] });
    expect(tracesOf(TOKEN, String(error))).toEqual([]);
  });
});

describe('a GraphQL answer with errors', () => {
  const WENT_WRONG = { message: 'Something went wrong while executing your query.' };
  const refusal = (type: string, path = ['createCommitOnBranch']) => ({
    type,
    path,
    message: 'No',
  });
  const invalid = (extensions: object) => ({ message: 'No', path: ['query', 'x'], extensions });

  async function codes(...errors: readonly unknown[]) {
    const { client, asked } = clientOf(answered({ data: null, errors }));
    const codeOf = (error: unknown) => (error as GitHubError).code;
    const query = await client.query('{ viewer { login } }').catch(codeOf);
    const reads = asked();
    const mutation = await client.mutate('mutation { x }').catch(codeOf);
    return { query, reads, mutation, writes: asked() - reads };
  }

  // The types are those that GitHub's answers carry in public bug reports.
  it.each([
    ['NOT_FOUND', 'not-found'],
    ['FORBIDDEN', 'refused'],
    ['INSUFFICIENT_SCOPES', 'refused'],
    ['UNPROCESSABLE', 'refused'],
    ['STALE_DATA', 'refused'],
    ['BRANCH_PROTECTION_RULE_VIOLATION', 'refused'],
    ['EXCESSIVE_PAGINATION', 'refused'],
    ['MISSING_PAGINATION_BOUNDARIES', 'refused'],
  ])('of the type %s is a no, and is asked once', async (type, code) => {
    const once = { query: code, reads: 1, mutation: code, writes: 1 };
    expect(await codes(refusal(type))).toEqual(once);
  });

  const UNKNOWN = { query: 'ambiguous', reads: 3, mutation: 'ambiguous', writes: 1 };

  it.each([
    ['no type', [WENT_WRONG]],
    ['a type of a failure', [{ ...WENT_WRONG, type: 'SERVICE_UNAVAILABLE' }]],
    ['an internal one', [{ ...WENT_WRONG, type: 'INTERNAL' }]],
    ['a timeout', [{ ...WENT_WRONG, type: 'TIMEOUT' }]],
    ['a type that nobody has seen', [refusal('SOMETHING_NEW')]],
    ['a type that is no text', [{ ...WENT_WRONG, type: ['FORBIDDEN'] }]],
    ['a no beside a failure', [refusal('FORBIDDEN'), WENT_WRONG]],
    ['a timeout of the validation', [invalid({ code: 'validationTimeout' })]],
    ['nothing in it', [null]],
  ])(
    'of %s is neither yes nor no: a query is asked again, a mutation is not',
    async (_, errors) => {
      expect(await codes(...errors)).toEqual(UNKNOWN);
    },
  );

  it('below the field of a mutation says nothing against the mutation', async () => {
    const below = refusal('FORBIDDEN', ['createCommitOnBranch', 'commit', 'oid']);
    expect(await codes(below)).toMatchObject({ query: 'refused', mutation: 'ambiguous' });
  });

  it.each([
    ['a field that an older GitHub does not have', { code: 'undefinedField' }],
    ['variables', { value: {}, problems: [{ path: ['oid'], explanation: 'no' }] }],
  ])('about %s is a no: nothing was executed', async (_, extensions) => {
    expect(await codes(invalid(extensions))).toMatchObject({
      query: 'refused',
      mutation: 'refused',
    });
  });

  it.each([
    [{ type: 'RESOURCE_LIMITS_EXCEEDED', message: 'Resource limits for this query exceeded.' }],
    [{ type: 'MAX_NODE_LIMIT_EXCEEDED', message: 'too many nodes' }],
    [{ message: 'A query attribute must be specified and must be a string.' }],
  ])('about the size of a query says so; a mutation may have been done: %j', async (error) => {
    const expected = { query: 'too-large', reads: 3, mutation: 'ambiguous', writes: 1 };
    expect(await codes(error)).toEqual(expected);
  });

  it.each([{ createCommitOnBranch: null }, { repository: null }, {}])(
    'and one without errors that lacks what was asked for is none: %j',
    async (data) => {
      const { client } = clientOf(answered({ data }));
      const whole = Object.keys(data).length === 0;
      const answer = await client
        .mutate('mutation { x }')
        .catch((error: GitHubError) => error.code);
      expect(answer).toEqual(whole ? {} : 'ambiguous');
    },
  );

  it('is not used in part', async () => {
    const data = { repository: { a: 1, b: null } };
    const { client } = clientOf(answered({ data, errors: [WENT_WRONG] }));
    await expect(client.query('{ x }')).rejects.toMatchObject({ code: 'ambiguous' });
  });
});

describe('a status that says neither yes nor no', () => {
  const JSON_MESSAGE = { message: 'a proxy may say anything' };
  const HTML = '<html><title>Access denied</title>';

  it.each([
    [408, JSON_MESSAGE],
    [425, JSON_MESSAGE],
    [499, JSON_MESSAGE],
    [500, JSON_MESSAGE],
    [502, HTML],
    [503, JSON_MESSAGE],
    [504, HTML],
    [403, HTML],
    [404, HTML],
    [422, HTML],
    [404, undefined],
    [403, { error: 'denied' }],
  ])('%i with %j: a read is tried again, a write is not', async (status, data) => {
    const { client, read, asked } = clientOf(failed(status, data));
    expect(await read()).toMatchObject({ code: 'ambiguous', status });
    expect(asked()).toBe(3);
    const written = client.write('POST /repos/{owner}/{repo}/issues', { title: 'x' });
    await expect(written).rejects.toMatchObject({ code: 'ambiguous', status });
    expect(asked()).toBe(4);
  });

  it.each([403, 404, 409, 422])('%i in GitHub’s words is a no', async (status) => {
    const { read, asked } = clientOf(failed(status, { message: 'No' }));
    expect(await read()).toMatchObject({ code: status === 404 ? 'not-found' : 'refused' });
    expect(asked()).toBe(1);
  });
});

const open = (url: string) =>
  openGitHub(
    { token: TOKEN, apiUrl: url, graphqlUrl: `${url}/graphql`, timeout: 200 },
    { owner: 'acme', repo: 'shop', now: Date.now, sleep: async () => undefined },
  );

it('asks one thing after another on one connection', async () => {
  const server = await serve((response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{}}');
  });
  const client = open(server.url);
  for (let n = 0; n < 3; n += 1) await client.query('{ viewer { login } }');
  expect(server.received).toHaveLength(3);
  expect(server.connections()).toBe(1);
});

describe('a GitHub that is not there for us', () => {
  it('takes the request and says nothing: that is no answer after a while', async () => {
    const server = await serve(() => undefined);
    await expect(open(server.url).read(ROUTE, { ref: 'heads/main' })).rejects.toMatchObject({
      code: 'ambiguous',
      message: expect.stringMatching(/no answer$/),
    });
    expect(server.received).toHaveLength(3);
  });

  it('stops in the middle of its answer', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"ref":');
    });
    await expect(open(server.url).query('{ viewer { login } }')).rejects.toMatchObject({
      code: 'ambiguous',
    });
  });

  const away = (location: string, status = 307) =>
    serve((response, { path }) =>
      path === location
        ? response.writeHead(200, { 'content-type': 'application/json' }).end('{"number":1}')
        : response.writeHead(status, { location }).end('{"message":"Moved Permanently"}'),
    );

  it('sends us to another host: nothing goes there, and the error names it', async () => {
    const other = await serve((response) => response.end('{}'));
    const elsewhere = other.url.replace('127.0.0.1', 'localhost');
    const server = await away(`${elsewhere}/login`);
    const client = open(server.url);
    const written = client.write('POST /repos/{owner}/{repo}/issues', { title: 'x' });
    await expect(written).rejects.toMatchObject({
      code: 'refused',
      status: 307,
      message: expect.stringContaining(new URL(elsewhere).host),
    });
    expect(server.received[0]?.headers.authorization).toContain(TOKEN);
    expect(other.received).toEqual([]);
  });

  it.each([301, 302, 307, 308])(
    'has renamed the repository (%i): a write is sent on as it is',
    async (status) => {
      const server = await away('/repositories/7/issues', status);
      const written = open(server.url).write('POST /repos/{owner}/{repo}/issues', { title: 'x' });
      expect(await written).toEqual({ number: 1 });
      const paths = ['/repos/acme/shop/issues', '/repositories/7/issues'];
      expect(server.received.map(({ method, path, body }) => [method, path, body])).toEqual(
        paths.map((path) => ['POST', path, '{"title":"x"}']),
      );
    },
  );

  it('sends us in a circle: that ends', async () => {
    const server = await serve((response) =>
      response.writeHead(307, { location: '/again' }).end('{}'),
    );
    await expect(open(server.url).read(ROUTE, { ref: 'x' })).rejects.toMatchObject({
      code: 'refused',
    });
    expect(server.received).toHaveLength(6);
  });
});

it('says which version of the API it is written for, to REST alone', async () => {
  const server = await serve((response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{}}');
  });
  const client = open(server.url);
  await client.read(ROUTE, { ref: 'heads/main' });
  await client.write('POST /repos/{owner}/{repo}/issues', { title: 'x' });
  await client.query('{ viewer { login } }');
  expect(server.received.map(({ headers }) => headers['x-github-api-version'])).toEqual([
    '2022-11-28',
    '2022-11-28',
    undefined,
  ]);
});
